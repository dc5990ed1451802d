import CSQLite

/// A prepared statement; parameters are counted from 1, columns from 0. All of them are bound before each use.
///
/// Memory safety: what is bound is copied, so that no pointer outlives its closure; into `room` while there is any, which is
/// there as long as the statement and is used anew only after a reset.
@safe final class Statement {
    private let handle: OpaquePointer
    private let connection: Connection
    /// SQLite would ask for memory for each text.
    private var room = UnsafeMutableRawBufferPointer.allocate(byteCount: 256, alignment: 1)
    /// So much of the room is taken, or would have been.
    private var boundBytes = 0
    /// The first error of a `bind`, thrown by the next `step`.
    private var bindCode = SQLITE_OK

    /// Takes `handle` over.
    @unsafe init(_ handle: OpaquePointer, of connection: Connection) {
        unsafe self.handle = handle
        self.connection = connection
    }

    deinit {
        unsafe sqlite3_finalize(handle)
        unsafe room.deallocate()
    }

    // MARK: Parameters

    func bind(_ position: Int32, _ value: Int64?) {
        if let value {
            note(unsafe sqlite3_bind_int64(handle, position, value))
        } else {
            note(unsafe sqlite3_bind_null(handle, position))
        }
    }

    func bind(_ position: Int32, _ value: Bool) {
        bind(position, value ? 1 : 0)
    }

    func bind(_ position: Int32, _ value: String?) {
        guard var value else { return bind(position, Int64?.none) }
        value.withUTF8 { bytes in unsafe bind(position, text: UnsafeRawBufferPointer(bytes)) }
    }

    func bind(_ position: Int32, text value: [UInt8]) {
        unsafe value.withUnsafeBytes { bytes in unsafe bind(position, text: bytes) }
    }

    func bind(_ position: Int32, blob value: [UInt8]) {
        // A null pointer would bind NULL, which an empty array may give.
        if value.isEmpty { return note(unsafe sqlite3_bind_zeroblob(handle, position, 0)) }
        note(
            unsafe value.withUnsafeBytes { bytes in
                unsafe sqlite3_bind_blob64(handle, position, bytes.baseAddress, UInt64(bytes.count), transient)
            })
    }

    /// A copy of the bytes where there is room for them, else themselves, to be copied by SQLite.
    private func kept(_ bytes: UnsafeRawBufferPointer) -> (
        start: UnsafeRawPointer?, destructor: sqlite3_destructor_type?
    ) {
        let start = boundBytes
        boundBytes += bytes.count
        guard unsafe boundBytes <= room.count, let base = unsafe room.baseAddress, let source = bytes.baseAddress else {
            return unsafe (bytes.baseAddress, transient)
        }
        unsafe (base + start).copyMemory(from: source, byteCount: bytes.count)
        return unsafe (UnsafeRawPointer(base + start), nil)
    }

    /// With its length, so that a NUL is a character like any other.
    private func bind(_ position: Int32, text bytes: UnsafeRawBufferPointer) {
        if unsafe bytes.isEmpty { return note(unsafe sqlite3_bind_text(handle, position, "", 0, transient)) }
        let (start, destructor) = unsafe kept(bytes)
        note(
            unsafe sqlite3_bind_text64(
                handle, position, start?.assumingMemoryBound(to: CChar.self), UInt64(bytes.count), destructor,
                UInt8(SQLITE_UTF8)))
    }

    private func note(_ code: Int32) {
        if bindCode == SQLITE_OK { bindCode = code }
    }

    // MARK: Running

    /// To the end, and ready for the next use.
    func run() throws(SQLiteFailure) {
        defer { reset() }
        while try step() {}
    }

    /// To the next row; false at the end.
    func step() throws(SQLiteFailure) -> Bool {
        guard bindCode == SQLITE_OK else { throw connection.failure(bindCode) }
        let code = unsafe sqlite3_step(handle)
        switch code {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        default: throw connection.failure(code)
        }
    }

    func reset() {
        // Repeats the error of the last step, which was thrown.
        _ = unsafe sqlite3_reset(handle)
        bindCode = SQLITE_OK
        if unsafe boundBytes > room.count, boundBytes <= Self.largestRoom {
            unsafe room.deallocate()
            unsafe room = .allocate(byteCount: boundBytes * 2, alignment: 1)
        }
        boundBytes = 0
    }

    private static let largestRoom = 64 << 10

    // MARK: The row

    func integer(_ column: Int32) -> Int64 { unsafe sqlite3_column_int64(handle, column) }

    func optionalInteger(_ column: Int32) -> Int64? { isNull(column) ? nil : integer(column) }

    func string(_ column: Int32) -> String {
        unsafe withBytes(column) { bytes in unsafe String(decoding: bytes, as: UTF8.self) }
    }

    func optionalString(_ column: Int32) -> String? { isNull(column) ? nil : string(column) }

    func bytes(_ column: Int32) -> [UInt8] {
        unsafe withBytes(column) { bytes in unsafe Array(bytes) }
    }

    private func isNull(_ column: Int32) -> Bool { unsafe sqlite3_column_type(handle, column) == SQLITE_NULL }

    /// The bytes are valid until the next step: `body` copies them. Of a text they are its UTF-8.
    private func withBytes<Result>(_ column: Int32, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        let start = unsafe sqlite3_column_blob(handle, column)
        let count = Int(unsafe sqlite3_column_bytes(handle, column))
        return unsafe body(UnsafeRawBufferPointer(start: start, count: count))
    }
}

/// Tells SQLite to copy what is bound. It is a macro that Swift does not see:
/// the pointer -1.
private let transient = unsafe unsafeBitCast(-1, to: sqlite3_destructor_type.self)
