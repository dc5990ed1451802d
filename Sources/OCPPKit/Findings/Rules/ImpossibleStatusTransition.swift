/// A connector's status changed in a way that OCPP does not have (OCPP 1.6, section 4.9).
struct ImpossibleStatusTransition: FindingRule {
    static let code = "impossibleStatusTransition"
    static let severity = Finding.Severity.warning

    /// What may follow each status.
    private static let next: [String: Set<String>] = [
        "Available": [
            "Preparing", "Charging", "SuspendedEV", "SuspendedEVSE", "Reserved", "Unavailable", "Faulted",
        ],
        "Preparing": ["Available", "Charging", "SuspendedEV", "SuspendedEVSE", "Finishing", "Faulted"],
        "Charging": ["Available", "SuspendedEV", "SuspendedEVSE", "Finishing", "Unavailable", "Faulted"],
        "SuspendedEV": ["Available", "Charging", "SuspendedEVSE", "Finishing", "Unavailable", "Faulted"],
        "SuspendedEVSE": ["Available", "Charging", "SuspendedEV", "Finishing", "Unavailable", "Faulted"],
        "Finishing": ["Available", "Preparing", "Unavailable", "Faulted"],
        "Reserved": ["Available", "Preparing", "Unavailable", "Faulted"],
        "Unavailable": ["Available", "Preparing", "Charging", "SuspendedEV", "SuspendedEVSE", "Faulted"],
        "Faulted": [
            "Available", "Preparing", "Charging", "SuspendedEV", "SuspendedEVSE", "Finishing", "Reserved",
            "Unavailable",
        ],
    ]
    private static let maximumConnectors = 64

    private var last: [Int64: (status: String, source: FrameRecord.Source?)] = [:]

    mutating func take(_ record: FrameRecord, _ found: inout FindingSink) {
        guard record.frame.kind == .call, let payload = record.payload else { return }
        // After a boot, and over a gap in the connection, anything may have happened.
        if record.askedAction == "BootNotification" { last = [:] }
        guard record.askedAction == "StatusNotification", let connectorId = payload["connectorId"]?.integer,
            connectorId > 0, let status = payload["status"]?.text, Self.next[status] != nil
        else { return }
        if let before = last[connectorId], before.status != status, Self.next[before.status]?.contains(status) == false
        {
            found.note(
                self, connectorId: connectorId, "\(before.status) is followed by \(status)", at: record.timestamp,
                before.source, record.source)
        }
        guard last[connectorId] != nil || last.count < Self.maximumConnectors else { return }
        last[connectorId] = (status, record.source)
    }

    mutating func take(_ connection: LoggedConnection, _ found: inout FindingSink) { last = [:] }
}
