import CSQLite

/// An error of SQLite, with its extended result code.
struct SQLiteFailure: Error {
    let code: Int32
    let message: String

    static func corrupt(_ message: String) -> SQLiteFailure { SQLiteFailure(code: SQLITE_CORRUPT, message: message) }
    static func unsupported(_ message: String) -> SQLiteFailure { SQLiteFailure(code: SQLITE_IOERR, message: message) }

    private var primary: Int32 { code & 0xff }

    /// Whether the values of one request caused it, so that the others of its group can still be kept. Anything else
    /// (disk full, I/O, memory) is the whole transaction's.
    var isOfOneRequest: Bool { primary == SQLITE_CONSTRAINT || primary == SQLITE_TOOBIG }

    var isUniqueConstraint: Bool { code == SQLITE_CONSTRAINT | (8 << 8) }

    /// Whether the file could be opened but not the ones that WAL mode needs beside it.
    var isAboutFilesBeside: Bool { primary == SQLITE_CANTOPEN || primary == SQLITE_READONLY }

    /// The same for people, about the store at `path`.
    func asStoreError(path: String) -> StoreError {
        switch primary {
        case SQLITE_NOTADB: .notADatabase(path: path)
        case SQLITE_CORRUPT: .corrupt(path: path, detail: message)
        case SQLITE_FULL: .diskFull(path: path)
        case SQLITE_READONLY, SQLITE_PERM: .cannotWrite(path: path, reason: message)
        default: .io(path: path, detail: "\(message) (SQLite \(code))")
        }
    }
}

/// Runs `body` and gives an error of SQLite as one about the store at `path`.
func withStoreErrors<Result>(path: String, _ body: () throws(SQLiteFailure) -> Result) throws(StoreError) -> Result {
    do {
        return try body()
    } catch {
        throw error.asStoreError(path: path)
    }
}
