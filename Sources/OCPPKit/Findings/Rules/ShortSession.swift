/// A transaction ended soon after its start, by the charge point's own times.
struct ShortSession: FindingRule {
    static let code = "shortSession"
    static let severity = Finding.Severity.info

    /// Shorter than two minutes.
    static let shortest: Int64 = 2 * 60_000
    private static let maximumTransactions = 32

    private struct Start {
        let connectorId: Int64?
        let time: Timestamp
        let source: FrameRecord.Source?
    }

    private var unanswered: [(id: String, start: Start)] = []
    private var open: [Int64: Start] = [:]

    mutating func take(_ record: FrameRecord, _ found: inout FindingSink) {
        guard let payload = record.payload else { return }
        let time = payload["timestamp"]?.dateTime?.time
        switch (record.frame.kind, record.askedAction) {
        case (.call, "StartTransaction"):
            guard let time else { return }
            if unanswered.count >= 8 { unanswered.removeFirst() }
            unanswered.append(
                (
                    record.frame.messageId,
                    Start(connectorId: payload["connectorId"]?.integer, time: time, source: record.source)
                ))
        case (.callResult, "StartTransaction"):
            guard let index = unanswered.lastIndex(where: { $0.id == record.frame.messageId }) else { return }
            let start = unanswered.remove(at: index).start
            guard let transaction = payload["transactionId"]?.integer else { return }
            if open.count >= Self.maximumTransactions { open = [:] }
            open[transaction] = start
        case (.call, "StopTransaction"):
            guard let transaction = payload["transactionId"]?.integer,
                let start = open.removeValue(forKey: transaction),
                let time, (0..<Self.shortest).contains(time - start.time)
            else { return }
            found.note(
                self, connectorId: start.connectorId, "a transaction ended within two minutes",
                at: record.timestamp ?? time, start.source, record.source)
        default: break
        }
    }
}
