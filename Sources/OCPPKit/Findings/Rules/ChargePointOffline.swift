/// A charge point was silent for much longer than its heartbeats allow, or its connection was away for a while.
struct ChargePointOffline: FindingRule {
    static let code = "chargePointOffline"
    static let severity = Finding.Severity.warning

    /// Silence of so many heartbeat intervals, and not less than a few minutes.
    static let intervals: Int64 = 3
    static let minimumSilence: Int64 = 5 * 60_000
    /// Where no interval is known.
    static let defaultSilence: Int64 = 60 * 60_000
    /// A connection may be renewed in so long.
    static let renewal: Int64 = 60_000

    private var interval = HeartbeatInterval()
    private var lastSeen: (time: Timestamp, source: FrameRecord.Source?)?
    private var lost: LoggedConnection?

    mutating func take(_ record: FrameRecord, _ found: inout FindingSink) {
        interval.take(record)
        guard let time = record.timestamp, record.direction != .fromCentralSystem else { return }
        if let last = lastSeen {
            let limit =
                interval.milliseconds.map { max($0 * Self.intervals, Self.minimumSilence) } ?? Self.defaultSilence
            if time - last.time > limit {
                found.note(self, "sent nothing for a long time", at: last.time, until: time, last.source, record.source)
            }
        }
        lastSeen = (time, record.source)
    }

    mutating func take(_ connection: LoggedConnection, _ found: inout FindingSink) {
        switch connection.event {
        case .disconnected: lost = connection
        case .connected:
            if let lost, let from = lost.timestamp, let until = connection.timestamp, until - from > Self.renewal {
                found.note(
                    self, "was not connected for a while", at: from, until: until, lost.source, connection.source)
                // It is the same silence.
                lastSeen = (until, connection.source)
            }
            lost = nil
        }
    }

    mutating func finish(_ found: inout FindingSink) {
        if let lost { found.note(self, "was not connected at the end", at: lost.timestamp, lost.source) }
    }
}
