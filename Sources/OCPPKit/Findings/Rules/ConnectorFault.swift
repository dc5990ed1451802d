/// A StatusNotification reports a fault.
struct ConnectorFault: FindingRule {
    static let code = "connectorFault"
    static let severity = Finding.Severity.error

    mutating func take(_ record: FrameRecord, _ found: inout FindingSink) {
        guard record.frame.kind == .call, record.askedAction == "StatusNotification", let payload = record.payload
        else { return }
        let status = payload["status"]?.text
        let error = payload["errorCode"]?.text
        guard status == "Faulted" || !(error == nil || error == "NoError") else { return }
        let name = error.map { $0.utf8.count <= 32 ? $0 : "an error code of its own" } ?? "no error code"
        found.note(
            self, connectorId: payload["connectorId"]?.integer, (status == "Faulted" ? "faulted: " : "reports ") + name,
            record)
    }
}
