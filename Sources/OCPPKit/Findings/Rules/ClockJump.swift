/// A clock is wrong: the charge point's is not set or ahead, or the log's goes back.
struct ClockJump: FindingRule {
    static let code = "clockJump"
    static let severity = Finding.Severity.warning

    /// What comes late is behind; only a clock can be ahead.
    static let ahead: Int64 = 5 * 60_000
    /// So far the times of a log may go back without a jump: threads write in any order.
    static let back: Int64 = 60_000

    private var last: (time: Timestamp, source: FrameRecord.Source?)?

    mutating func take(_ record: FrameRecord, _ found: inout FindingSink) {
        if let time = record.timestamp {
            if let last, last.time - time > Self.back, last.source?.file == record.source?.file {
                found.note(self, "the times of the log go back", at: time, last.source, record.source)
            }
            last = (time, record.source)
        }
        guard record.frame.kind == .call, record.direction != .fromCentralSystem, let payload = record.payload else {
            return
        }
        var texts = [payload["timestamp"]]
        if record.askedAction == "MeterValues" {
            texts += payload["meterValue"]?.elements.map { $0["timestamp"] } ?? []
        }
        for own in texts.compactMap({ $0?.dateTime?.time }) {
            if own.calendar.year < 2010 {
                found.note(self, connectorId: nil, "the charge point's clock is not set", record)
                return
            }
            if let time = record.timestamp, own - time > Self.ahead {
                found.note(self, connectorId: nil, "the charge point's clock is ahead", record)
                return
            }
        }
    }
}
