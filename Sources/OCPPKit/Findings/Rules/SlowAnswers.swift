/// An answer took so long that the other side may have given up.
struct SlowAnswers: FindingRule {
    static let code = "slowAnswers"
    static let severity = Finding.Severity.warning

    /// Longer than five seconds.
    static let limit: Int64 = 5000

    mutating func take(_ record: FrameRecord, _ found: inout FindingSink) {
        guard record.frame.kind != .call, let milliseconds = record.responseMilliseconds, milliseconds > Self.limit
        else { return }
        let who =
            switch record.direction {
            case .fromChargePoint: "the charge point"
            case .fromCentralSystem: "the central system"
            case nil: "one side"
            }
        found.note(self, "\(who) took more than five seconds to answer", record)
    }
}
