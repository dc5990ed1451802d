/// An answer to no CALL that the log has.
struct OrphanResults: FindingRule {
    static let code = "orphanResults"
    static let severity = Finding.Severity.info

    /// Answers before the first CALL belong to CALLs from before the log.
    private var hasBegun = false

    mutating func take(_ record: FrameRecord, _ found: inout FindingSink) {
        guard record.frame.kind != .call else {
            hasBegun = true
            return
        }
        if hasBegun, record.action == nil { found.note(self, "an answer belongs to no CALL", record) }
    }
}
