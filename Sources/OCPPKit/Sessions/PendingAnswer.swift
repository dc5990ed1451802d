/// A StartTransaction or StopTransaction whose answer was not seen yet.
struct PendingAnswer: Sendable, Equatable {
    enum Kind: String, Sendable, CaseIterable {
        case start, stop

        /// The kind of answer that a CALL of the action waits for; `nil` for all other actions.
        init?(answering action: String?) {
            guard let name = action.flatMap(Actions.meant)?.name,
                let kind = Kind.allCases.first(where: { $0.action == name })
            else { return nil }
            self = kind
        }

        var action: String {
            switch self {
            case .start: "StartTransaction"
            case .stop: "StopTransaction"
            }
        }
    }

    var kind: Kind
    var messageId: String
    /// The CALL's direction, where the log tells.
    var direction: Direction?
    /// Counts the requests of a charge point: an answer belongs to the most recent one with its id.
    var sequence: Int
    /// Later CALLs of other actions under the same message id, whose answers come first: some charge points use one id
    /// for everything.
    var shadows = 0

    /// Whether a frame that goes the way of `direction` may answer it.
    func canBeAnswered(by direction: Direction?) -> Bool {
        self.direction == nil || direction == nil || self.direction != direction
    }
}
