/// An idTag was not accepted, in the answer to Authorize, StartTransaction or StopTransaction.
struct FailedAuthorisation: FindingRule {
    static let code = "failedAuthorisation"
    static let severity = Finding.Severity.warning

    mutating func take(_ record: FrameRecord, _ found: inout FindingSink) {
        guard record.frame.kind == .callResult, let action = record.askedAction,
            let status = record.payload?["idTagInfo"]?["status"]?.text, status != "Accepted"
        else { return }
        let known = ["Blocked", "Expired", "Invalid", "ConcurrentTx"].contains(status) ? status : "another status"
        found.note(self, "\(action): an idTag was not accepted (\(known))", record)
    }
}
