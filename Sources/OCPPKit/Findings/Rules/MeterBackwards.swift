/// Within a transaction, an energy register stands lower than before.
struct MeterBackwards: FindingRule {
    static let code = "meterBackwards"
    static let severity = Finding.Severity.error

    private static let maximumTransactions = 32

    private struct Series {
        var connectorId: Int64?
        var reading: RegisterReading?
        var source: FrameRecord.Source?
    }

    private var series: [Int64: Series] = [:]
    /// Starts that wait for their transaction id.
    private var starts: [(id: String, connectorId: Int64?, reading: RegisterReading?, source: FrameRecord.Source?)] = []

    mutating func take(_ record: FrameRecord, _ found: inout FindingSink) {
        guard let payload = record.payload else { return }
        switch (record.frame.kind, record.askedAction) {
        case (.call, "StartTransaction"):
            let time = payload["timestamp"]?.dateTime?.time
            let reading = payload["meterStart"]?.decimal.map { RegisterReading(energy: $0, time: time) }
            if starts.count >= 8 { starts.removeFirst() }
            starts.append((record.frame.messageId, payload["connectorId"]?.integer, reading, record.source))
        case (.callResult, "StartTransaction"):
            guard let index = starts.lastIndex(where: { $0.id == record.frame.messageId }) else { return }
            let start = starts.remove(at: index)
            guard let transaction = payload["transactionId"]?.integer else { return }
            keep(transaction, Series(connectorId: start.connectorId, reading: start.reading, source: start.source))
        case (.call, "MeterValues"):
            let request = MeterValuesRequest(payload)
            guard let transaction = request.transactionId else { return }
            var one = series[transaction] ?? Series(connectorId: request.connectorId)
            for meterValue in request.meterValues {
                // Two registers under one name cannot be told apart.
                let readings = meterValue.samples.compactMap { RegisterReading($0, time: meterValue.timestamp) }
                if readings.count == 1 { compare(readings[0], &one, record, &found) }
            }
            keep(transaction, one)
        case (.call, "StopTransaction"):
            guard let transaction = payload["transactionId"]?.integer,
                var one = series.removeValue(forKey: transaction),
                let stop = payload["meterStop"]?.decimal
            else { return }
            let time = payload["timestamp"]?.dateTime?.time
            compare(RegisterReading(energy: stop, time: time), &one, record, &found)
        default: break
        }
    }

    private mutating func keep(_ transaction: Int64, _ one: Series) {
        if series[transaction] == nil, series.count >= Self.maximumTransactions { series = [:] }
        series[transaction] = one
    }

    private func compare(
        _ reading: RegisterReading, _ one: inout Series, _ record: FrameRecord, _ found: inout FindingSink
    ) {
        // What comes late is older, not lower.
        if let time = reading.time, let last = one.reading?.time, time < last { return }
        if let last = one.reading, reading.isFall(from: last) {
            found.note(
                self, connectorId: one.connectorId, "the energy register fell within a transaction",
                at: record.timestamp ?? reading.time, one.source, record.source)
        }
        one.reading = reading
        one.source = record.source
    }
}
