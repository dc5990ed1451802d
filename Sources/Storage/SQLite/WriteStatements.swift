import OCPPKit

/// The statements that write, prepared once, with their values bound by hand: a group of rows costs little more than
/// SQLite's own work.
final class WriteStatements {
    let begin, commit, savepoint, release, rollbackToSavepoint: Statement
    private let frameBlock, publication, published, pruneFrames, pruneOutbox, earlier, event, session, openSession,
        chargePoint, connector: Statement
    private let connection: Connection
    private let stations: StationStatements
    private let commands: CommandStatements
    private let tags: TagStatements
    /// The frames of the transaction that is open.
    private var block = FrameBlock()

    init(_ connection: Connection) throws(SQLiteFailure) {
        self.connection = connection
        begin = try connection.prepare("BEGIN IMMEDIATE")
        commit = try connection.prepare("COMMIT")
        savepoint = try connection.prepare("SAVEPOINT request")
        release = try connection.prepare("RELEASE request")
        rollbackToSavepoint = try connection.prepare("ROLLBACK TO request")
        frameBlock = try connection.prepare("INSERT INTO frame_blocks (last_arrival_ms, frames) VALUES (?, ?)")
        publication = try connection.prepare("INSERT INTO outbox (id, charge_point, payload) VALUES (?, ?, ?)")
        published = try connection.prepare("UPDATE outbox SET sent_ms = ? WHERE id = ?")
        pruneOutbox = try connection.prepare(
            "DELETE FROM outbox WHERE id IN (SELECT id FROM outbox WHERE sent_ms < ? LIMIT ?)")
        earlier = try connection.prepare("SELECT reply, payload FROM events WHERE replay_key = ?")
        event = try connection.prepare(
            """
            INSERT INTO events (replay_key, kind, charge_point, connector, transaction_id, arrival_ms, payload, reply)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (replay_key) DO NOTHING
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
        // Most often written by far: no column of an index is named, so that none is touched.
        openSession = try connection.prepare("UPDATE sessions SET state = ? WHERE number = ? AND is_ended = 0")
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
        pruneFrames = try connection.prepare(
            """
            DELETE FROM frame_blocks WHERE id IN
                (SELECT id FROM frame_blocks WHERE last_arrival_ms < ? ORDER BY last_arrival_ms LIMIT ?)
            """)
        stations = try StationStatements(connection)
        commands = try CommandStatements(connection)
        tags = try TagStatements(connection)
    }

    /// Writes the request's rows; after an error, some of them.
    func keep(_ request: StoreRequest) throws(SQLiteFailure) -> StoreOutcome {
        let verdict = try verdict(on: request)
        let isReplay = verdict?.isReplay ?? false
        for operation in request.operations {
            switch operation {
            case .frames(let value): try insert(value)
            case .publication(let value) where !isReplay: try insert(value)
            case .published(let ids, let time):
                for id in ids {
                    published.bind(1, time.milliseconds)
                    published.bind(2, id)
                    try published.run()
                }
            case .session(let value) where !isReplay || !value.isNew: try replace(value)
            case .chargePoint(let value) where !isReplay: try replace(value)
            case .connector(let value) where !isReplay: try replace(value)
            // The verdict has put it where it belongs.
            case .event: break
            case .session, .chargePoint, .connector, .publication: break
            case .link(let value): try stations.replace(value)
            case .progress(let value): try stations.replace(value)
            case .reservation(let value): try stations.replace(value)
            case .endedReservation(let chargePointId, let reservationId):
                try stations.removeReservation(chargePointId, reservationId)
            case .command(let value): try commands.insert(value)
            case .commandEnded(let id, let outcome, let time): try commands.end(id, outcome, at: time)
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

    /// How many rows were removed.
    func prune(_ what: Prunable, before time: Timestamp, limit: Int) throws(SQLiteFailure) -> Int {
        let statement =
            switch what {
            case .frames: pruneFrames
            case .outbox: pruneOutbox
            case .commands: commands.prune
            }
        statement.bind(1, time.milliseconds)
        statement.bind(2, Int64(limit))
        try statement.run()
        return connection.changedRows
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

    /// Keeps the request's event. `nil` where it has none, or a new one.
    private func verdict(on request: StoreRequest) throws(SQLiteFailure) -> Verdict? {
        for case .event(let event) in request.operations {
            if try insert(event, kind: event.kind, replayKey: event.replayKey) { continue }
            guard let (reply, payload) = try earlierEvent(event.replayKey) else { continue }
            guard let alternative = event.alternative, payload != event.payload else { return .replayed(reply: reply) }
            if try insert(event, kind: alternative.kind, replayKey: alternative.replayKey) {
                return .conflict(alternative)
            }
            return .replayed(reply: try earlierEvent(alternative.replayKey)?.reply ?? reply)
        }
        return nil
    }

    private func earlierEvent(_ key: String) throws(SQLiteFailure) -> (reply: [UInt8], payload: [UInt8])? {
        defer { earlier.reset() }
        earlier.bind(1, key)
        return try earlier.step() ? (earlier.bytes(0), earlier.bytes(1)) : nil
    }

    /// Adds to the transaction's block.
    private func insert(_ value: FrameBlock) throws(SQLiteFailure) {
        block.append(value)
        if block.bytes.count >= FrameBlock.maximumBytes { try writeBlock() }
    }

    /// Writes the frames that have gathered; before each commit.
    func writeBlock() throws(SQLiteFailure) {
        guard !block.bytes.isEmpty else { return }
        frameBlock.bind(1, block.lastArrival.milliseconds)
        frameBlock.bind(2, blob: block.bytes)
        block.removeAll()
        try frameBlock.run()
    }

    /// Forgets the frames of a transaction that was rolled back.
    func forgetBlock() { block.removeAll() }

    private func insert(_ value: StoredPublication) throws(SQLiteFailure) {
        publication.bind(1, value.id)
        publication.bind(2, value.chargePointId)
        publication.bind(3, text: value.payload)
        try publication.run()
    }

    /// - Returns: false where an event has this key already.
    private func insert(
        _ value: TransactionEvent, kind: TransactionEvent.Kind, replayKey: String
    ) throws(SQLiteFailure) -> Bool {
        event.bind(1, replayKey)
        event.bind(2, kind.rawValue)
        event.bind(3, value.chargePointId)
        event.bind(4, value.connectorId)
        event.bind(5, value.transactionId)
        event.bind(6, value.arrival.milliseconds)
        event.bind(7, text: value.payload)
        event.bind(8, text: value.reply)
        try event.run()
        return connection.changedRows == 1
    }

    private func replace(_ value: StoredSession) throws(SQLiteFailure) {
        if !value.isNew, !value.isEnded {
            openSession.bind(1, text: value.state)
            openSession.bind(2, Int64(value.number))
            try openSession.run()
            if connection.changedRows == 1 { return }
        }
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
