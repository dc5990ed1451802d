/// Sessions added up: `ocppctl export-sessions --by`.
public struct Consumption: Sendable {
    public enum Grouping: String, Sendable, CaseIterable {
        /// The local date of the session's `moment`.
        case day
        case chargePoint = "charge-point"
        case idTag

        /// The table's columns under this grouping.
        public var columns: [Row.Column] {
            let key: Row.Column =
                switch self {
                case .day: .day
                case .chargePoint: .chargePointId
                case .idTag: .idTag
                }
            return [key, .sessions, .energyWh, .durationSeconds]
        }
    }

    /// The sum of one group.
    public struct Row: Sendable, Equatable {
        /// The date (`2026-11-22`), the charge point or the tag; `nil` for sessions where it is unknown.
        public var key: String?
        /// How many, whatever their status.
        public var sessions: Int64 = 0
        /// In Wh, exactly: of those whose energy is known. `nil` where it is known of none, or leaves 18 digits.
        public var energyWh: ExactDecimal?
        /// Of those whose duration is known; `nil` where it is known of none.
        public var durationSeconds: Int64?
        /// Once the sum has left 18 digits, what is added later does not bring it back.
        fileprivate var isEnergyTooLarge = false
    }

    private let grouping: Grouping
    private let timezone: TimezoneOffset
    private var groups: [String?: Row] = [:]

    /// - Parameter timezone: whose days are meant; `nil` for those of UTC.
    public init(by grouping: Grouping, timezone: TimezoneOffset? = nil) {
        self.grouping = grouping
        self.timezone = timezone ?? { _ in 0 }
    }

    public mutating func add(_ session: Session) {
        let key = key(session)
        var row = groups[key] ?? Row(key: key)
        row.sessions += 1
        if let energy = session.energyWh, !row.isEnergyTooLarge {
            row.energyWh = (row.energyWh ?? ExactDecimal(0)) + energy
            row.isEnergyTooLarge = row.energyWh == nil
        }
        if let duration = session.durationSeconds { row.durationSeconds = (row.durationSeconds ?? 0) + duration }
        groups[key] = row
    }

    /// In the order of the keys' Unicode scalars; the unknown one last.
    public var rows: [Row] {
        groups.values.sorted { left, right in
            guard let a = left.key, let b = right.key else { return left.key != nil }
            return a.unicodeScalars.lexicographicallyPrecedes(b.unicodeScalars)
        }
    }

    private func key(_ session: Session) -> String? {
        switch grouping {
        case .day:
            session.moment.map { String($0.description(offsetMinutes: timezone($0)).prefix { $0 != "T" }) }
        case .chargePoint: session.chargePointId
        case .idTag: session.idTag
        }
    }
}

/// Consumption as rows; give it the columns of the grouping.
public typealias ConsumptionTable = RowTable<Consumption.Row>

extension Consumption.Row: TableRow {
    public enum Column: String, CaseIterable, Sendable {
        case day, chargePointId, idTag, sessions, energyWh, durationSeconds
    }

    public static var recordName: String { "consumption" }

    public func cell(_ column: Column) -> Cell {
        switch column {
        case .day, .chargePointId, .idTag: .text(key)
        case .sessions: .integer(sessions)
        case .energyWh: .decimal(energyWh)
        case .durationSeconds: .integer(durationSeconds)
        }
    }
}
