public import OCPPKit

/// The store in one SQLite file, and the lock that makes this its only writer.
///
/// WAL with `synchronous=FULL`: when a commit returns, its fsync has. One connection writes; all others only read.
public final class SQLiteStore: CentralStore {
    public let reader: any StoreReader
    let connection: Connection
    private let lock: StoreLock
    /// `nil` once closed.
    private var statements: WriteStatements?

    /// Opens the store at `path` to write it; makes it, and its directory, where there is none.
    ///
    /// A file that is not a sound store is not written to. To know, SQLite reads all of it.
    public init(path: String) throws(StoreError) {
        let path = StoreFiles.resolved(path)
        try StoreFiles.makeDirectory(of: path)
        lock = try StoreLock.exclusive(path: path)
        try StoreFiles.makeFile(path)
        // SQLite deletes the -wal beside an empty file, and with it the only copy of what was committed.
        if StoreFiles.size(path) == 0, StoreFiles.size(path + "-wal") ?? 0 > 0 {
            throw .corrupt(path: path, detail: "the file is empty and its -wal is not")
        }
        let connection = try withStoreErrors(path: path) { () throws(SQLiteFailure) in
            try Connection(path: path, mode: .readWrite)
        }
        try SQLiteStore.check(connection)
        statements = try withStoreErrors(path: path) { () throws(SQLiteFailure) in
            try WriteStatements(connection)
        }
        self.connection = connection
        reader = SQLiteStoreReader(connection: connection)
    }

    deinit { close() }

    public func close() {
        statements = nil
        // Moves the -wal into the file. Where that fails, nothing is lost: the next one to open the store does it.
        connection.close()
        lock.release()
    }

    /// Makes sure that the file is a sound store of the current version, and sets the connection up for it.
    private static func check(_ connection: Connection) throws(StoreError) {
        let path = connection.path
        guard !connection.isReadOnly else { throw .cannotWrite(path: path, reason: "the file may only be read") }
        let state = try Schema.state(of: connection)
        var version = 0
        if case .version(let found) = state {
            version = found
            let verdict = try withStoreErrors(path: path) { () throws(SQLiteFailure) in
                try connection.text("PRAGMA quick_check(1)")
            }
            guard verdict == "ok" else { throw .corrupt(path: path, detail: verdict) }
        }
        try withStoreErrors(path: path) { () throws(SQLiteFailure) in
            try connection.execute(
                """
                PRAGMA journal_mode = WAL;
                PRAGMA synchronous = FULL;
                PRAGMA mmap_size = 0;
                PRAGMA cache_size = -16384;
                PRAGMA journal_size_limit = 67108864;
                """)
            try Schema.upgrade(connection, from: version)
        }
        // Some file systems have no shared memory, and SQLite goes on with another journal.
        let mode = try withStoreErrors(path: path) { () throws(SQLiteFailure) in
            try connection.text("PRAGMA journal_mode")
        }
        guard mode == "wal" else {
            throw .io(path: path, detail: "its file system does not support SQLite's WAL (journal mode \(mode))")
        }
    }

    // MARK: Writing

    public func commit(_ requests: [StoreRequest]) -> [StoreOutcome] {
        guard !requests.isEmpty else { return [] }
        let statements = openStatements
        do throws(SQLiteFailure) {
            try statements.begin.run()
            var outcomes: [StoreOutcome] = []
            outcomes.reserveCapacity(requests.count)
            for request in requests { outcomes.append(try keep(request, with: statements)) }
            try statements.commit.run()
            return outcomes
        } catch {
            rollBack()
            let text = error.asStoreError(path: connection.path).description
            return Array(repeating: .failed(text), count: requests.count)
        }
    }

    public func pruneFrames(before time: Timestamp, limit: Int) throws(StoreError) -> Int {
        let statements = openStatements
        do {
            try statements.begin.run()
            let count = try statements.prune(before: time, limit: limit)
            try statements.commit.run()
            return count
        } catch {
            rollBack()
            throw error.asStoreError(path: connection.path)
        }
    }

    /// All of the request or, where it fails for a reason of its own, nothing.
    private func keep(
        _ request: StoreRequest, with statements: WriteStatements
    ) throws(SQLiteFailure) -> StoreOutcome {
        try statements.savepoint.run()
        do throws(SQLiteFailure) {
            let outcome = try statements.keep(request)
            try statements.release.run()
            return outcome
        } catch {
            guard error.isOfOneRequest, connection.isInTransaction else { throw error }
            try statements.rollbackToSavepoint.run()
            try statements.release.run()
            return .failed(statements.reason(for: error, of: request))
        }
    }

    private func rollBack() {
        // Where SQLite has ended the transaction by itself, there is nothing to do; and a failure leaves the
        // transaction open, so that the next BEGIN fails too, and says so.
        if connection.isInTransaction { try? connection.execute("ROLLBACK") }
    }

    private var openStatements: WriteStatements {
        guard let statements else { preconditionFailure("the store \(connection.path) is closed") }
        return statements
    }
}
