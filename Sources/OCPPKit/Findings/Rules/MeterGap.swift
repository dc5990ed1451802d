/// Within a transaction, meter values stay away for much longer than they do otherwise.
struct MeterGap: FindingRule {
    static let code = "meterGap"
    static let severity = Finding.Severity.warning

    /// So many times the usual distance, and so long at least.
    static let factor: Int64 = 3
    static let minimumGap: Int64 = 3 * 60_000
    private static let maximumTransactions = 32

    private struct Series {
        var last: Timestamp
        var seen: Timestamp?
        var source: FrameRecord.Source?
        /// The shortest distance so far: gaps only make it longer.
        var usual: Int64?
        var count = 1
    }

    private var series: [Int64: Series] = [:]

    mutating func take(_ record: FrameRecord, _ found: inout FindingSink) {
        guard record.frame.kind == .call, let payload = record.payload else { return }
        switch record.askedAction {
        case "MeterValues":
            let request = MeterValuesRequest(payload)
            guard let transaction = request.transactionId else { return }
            for time in request.meterValues.compactMap(\.timestamp) where time.calendar.year >= 2010 {
                take(time, transaction, request.connectorId, record, &found)
            }
        case "StopTransaction": if let id = payload["transactionId"]?.integer { series[id] = nil }
        default: break
        }
    }

    private mutating func take(
        _ time: Timestamp, _ transaction: Int64, _ connectorId: Int64?, _ record: FrameRecord,
        _ found: inout FindingSink
    ) {
        guard var one = series[transaction] else {
            if series.count >= Self.maximumTransactions { series = [:] }
            series[transaction] = Series(last: time, seen: record.timestamp, source: record.source)
            return
        }
        let distance = time - one.last
        guard distance > 0 else { return }
        if let usual = one.usual, one.count >= 3, distance > usual * Self.factor, distance >= Self.minimumGap {
            found.note(
                self, connectorId: connectorId, "no meter values for a while within a transaction",
                at: one.seen, until: record.timestamp, one.source, record.source)
        }
        // Two samples of one moment are no distance.
        if distance >= 1000 { one.usual = min(one.usual ?? distance, distance) }
        one.last = time
        one.seen = record.timestamp
        one.source = record.source
        one.count += 1
        series[transaction] = one
    }
}
