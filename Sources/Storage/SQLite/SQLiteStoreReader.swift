public import OCPPKit

/// Reads a store in one SQLite file, beside the process that writes it or when none does, and never changes it.
public final class SQLiteStoreReader: StoreReader {
    private let connection: Connection
    /// Present where the file is read alone, without SQLite's locks.
    private let solitude: Solitude?

    /// Opens the store at `path` to read it.
    public init(path: String) throws(StoreError) {
        let path = StoreFiles.resolved(path)
        try StoreFiles.checkReadable(path)
        guard StoreFiles.size(path) ?? 0 > 0 else { throw .noStore(path: path) }
        (connection, solitude) = try SQLiteStoreReader.open(path)
        let version = try Schema.version(of: connection)
        guard version > 0 else { throw .noStore(path: path) }
        guard version == Schema.version else {
            throw .needsUpgrade(path: path, found: version, supported: Schema.version)
        }
    }

    /// Reads through the writer's own connection.
    init(connection: Connection) {
        self.connection = connection
        solitude = nil
    }

    /// Even to read, WAL mode needs the -wal and -shm files, and makes them where they are missing. Where it cannot, as
    /// in a directory of somebody else, the file itself holds everything if there is no -wal, and may be read alone
    /// for as long as nobody writes.
    private static func open(_ path: String) throws(StoreError) -> (Connection, Solitude?) {
        do throws(SQLiteFailure) {
            let connection = try Connection(path: path, mode: .readOnly)
            _ = try connection.integer("PRAGMA user_version")
            return (connection, nil)
        } catch {
            guard error.isAboutFilesBeside, let solitude = Solitude(path: path) else {
                throw error.asStoreError(path: path)
            }
            let connection = try withStoreErrors(path: path) { () throws(SQLiteFailure) in
                try Connection(path: path, mode: .immutable)
            }
            return (connection, solitude)
        }
    }

    // MARK: Streams

    public func sessions(_ body: (SessionRow) throws -> Void) throws {
        let all = try query("SELECT \(Statement.sessionColumns) FROM sessions ORDER BY number")
        while try next(all) { try body(all.sessionRow()) }
    }

    public func sessions(afterEndSequence endSequence: Int64, _ body: (SessionRow) throws -> Void) throws {
        let ended = try query(
            "SELECT \(Statement.sessionColumns) FROM sessions WHERE end_sequence > ? ORDER BY end_sequence")
        ended.bind(1, endSequence)
        while try next(ended) { try body(ended.sessionRow()) }
    }

    public func events(
        kinds: Set<TransactionEvent.Kind>, afterSequence sequence: Int64,
        _ body: (_ sequence: Int64, TransactionEvent) throws -> Void
    ) throws {
        let list = kinds.map { "'\($0.rawValue)'" }.joined(separator: ", ")
        let events = try query(
            """
            SELECT kind, charge_point, connector, transaction_id, arrival_ms, replay_key, payload, reply, sequence
            FROM events WHERE kind IN (\(list)) AND sequence > ? ORDER BY sequence
            """)
        events.bind(1, sequence)
        while try next(events) { try body(events.integer(8), events.event(path: connection.path)) }
    }

    public func frames(
        of chargePointId: String?, from start: Timestamp?, before end: Timestamp?, _ body: (StoredFrame) throws -> Void
    ) throws {
        let blocks = try query(
            "SELECT frames FROM frame_blocks WHERE ?1 IS NULL OR +last_arrival_ms >= ?1 ORDER BY id")
        blocks.bind(1, start?.milliseconds)
        while try next(blocks) {
            guard let frames = FrameBlock.frames(blocks.bytes(0)) else {
                throw corruptBlock()
            }
            for frame in frames
            where (chargePointId == nil || frame.chargePointId == chargePointId)
                && (start.map { frame.arrival >= $0 } ?? true) && (end.map { frame.arrival < $0 } ?? true)
            {
                try body(frame)
            }
        }
    }

    // MARK: The outbox

    public func unsentPublications(
        of chargePointId: String, after id: Int64, limit: Int
    ) throws(StoreError) -> [StoredPublication] {
        let statement = try query(
            """
            SELECT \(Statement.publicationColumns) FROM outbox
            WHERE sent_ms IS NULL AND charge_point = ? AND id > ? ORDER BY id LIMIT ?
            """)
        statement.bind(1, chargePointId)
        statement.bind(2, id)
        statement.bind(3, Int64(limit))
        var publications: [StoredPublication] = []
        while try next(statement) { publications.append(statement.publication()) }
        return publications
    }

    public func chargePointsWithUnsentPublications() throws(StoreError) -> [String] {
        let statement = try query(
            "SELECT DISTINCT charge_point FROM outbox WHERE sent_ms IS NULL ORDER BY charge_point")
        var ids: [String] = []
        while try next(statement) { ids.append(statement.string(0)) }
        return ids
    }

    public func sentPublications(
        from start: Timestamp?, before end: Timestamp?, _ body: (StoredPublication) throws -> Void
    ) throws {
        let statement = try query(
            """
            SELECT \(Statement.publicationColumns) FROM outbox
            WHERE sent_ms NOT NULL AND (?1 IS NULL OR +sent_ms >= ?1) AND (?2 IS NULL OR +sent_ms < ?2) ORDER BY id
            """)
        statement.bind(1, start?.milliseconds)
        statement.bind(2, end?.milliseconds)
        while try next(statement) { try body(statement.publication()) }
    }

    public func unsentCount() throws(StoreError) -> (count: Int, first: Int64?) {
        let statement = try query("SELECT count(*), coalesce(min(id), 0) FROM outbox WHERE sent_ms IS NULL")
        guard try next(statement) else { return (0, nil) }
        let count = statement.integer(0)
        return (Int(count), count > 0 ? statement.integer(1) : nil)
    }

    public func lastPublicationId() throws(StoreError) -> Int64 {
        try integer(query("SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'outbox'"))
    }

    public func storeId() throws(StoreError) -> String {
        let statement = try query("SELECT value FROM meta WHERE name = 'store'")
        var id = ""
        while try next(statement) { id = statement.string(0) }
        return id
    }

    // MARK: The journal

    public func openCommands() throws(StoreError) -> [StoredCommand] {
        let statement = try query("SELECT \(Statement.commandColumns) FROM commands WHERE outcome IS NULL ORDER BY id")
        var commands: [StoredCommand] = []
        while try next(statement) { commands.append(statement.command()) }
        return commands
    }

    public func lastCommandId() throws(StoreError) -> Int64 {
        try integer(query("SELECT coalesce(max(id), 0) FROM commands"))
    }

    // MARK: Lists and values

    public func chargePoints() throws(StoreError) -> [StoredChargePoint] {
        let statement = try query(
            """
            SELECT id, vendor, model, serial_number, firmware_version, registration, last_boot_ms
            FROM charge_points ORDER BY id
            """)
        var chargePoints: [StoredChargePoint] = []
        while try next(statement) { chargePoints.append(statement.chargePoint()) }
        return chargePoints
    }

    public func connectors() throws(StoreError) -> [StoredConnector] {
        let statement = try query(
            """
            SELECT charge_point, connector, status, error_code, since_ms
            FROM connectors ORDER BY charge_point, connector
            """)
        var connectors: [StoredConnector] = []
        while try next(statement) { connectors.append(statement.connector()) }
        return connectors
    }

    public func links() throws(StoreError) -> [StoredLink] {
        let statement = try query(
            "SELECT charge_point, peer, connected_ms, disconnected_ms FROM links ORDER BY charge_point")
        var links: [StoredLink] = []
        while try next(statement) { links.append(statement.link()) }
        return links
    }

    public func progress() throws(StoreError) -> [StoredProgress] {
        let statement = try query(
            "SELECT charge_point, task, status, request, since_ms FROM progress ORDER BY charge_point, task")
        var progress: [StoredProgress] = []
        while try next(statement) { progress.append(try statement.progress(path: connection.path)) }
        return progress
    }

    public func reservations() throws(StoreError) -> [StoredReservation] {
        let statement = try query(
            """
            SELECT charge_point, reservation, connector, id_tag, parent_id_tag, expiry_ms
            FROM reservations ORDER BY charge_point, reservation
            """)
        var reservations: [StoredReservation] = []
        while try next(statement) { reservations.append(statement.reservation()) }
        return reservations
    }

    public func tags() throws(StoreError) -> [Tag] {
        try tags(query("SELECT \(Statement.tagColumns) FROM tags ORDER BY key"))
    }

    public func localLists() throws(StoreError) -> [StoredLocalList] {
        let statement = try query(
            "SELECT charge_point, version, is_known, time_ms FROM local_lists ORDER BY charge_point")
        var lists: [StoredLocalList] = []
        while try next(statement) {
            lists.append(
                StoredLocalList(
                    chargePointId: statement.string(0), version: statement.integer(1),
                    tags: statement.integer(2) == 0 ? nil : [], time: Timestamp(milliseconds: statement.integer(3))))
        }
        for index in lists.indices where lists[index].tags != nil {
            let content = try query(
                "SELECT \(Statement.tagColumns) FROM local_list_tags WHERE charge_point = ? ORDER BY key")
            content.bind(1, lists[index].chargePointId)
            lists[index].tags = try tags(content)
        }
        return lists
    }

    private func tags(_ statement: Statement) throws(StoreError) -> [Tag] {
        var tags: [Tag] = []
        while try next(statement) { tags.append(try statement.tag(path: connection.path)) }
        return tags
    }

    public func lastEndSequence() throws(StoreError) -> Int64 {
        try integer(query("SELECT coalesce(max(end_sequence), 0) FROM sessions"))
    }

    public func isTransactionIdTaken(_ id: Int64) throws(StoreError) -> Bool {
        let statement = try query("SELECT EXISTS (SELECT 1 FROM events WHERE kind = 'start' AND transaction_id = ?)")
        statement.bind(1, id)
        return try integer(statement) == 1
    }

    public func restoredState(sessionsPerChargePoint count: Int) throws(StoreError) -> RestoredState {
        let statement = try query(
            """
            WITH ranked AS (
                SELECT number, row_number() OVER (PARTITION BY charge_point ORDER BY number DESC) AS rank FROM sessions
            )
            SELECT \(Statement.sessionColumns) FROM sessions WHERE number IN (
                SELECT number FROM ranked WHERE rank <= ? UNION SELECT number FROM sessions WHERE is_ended = 0
            ) ORDER BY number
            """)
        statement.bind(1, Int64(count))
        var sessions: [StoredSession] = []
        while try next(statement) { sessions.append(statement.sessionRow().session) }
        return RestoredState(
            nextSessionNumber: Int(try integer(query("SELECT coalesce(max(number), 0) + 1 FROM sessions"))),
            sessions: sessions, chargePoints: try chargePoints())
    }

    // MARK: SQLite's errors as the store's

    func corruptBlock() -> StoreError { .corrupt(path: connection.path, detail: "a block of frames cannot be read") }

    func query(_ sql: String) throws(StoreError) -> Statement {
        try withStoreErrors(path: connection.path) { () throws(SQLiteFailure) in try connection.prepare(sql) }
    }

    func next(_ statement: Statement) throws(StoreError) -> Bool {
        let isRow = try withStoreErrors(path: connection.path) { () throws(SQLiteFailure) in try statement.step() }
        if !isRow { try solitude?.check() }
        return isRow
    }

    /// The only column of the only row.
    func integer(_ statement: Statement) throws(StoreError) -> Int64 {
        var value: Int64 = 0
        while try next(statement) { value = statement.integer(0) }
        return value
    }
}
