import OCPPKit

/// The statements that write, prepared once, with their values bound by hand: a group of rows costs little more than
/// SQLite's own work.
final class WriteStatements {
    let begin, commit, savepoint, release, rollbackToSavepoint: Statement
    private let frame, earlier, event, session, chargePoint, connector, prune, changes: Statement
    private let stations: StationStatements
    private let tags: TagStatements

    init(_ connection: Connection) throws(SQLiteFailure) {
        begin = try connection.prepare("BEGIN IMMEDIATE")
        commit = try connection.prepare("COMMIT")
        savepoint = try connection.prepare("SAVEPOINT request")
        release = try connection.prepare("RELEASE request")
        rollbackToSavepoint = try connection.prepare("ROLLBACK TO request")
        frame = try connection.prepare(
            "INSERT INTO frames (charge_point, direction, arrival_ms, raw) VALUES (?, ?, ?, ?)")
        earlier = try connection.prepare("SELECT reply, payload FROM events WHERE replay_key = ?")
        event = try connection.prepare(
            """
            INSERT INTO events (replay_key, kind, charge_point, connector, transaction_id, arrival_ms, payload, reply)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """)
        session = try connection.prepare(
            """
            INSERT INTO sessions (number, charge_point, is_ended, end_sequence, state)
            VALUES (?1, ?2, ?3, CASE WHEN ?3 THEN (SELECT coalesce(max(end_sequence), 0) + 1 FROM sessions) END, ?4)
            ON CONFLICT (number) DO UPDATE SET
                charge_point = excluded.charge_point,
                is_ended = excluded.is_ended,
                end_sequence = coalesce(end_sequence, excluded.end_sequence),
                state = excluded.state
            """)
        chargePoint = try connection.prepare(
            """
            INSERT OR REPLACE INTO charge_points
                (id, vendor, model, serial_number, firmware_version, registration, last_boot_ms)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """)
        connector = try connection.prepare(
            """
            INSERT OR REPLACE INTO connectors (charge_point, connector, status, error_code, since_ms)
            VALUES (?, ?, ?, ?, ?)
            """)
        prune = try connection.prepare(
            """
            DELETE FROM frames WHERE id IN
                (SELECT id FROM frames WHERE arrival_ms < ? ORDER BY arrival_ms LIMIT ?)
            """)
        changes = try connection.prepare("SELECT changes()")
        stations = try StationStatements(connection)
        tags = try TagStatements(connection)
    }

    /// Writes the request's rows; after an error, some of them.
    func keep(_ request: StoreRequest) throws(SQLiteFailure) -> StoreOutcome {
        let verdict = try verdict(on: request)
        let isReplay = verdict?.isReplay ?? false
        for operation in request.operations {
            switch operation {
            case .frame(let value): try insert(value)
            case .session(let value) where !isReplay || !value.isNew: try replace(value)
            case .event(let value) where !isReplay: try insert(value, as: verdict?.alternative)
            case .chargePoint(let value) where !isReplay: try replace(value)
            case .connector(let value) where !isReplay: try replace(value)
            case .session, .event, .chargePoint, .connector: break
            case .link(let value): try stations.replace(value)
            case .progress(let value): try stations.replace(value)
            case .reservation(let value): try stations.replace(value)
            case .endedReservation(let chargePointId, let reservationId):
                try stations.removeReservation(chargePointId, reservationId)
            case .tag(let change): try tags.apply(change)
            case .localList(let update): try tags.apply(update)
            }
        }
        return verdict?.outcome ?? .committed
    }

    /// What becomes of a request that failed by itself.
    func outcome(for failure: SQLiteFailure) -> StoreOutcome {
        if failure.isUniqueConstraint, failure.message.contains("events.transaction_id") { return .transactionIdTaken }
        return .failed("the request cannot be kept: \(failure.message)")
    }

    func prune(before time: Timestamp, limit: Int) throws(SQLiteFailure) -> Int {
        prune.bind(1, time.milliseconds)
        prune.bind(2, Int64(limit))
        try prune.run()
        defer { changes.reset() }
        return try changes.step() ? Int(changes.integer(0)) : 0
    }

    /// What an earlier event of the same replay key means.
    private enum Verdict {
        case replayed(reply: [UInt8])
        case conflict(TransactionEvent.Alternative)

        var isReplay: Bool { alternative == nil }

        var alternative: TransactionEvent.Alternative? {
            if case .conflict(let alternative) = self { alternative } else { nil }
        }

        var outcome: StoreOutcome {
            switch self {
            case .replayed(let reply): .replayed(reply: reply)
            case .conflict: .conflict
            }
        }
    }

    /// `nil` where the request has no event, or a new one.
    private func verdict(on request: StoreRequest) throws(SQLiteFailure) -> Verdict? {
        for case .event(let event) in request.operations {
            guard let (reply, payload) = try earlierEvent(event.replayKey) else { continue }
            guard let alternative = event.alternative, payload != event.payload else { return .replayed(reply: reply) }
            if let (reply, _) = try earlierEvent(alternative.replayKey) { return .replayed(reply: reply) }
            return .conflict(alternative)
        }
        return nil
    }

    private func earlierEvent(_ key: String) throws(SQLiteFailure) -> (reply: [UInt8], payload: [UInt8])? {
        defer { earlier.reset() }
        earlier.bind(1, key)
        return try earlier.step() ? (earlier.bytes(0), earlier.bytes(1)) : nil
    }

    private func insert(_ value: StoredFrame) throws(SQLiteFailure) {
        frame.bind(1, value.chargePointId)
        frame.bind(2, value.direction.rawValue)
        frame.bind(3, value.arrival.milliseconds)
        frame.bind(4, blob: value.raw)
        try frame.run()
    }

    private func insert(
        _ value: TransactionEvent, as alternative: TransactionEvent.Alternative?
    ) throws(SQLiteFailure) {
        event.bind(1, alternative?.replayKey ?? value.replayKey)
        event.bind(2, (alternative?.kind ?? value.kind).rawValue)
        event.bind(3, value.chargePointId)
        event.bind(4, value.connectorId)
        event.bind(5, value.transactionId)
        event.bind(6, value.arrival.milliseconds)
        event.bind(7, text: value.payload)
        event.bind(8, text: value.reply)
        try event.run()
    }

    private func replace(_ value: StoredSession) throws(SQLiteFailure) {
        session.bind(1, Int64(value.number))
        session.bind(2, value.chargePointId)
        session.bind(3, value.isEnded)
        session.bind(4, text: value.state)
        try session.run()
    }

    private func replace(_ value: StoredChargePoint) throws(SQLiteFailure) {
        chargePoint.bind(1, value.chargePointId)
        chargePoint.bind(2, value.vendor)
        chargePoint.bind(3, value.model)
        chargePoint.bind(4, value.serialNumber)
        chargePoint.bind(5, value.firmwareVersion)
        chargePoint.bind(6, value.registration)
        chargePoint.bind(7, value.lastBoot.milliseconds)
        try chargePoint.run()
    }

    private func replace(_ value: StoredConnector) throws(SQLiteFailure) {
        connector.bind(1, value.chargePointId)
        connector.bind(2, value.connectorId)
        connector.bind(3, value.status)
        connector.bind(4, value.errorCode)
        connector.bind(5, value.since.milliseconds)
        try connector.run()
    }
}
