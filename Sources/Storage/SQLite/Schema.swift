/// The tables, as the steps that lead to them from an empty file. A released step is never changed: a change is a new
/// step, and a fixture of the version before it in the tests.
enum Schema {
    /// "OCPP"; tells a store from other SQLite files.
    static let applicationId: Int64 = 0x4F43_5050

    /// The version that this code reads and writes; in the file it is `user_version`.
    static var version: Int { steps.count }

    /// `steps[n]` leads from version n to version n + 1.
    private static let steps = [version1, version2, version3, version4]

    private static let version1 = """
        CREATE TABLE frames (
            id INTEGER PRIMARY KEY,
            charge_point TEXT NOT NULL,
            direction TEXT NOT NULL,
            arrival_ms INTEGER NOT NULL,
            raw BLOB NOT NULL
        ) STRICT;
        CREATE INDEX frame_arrival ON frames (arrival_ms);

        CREATE TABLE events (
            sequence INTEGER PRIMARY KEY,
            replay_key TEXT NOT NULL UNIQUE,
            kind TEXT NOT NULL,
            charge_point TEXT NOT NULL,
            connector INTEGER,
            transaction_id INTEGER,
            arrival_ms INTEGER NOT NULL,
            payload TEXT NOT NULL,
            reply TEXT NOT NULL
        ) STRICT;
        CREATE UNIQUE INDEX event_start_transaction_id ON events (transaction_id) WHERE kind = 'start';

        CREATE TABLE sessions (
            number INTEGER PRIMARY KEY,
            charge_point TEXT NOT NULL,
            is_ended INTEGER NOT NULL,
            end_sequence INTEGER UNIQUE,
            state TEXT NOT NULL
        ) STRICT;
        CREATE INDEX session_charge_point ON sessions (charge_point, number);
        CREATE INDEX session_open ON sessions (number) WHERE is_ended = 0;

        CREATE TABLE charge_points (
            id TEXT PRIMARY KEY NOT NULL,
            vendor TEXT,
            model TEXT,
            serial_number TEXT,
            firmware_version TEXT,
            registration TEXT NOT NULL,
            last_boot_ms INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE connectors (
            charge_point TEXT NOT NULL,
            connector INTEGER NOT NULL,
            status TEXT NOT NULL,
            error_code TEXT NOT NULL,
            since_ms INTEGER NOT NULL,
            PRIMARY KEY (charge_point, connector)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE meta (
            name TEXT PRIMARY KEY NOT NULL,
            value TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;
        INSERT INTO meta VALUES ('created', strftime('%Y-%m-%dT%H:%M:%fZ'));
        """

    /// The authorisation list, local lists, reservations, and more of what charge points say of themselves.
    ///
    /// `key` is the idTag without its case, which SQLite folds for ASCII alone.
    private static let version2 = """
        CREATE TABLE tags (
            key TEXT PRIMARY KEY NOT NULL,
            id_tag TEXT NOT NULL,
            status TEXT NOT NULL,
            parent_id_tag TEXT,
            expiry_ms INTEGER
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE local_lists (
            charge_point TEXT PRIMARY KEY NOT NULL,
            version INTEGER NOT NULL,
            is_known INTEGER NOT NULL,
            time_ms INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE local_list_tags (
            charge_point TEXT NOT NULL,
            key TEXT NOT NULL,
            id_tag TEXT NOT NULL,
            status TEXT NOT NULL,
            parent_id_tag TEXT,
            expiry_ms INTEGER,
            PRIMARY KEY (charge_point, key)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE reservations (
            charge_point TEXT NOT NULL,
            reservation INTEGER NOT NULL,
            connector INTEGER NOT NULL,
            id_tag TEXT NOT NULL,
            parent_id_tag TEXT,
            expiry_ms INTEGER NOT NULL,
            PRIMARY KEY (charge_point, reservation)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE links (
            charge_point TEXT PRIMARY KEY NOT NULL,
            peer TEXT NOT NULL,
            connected_ms INTEGER NOT NULL,
            disconnected_ms INTEGER
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE progress (
            charge_point TEXT NOT NULL,
            task TEXT NOT NULL,
            status TEXT NOT NULL,
            request INTEGER,
            since_ms INTEGER NOT NULL,
            PRIMARY KEY (charge_point, task)
        ) STRICT, WITHOUT ROWID;
        """

    /// Frames in blocks, as `FrameBlock` has them, and the outbox.
    ///
    /// A row for each frame took a third of the time of a heartbeat.
    private static let version3 = """
        CREATE TABLE frame_blocks (
            id INTEGER PRIMARY KEY,
            last_arrival_ms INTEGER NOT NULL,
            frames BLOB NOT NULL
        ) STRICT;
        CREATE INDEX frame_block_arrival ON frame_blocks (last_arrival_ms);
        INSERT INTO frame_blocks SELECT id, arrival_ms, CAST(
            direction || ' ' || arrival_ms || ' ' || length(CAST(charge_point AS BLOB)) || ' ' || length(raw) || char(10)
                || charge_point || raw AS BLOB)
            FROM frames ORDER BY id;
        DROP TABLE frames;

        CREATE TABLE outbox (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            charge_point TEXT NOT NULL,
            payload TEXT NOT NULL,
            sent_ms INTEGER
        ) STRICT;
        CREATE INDEX outbox_unsent ON outbox (charge_point, id) WHERE sent_ms IS NULL;
        CREATE INDEX outbox_sent ON outbox (sent_ms) WHERE sent_ms NOT NULL;
        INSERT INTO meta VALUES ('store', lower(hex(randomblob(4))));
        """

    /// The journal of commands. `outcome` is missing while a command is on its way.
    private static let version4 = """
        CREATE TABLE commands (
            id INTEGER PRIMARY KEY,
            charge_point TEXT NOT NULL,
            action TEXT NOT NULL,
            message_id TEXT NOT NULL,
            text TEXT NOT NULL,
            time_ms INTEGER NOT NULL,
            outcome TEXT,
            status TEXT,
            reply TEXT,
            message TEXT,
            ended_ms INTEGER
        ) STRICT;
        CREATE INDEX command_open ON commands (id) WHERE outcome IS NULL;
        CREATE INDEX command_ended ON commands (ended_ms) WHERE ended_ms NOT NULL;
        """

    /// The version of the file, 0 where it has no table yet. Throws where it is not a store that this code knows, and
    /// changes nothing.
    static func version(of connection: Connection) throws(StoreError) -> Int {
        let path = connection.path
        let (application, version, tables) = try withStoreErrors(path: path) { () throws(SQLiteFailure) in
            (
                try connection.integer("PRAGMA application_id"), Int(try connection.integer("PRAGMA user_version")),
                try connection.integer("SELECT count(*) FROM sqlite_schema")
            )
        }
        if application == 0, version == 0, tables == 0 { return 0 }
        guard application == applicationId, version > 0 else { throw .foreign(path: path) }
        guard version <= self.version else {
            throw .newerVersion(path: path, found: version, supported: self.version)
        }
        return version
    }

    /// Brings the store to the current version, each step in a transaction of its own.
    static func upgrade(_ connection: Connection, from version: Int) throws(SQLiteFailure) {
        for (version, step) in steps.enumerated().dropFirst(version) {
            do {
                try connection.execute(
                    """
                    BEGIN IMMEDIATE;
                    \(step)
                    PRAGMA application_id = \(applicationId);
                    PRAGMA user_version = \(version + 1);
                    COMMIT;
                    """)
            } catch {
                if connection.isInTransaction { try connection.execute("ROLLBACK") }
                throw error
            }
        }
    }
}
