/// A CALL was never answered, although the log goes on.
struct UnansweredCalls: FindingRule {
    static let code = "unansweredCalls"
    static let severity = Finding.Severity.warning

    /// A CALL of the last so many frames may only wait for what the log does not have any more.
    static let grace = 20
    private static let maximumOpen = 64

    private struct Open {
        let id: String
        let direction: Direction?
        let time: Timestamp?
        let source: FrameRecord.Source?
        let number: Int
    }

    private var open: [Open] = []
    private var frames = 0

    mutating func take(_ record: FrameRecord, _ found: inout FindingSink) {
        frames += 1
        guard record.frame.kind == .call else {
            guard record.action != nil else { return }
            if let index = open.lastIndex(where: { $0.id == record.frame.messageId && $0.direction != record.direction }
            ) {
                open.remove(at: index)
            }
            return
        }
        if open.count == Self.maximumOpen { note(open.removeFirst(), &found) }
        open.append(
            Open(
                id: record.frame.messageId, direction: record.direction, time: record.timestamp, source: record.source,
                number: frames))
    }

    mutating func finish(_ found: inout FindingSink) {
        for call in open where frames - call.number >= Self.grace { note(call, &found) }
        open = []
    }

    private func note(_ call: Open, _ found: inout FindingSink) {
        let who =
            switch call.direction {
            case .fromChargePoint: "the charge point"
            case .fromCentralSystem: "the central system"
            case nil: "one side"
            }
        found.note(self, "a CALL of \(who) was not answered", at: call.time, call.source)
    }
}
