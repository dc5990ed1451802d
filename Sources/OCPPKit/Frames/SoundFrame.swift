/// Where the parts of a CALL or CALLRESULT stand in a text: a frame that is sound, and of which no value was made.
struct SoundFrame: Sendable {
    /// What stands before the payload.
    struct Head: Sendable {
        let kind: Frame.Kind
        /// With its quotes.
        let messageId: Range<Int>
        /// A CALL's: its place in `Actions.all`.
        let action: Int?
        let payloadStart: Int
    }

    let kind: Frame.Kind
    /// All of it.
    let text: Range<Int>
    /// With its quotes.
    let messageId: Range<Int>
    /// The CALL's, or that of the CALL which it answers, where that is known: its place in `Actions.all`.
    let action: Int?
    let payload: Range<Int>
    /// What the payload's `connectorId` says; negative where there is none.
    let connectorId: Int64
}
