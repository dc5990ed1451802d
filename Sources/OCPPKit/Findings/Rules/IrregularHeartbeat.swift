/// Heartbeats come much more often than the central system asked for, or late although nothing else was sent.
struct IrregularHeartbeat: FindingRule {
    static let code = "irregularHeartbeat"
    static let severity = Finding.Severity.info

    /// Fewer are chance.
    static let minimumCount = 3

    private var interval = HeartbeatInterval()
    private var lastHeartbeat: Timestamp?
    private var lastSeen: Timestamp?
    private var early: [(Timestamp, FrameRecord.Source?)] = []
    private var late: [(Timestamp, FrameRecord.Source?)] = []

    mutating func take(_ record: FrameRecord, _ found: inout FindingSink) {
        let before = interval.milliseconds
        interval.take(record)
        guard interval.milliseconds == before else {
            lastHeartbeat = nil
            return
        }
        guard let time = record.timestamp, record.frame.kind == .call, record.direction != .fromCentralSystem else {
            return
        }
        defer { lastSeen = time }
        guard record.askedAction == "Heartbeat" else { return }
        defer { lastHeartbeat = time }
        guard let expected = interval.milliseconds, let last = lastHeartbeat else { return }
        if time - last < expected / 2 {
            note(&early, "heartbeats come more than twice as often as asked for", time, record, &found)
        } else if let seen = lastSeen, time - seen > expected * 3 / 2 {
            note(&late, "heartbeats come late", time, record, &found)
        }
    }

    private func note(
        _ seen: inout [(Timestamp, FrameRecord.Source?)], _ message: String, _ time: Timestamp, _ record: FrameRecord,
        _ found: inout FindingSink
    ) {
        seen.append((time, record.source))
        if seen.count == Self.minimumCount {
            for one in seen { found.note(self, message, at: one.0, one.1) }
        } else if seen.count > Self.minimumCount {
            seen.removeLast()
            found.note(self, message, record)
        }
    }
}
