/// A transaction ended for another reason than that somebody wanted it, or one started while another was still open.
struct UnexpectedStartOrStop: FindingRule {
    static let code = "unexpectedStartOrStop"
    static let severity = Finding.Severity.warning

    /// Somebody wanted it.
    private static let expected: Set<String> = ["Local", "Remote", "EVDisconnected"]
    private static let known: Set<String> = [
        "DeAuthorized", "EmergencyStop", "HardReset", "Other", "PowerLoss", "Reboot", "SoftReset", "UnlockCommand",
    ]
    private static let maximumConnectors = 64

    private struct Start {
        let messageId: String
        let time: String?
        var transactionId: Int64?
        let source: FrameRecord.Source?
    }

    private var open: [Int64: Start] = [:]

    mutating func take(_ record: FrameRecord, _ found: inout FindingSink) {
        guard let payload = record.payload else { return }
        switch (record.frame.kind, record.askedAction) {
        case (.call, "StartTransaction"):
            guard let connectorId = payload["connectorId"]?.integer else { return }
            let time = payload["timestamp"]?.text
            // The same start, sent again, is none.
            if let before = open[connectorId], before.time != time || time == nil,
                before.messageId != record.frame.messageId
            {
                found.note(
                    self, connectorId: connectorId, "a transaction started before the one before it had ended",
                    at: record.timestamp, before.source, record.source)
            }
            guard open[connectorId] != nil || open.count < Self.maximumConnectors else { return }
            open[connectorId] = Start(messageId: record.frame.messageId, time: time, source: record.source)
        case (.callResult, "StartTransaction"):
            guard let found = open.first(where: { $0.value.messageId == record.frame.messageId }) else { return }
            open[found.key]?.transactionId = payload["transactionId"]?.integer
        case (.call, "StopTransaction"):
            var connectorId: Int64?
            if let transaction = payload["transactionId"]?.integer,
                let one = open.first(where: { $0.value.transactionId == transaction })
            {
                connectorId = one.key
                open[one.key] = nil
            }
            guard let reason = payload["reason"]?.text, !Self.expected.contains(reason) else { return }
            let name = Self.known.contains(reason) ? reason : "a reason that OCPP does not have"
            found.note(self, connectorId: connectorId, "a transaction was stopped: \(name)", record)
        default: break
        }
    }
}
