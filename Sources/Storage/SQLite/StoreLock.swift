import Glibc

/// The lock on the file `<store>.lock`, held until this is released; it says who writes the store. The file stays: to
/// remove it would let two processes lock two files of the same name.
final class StoreLock {
    private var descriptor: CInt

    private init(descriptor: CInt) { self.descriptor = descriptor }

    deinit { release() }

    static func file(of path: String) -> String { path + ".lock" }

    /// For the one writer. Where another one has the lock, it is asked for again for so long: a writer that was told to
    /// stop is gone soon.
    static func exclusive(path: String, patienceMilliseconds: Int = 0) throws(StoreError) -> StoreLock {
        let file = file(of: path)
        let descriptor = unsafe open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .cannotWrite(path: file, reason: lastSystemError()) }
        let lock = StoreLock(descriptor: descriptor)
        var tries = patienceMilliseconds / Self.pauseMilliseconds
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            if errno == EWOULDBLOCK, tries > 0 {
                tries -= 1
                usleep(useconds_t(Self.pauseMilliseconds * 1000))
                continue
            }
            throw errno == EWOULDBLOCK
                ? .inUse(path: path, pid: writer(path: path)) : .cannotWrite(path: file, reason: lastSystemError())
        }
        // For the message of the next one. Without it the lock holds just as well.
        let line = Array("\(getpid())\n".utf8)
        if ftruncate(descriptor, 0) == 0 { _ = unsafe pwrite(descriptor, line, line.count, 0) }
        return lock
    }

    private static let pauseMilliseconds = 10

    /// Keeps writers out. `nil` where a writer has the lock, or the file cannot be opened.
    static func shared(path: String) -> StoreLock? {
        let descriptor = unsafe open(file(of: path), O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        let lock = StoreLock(descriptor: descriptor)
        return flock(descriptor, LOCK_SH | LOCK_NB) == 0 ? lock : nil
    }

    /// The process that wrote last.
    static func writer(path: String) -> Int32? {
        let descriptor = unsafe open(file(of: path), O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { Glibc.close(descriptor) }
        var line = [UInt8](repeating: 0, count: 16)
        let count = unsafe read(descriptor, &line, line.count)
        return Int32(String(decoding: line.prefix(max(0, count)).prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self))
    }

    func release() {
        guard descriptor >= 0 else { return }
        // A program that is just being started holds a copy of the descriptor, which would still hold the lock.
        _ = flock(descriptor, LOCK_UN)
        Glibc.close(descriptor)
        descriptor = -1
    }
}
