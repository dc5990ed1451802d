import CSQLite

/// One SQLite connection, for one thread at a time. SQLite is called here and in `Statement`, nowhere else.
@safe final class Connection {
    enum Mode {
        case readWrite
        case readOnly
        /// Reads the file alone, without locks, -wal or -shm: right only while nobody writes it.
        case immutable
    }

    let path: String
    private var handle: OpaquePointer?

    /// Before the first connection; what it says does not matter.
    private static let countsNoMemory = sqlite3_count_no_memory()

    init(path: String, mode: Mode) throws(SQLiteFailure) {
        self.path = path
        _ = Self.countsNoMemory
        let (name, flags) =
            switch mode {
            case .readWrite: (path, SQLITE_OPEN_READWRITE)
            case .readOnly: (path, SQLITE_OPEN_READONLY)
            case .immutable: ("file:\(percentEncoded(path))?immutable=1", SQLITE_OPEN_READONLY | SQLITE_OPEN_URI)
            }
        let code = unsafe sqlite3_open_v2(name, &handle, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nil)
        guard code == SQLITE_OK else {
            let failure = failure(code)
            close()
            throw failure
        }
        // A writer that recovers the file at its start holds a lock for a moment; nothing else makes anyone wait.
        unsafe sqlite3_busy_timeout(handle, 5000)
    }

    deinit { close() }

    /// All statements must be gone.
    func close() {
        unsafe sqlite3_close_v2(handle)
        unsafe handle = nil
    }

    /// SQLite opens a file that cannot be written for reading, without a word.
    var isReadOnly: Bool { unsafe sqlite3_db_readonly(handle, "main") == 1 }

    /// Some errors end a transaction by themselves.
    var isInTransaction: Bool { unsafe sqlite3_get_autocommit(handle) == 0 }

    /// How many rows the last INSERT, UPDATE or DELETE that ended has changed.
    var changedRows: Int { Int(unsafe sqlite3_changes64(handle)) }

    /// Runs statements without parameters and ignores their rows.
    func execute(_ sql: String) throws(SQLiteFailure) {
        let code = unsafe sqlite3_exec(handle, sql, nil, nil, nil)
        guard code == SQLITE_OK else { throw failure(code) }
    }

    /// One statement, kept for many uses.
    func prepare(_ sql: String) throws(SQLiteFailure) -> Statement {
        var statement: OpaquePointer?
        let code = unsafe sqlite3_prepare_v3(
            handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &statement, nil)
        guard code == SQLITE_OK, let statement = unsafe statement else { throw failure(code) }
        return unsafe Statement(statement, of: self)
    }

    /// The first column of the only row.
    func integer(_ sql: String) throws(SQLiteFailure) -> Int64 {
        let statement = try prepare(sql)
        guard try statement.step() else { throw SQLiteFailure(code: SQLITE_NOTFOUND, message: "no row: \(sql)") }
        return statement.integer(0)
    }

    func text(_ sql: String) throws(SQLiteFailure) -> String {
        let statement = try prepare(sql)
        guard try statement.step() else { throw SQLiteFailure(code: SQLITE_NOTFOUND, message: "no row: \(sql)") }
        return statement.string(0)
    }

    func failure(_ code: Int32) -> SQLiteFailure {
        unsafe SQLiteFailure(code: code, message: String(cString: sqlite3_errmsg(handle)))
    }
}

private func percentEncoded(_ path: String) -> String {
    var encoded = ""
    for byte in path.utf8 {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "."), UInt8(ascii: "-"),
            UInt8(ascii: "_"):
            encoded.unicodeScalars.append(Unicode.Scalar(byte))
        default:
            encoded += byte < 16 ? "%0" : "%"
            encoded += String(byte, radix: 16)
        }
    }
    return encoded
}
