/// Sessions as rows: `ocppctl export-sessions`.
public typealias SessionTable = RowTable<Session>

extension Session: TableRow {
    public enum Column: String, CaseIterable, Sendable {
        case chargePointId, connectorId, transactionId, idTag, status, start, stop, durationSeconds
        case meterStartWh, meterStopWh, energyWh, reason, maxPowerW, flags
    }

    public static var recordName: String { "session" }

    public func cell(_ column: Column) -> Cell {
        switch column {
        case .chargePointId: .text(chargePointId)
        case .connectorId: .integer(connectorId)
        case .transactionId: .integer(transactionId)
        case .idTag: .text(idTag)
        case .status: .text(status.rawValue)
        case .start: .time(start)
        case .stop: .time(stop)
        case .durationSeconds: .integer(durationSeconds)
        case .meterStartWh: .decimal(meterStartWh)
        case .meterStopWh: .decimal(meterStopWh)
        case .energyWh: .decimal(energyWh)
        case .reason: .text(reason)
        case .maxPowerW: .decimal(maxPowerW)
        case .flags: .words(flags.map(\.rawValue))
        }
    }
}

/// Which sessions are wanted; `nil` asks for no limit.
public struct SessionFilter: Sendable, Equatable {
    /// From this time on.
    public var since: Timestamp?
    /// Before this time.
    public var until: Timestamp?
    /// Ids, or patterns with `*` and `?`; none at all for every charge point.
    public var chargePoints: [String]

    public init(since: Timestamp? = nil, until: Timestamp? = nil, chargePoints: [String] = []) {
        self.since = since
        self.until = until
        self.chargePoints = chargePoints
    }

    /// Goes by the session's `moment`; one that has none matches where no time is asked for.
    public func matches(_ session: Session) -> Bool {
        matches(chargePointId: session.chargePointId, time: session.moment)
    }

    /// Goes by the sample's own time.
    public func matches(_ sample: MeterSample) -> Bool {
        matches(chargePointId: sample.chargePointId, time: sample.timestamp)
    }

    private func matches(chargePointId id: String?, time: Timestamp?) -> Bool {
        guard NamePattern.anyMatches(id, chargePoints) else { return false }
        guard since != nil || until != nil else { return true }
        guard let time else { return false }
        return since.map { time >= $0 } ?? true && until.map { time < $0 } ?? true
    }
}
