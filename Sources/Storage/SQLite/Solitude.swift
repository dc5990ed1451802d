/// That nobody writes a store which is read without SQLite's locks.
final class Solitude {
    private let path: String
    /// Held where there is a lock file, so that no writer can begin. Where there is none, nobody has written the store
    /// since it was put there, and one who begins makes the file: `check` sees that.
    private let lock: StoreLock?

    /// `nil` where somebody writes, or left a -wal with commits that the file does not have yet.
    init?(path: String) {
        guard StoreFiles.size(path + "-wal") ?? 0 == 0 else { return nil }
        self.path = path
        lock = StoreLock.shared(path: path)
        if lock == nil, StoreFiles.exists(StoreLock.file(of: path)) { return nil }
    }

    /// Throws where what was read since the start may be wrong.
    func check() throws(StoreError) {
        if lock == nil, StoreFiles.exists(StoreLock.file(of: path)) {
            throw .inUse(path: path, pid: StoreLock.writer(path: path))
        }
    }
}
