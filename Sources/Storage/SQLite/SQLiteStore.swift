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
    ///
    /// - Parameter patienceMilliseconds: how long to wait for another writer to end; blocks.
    public init(path: String, patienceMilliseconds: Int = 0) throws(StoreError) {
        let path = StoreFiles.resolved(path)
        try StoreFiles.makeDirectory(of: path)
        lock = try StoreLock.exclusive(path: path, patienceMilliseconds: patienceMilliseconds)
        try StoreFiles.makeFile(path)
        // SQLite deletes the -wal beside an empty file, and with it the only copy of what was committed.
        if StoreFiles.size(path) == 0, StoreFiles.size(path + "-wal") ?? 0 > 0 {
            throw .corrupt(path: path, detail: "the file is empty and its -wal is not")
        }
        let connection = try withStoreErrors(path: path) { () throws(SQLiteFailure) in
            try Connection(path: path, mode: .readWrite)
        }
        try SQLiteStore.prepare(connection)
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

    /// Makes sure that the file is a sound store, or none yet, and brings it to the current version.
    private static func prepare(_ connection: Connection) throws(StoreError) {
        let path = connection.path
        guard !connection.isReadOnly else { throw .cannotWrite(path: path, reason: "the file may only be read") }
        let version = try Schema.version(of: connection)
        try withStoreErrors(path: path) { () throws(SQLiteFailure) in
            if version > 0 {
                let verdict = try connection.text("PRAGMA quick_check(1)")
                // Before what is wrong stands a line with the database's name, which is always "main".
                guard verdict == "ok" else {
                    throw SQLiteFailure.corrupt(String(verdict.split(separator: "\n").last ?? "quick_check"))
                }
            }
            // Some file systems have no shared memory, and SQLite goes on with another journal.
            let mode = try connection.text("PRAGMA journal_mode = WAL")
            guard mode == "wal" else { throw SQLiteFailure.unsupported("no WAL on this file system, but \(mode)") }
            try connection.execute(
                """
                PRAGMA synchronous = FULL;
                PRAGMA mmap_size = 0;
                PRAGMA temp_store = MEMORY;
                PRAGMA cache_size = -65536;
                PRAGMA wal_autocheckpoint = 4000;
                PRAGMA journal_size_limit = 67108864;
                """)
            try Schema.upgrade(connection, from: version)
        }
    }

    // MARK: Writing

    public func commit(_ requests: [StoreRequest]) -> [StoreOutcome] {
        guard !requests.isEmpty else { return [] }
        let statements = openStatements
        do throws(SQLiteFailure) {
            return try keep(requests, with: statements)
        } catch {
            let text = error.asStoreError(path: connection.path).description
            return Array(repeating: .failed(text), count: requests.count)
        }
    }

    public func prune(_ what: Prunable, before time: Timestamp, limit: Int) throws(StoreError) -> Int {
        let statements = openStatements
        return try withStoreErrors(path: connection.path) { () throws(SQLiteFailure) in
            try transaction(statements) { () throws(SQLiteFailure) in
                try statements.prune(what, before: time, limit: limit)
            }
        }
    }

    public func touch() throws(StoreError) {
        try withStoreErrors(path: connection.path) { () throws(SQLiteFailure) in
            // A page is written and synchronised, whatever the value was.
            try connection.execute("PRAGMA user_version = \(Schema.version)")
        }
    }

    /// Savepoints take a quarter of the time of a group, and requests that fail alone are rare: so a group is first
    /// tried without, and again with them when one has failed.
    private func keep(
        _ requests: [StoreRequest], with statements: WriteStatements
    ) throws(SQLiteFailure) -> [StoreOutcome] {
        do throws(SQLiteFailure) {
            return try transaction(statements) { () throws(SQLiteFailure) in
                try requests.map { request throws(SQLiteFailure) in try statements.keep(request) }
            }
        } catch {
            guard error.isOfOneRequest else { throw error }
        }
        return try transaction(statements) { () throws(SQLiteFailure) in
            try requests.map { request throws(SQLiteFailure) in try keepAlone(request, with: statements) }
        }
    }

    /// All of the request or, where it fails for a reason of its own, nothing.
    private func keepAlone(
        _ request: StoreRequest, with statements: WriteStatements
    ) throws(SQLiteFailure) -> StoreOutcome {
        // Before the savepoint, so that going back to it takes this request's frames and no others.
        try statements.writeBlock()
        try statements.savepoint.run()
        do throws(SQLiteFailure) {
            let outcome = try statements.keep(request)
            try statements.release.run()
            return outcome
        } catch {
            guard error.isOfOneRequest, connection.isInTransaction else { throw error }
            statements.forgetBlock()
            try statements.rollbackToSavepoint.run()
            try statements.release.run()
            return statements.outcome(for: error)
        }
    }

    private func transaction<Result>(
        _ statements: WriteStatements, _ body: () throws(SQLiteFailure) -> Result
    ) throws(SQLiteFailure) -> Result {
        do throws(SQLiteFailure) {
            try statements.begin.run()
            let result = try body()
            try statements.writeBlock()
            try statements.commit.run()
            return result
        } catch {
            statements.forgetBlock()
            // Some errors have ended the transaction. Where the rollback fails, the next BEGIN does too, and says so.
            if connection.isInTransaction { try? connection.execute("ROLLBACK") }
            throw error
        }
    }

    private var openStatements: WriteStatements {
        guard let statements else { preconditionFailure("the store \(connection.path) is closed") }
        return statements
    }
}
