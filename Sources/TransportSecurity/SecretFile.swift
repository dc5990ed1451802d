import Glibc

/// Files that hold secrets: for their owner alone, and never half written.
public enum SecretFile {
    public struct Failure: Error, Sendable, Equatable, CustomStringConvertible {
        /// Of the system; 0 where the file itself is wrong.
        public var code: Int32
        public var description: String

        public init(code: Int32, description: String) {
            self.code = code
            self.description = description
        }
    }

    /// The file's bytes.
    /// - Throws: where it cannot be read, or where others than its owner may read it.
    public static func read(_ path: String) throws(Failure) -> [UInt8] {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(path) }
        defer { close(descriptor) }
        var facts = stat()
        guard unsafe fstat(descriptor, &facts) == 0 else { throw failure(path) }
        guard facts.st_mode & S_IFMT == S_IFREG else {
            throw Failure(code: 0, description: "\(path) is not a plain file")
        }
        guard facts.st_mode & 0o077 == 0 else {
            throw Failure(code: 0, description: "\(path) is open to other users: chmod 600 \(path)")
        }
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = unsafe Glibc.read(descriptor, &block, block.count)
            if count == 0 { return bytes }
            if count < 0 {
                if errno == EINTR { continue }
                throw failure(path)
            }
            bytes += block[..<count]
        }
    }

    /// Puts a new file in the old one's place, durably, with mode 0600.
    public static func replace(_ path: String, with bytes: [UInt8]) throws(Failure) {
        let temporary = "\(path).\(getpid()).new"
        _ = unsafe unlink(temporary)
        let descriptor = unsafe open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure(temporary) }
        var problem = writeAll(bytes, to: descriptor) && fsync(descriptor) == 0 ? nil : failure(temporary)
        if close(descriptor) != 0 { problem = problem ?? failure(temporary) }
        if problem == nil, unsafe rename(temporary, path) != 0 { problem = failure(path) }
        if let problem {
            _ = unsafe unlink(temporary)
            throw problem
        }
        // The new name is durable only with its folder.
        let slash = path.lastIndex(of: "/")
        let folder = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        let directory = unsafe open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0 else { throw failure(folder) }
        defer { close(directory) }
        guard fsync(directory) == 0 else { throw failure(folder) }
    }

    /// Runs `body` while no other process changes the file.
    public static func locked<Value>(_ path: String, _ body: () throws(Failure) -> Value) throws(Failure) -> Value {
        let name = "\(path).lock"
        let descriptor = unsafe open(name, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure(name) }
        defer { close(descriptor) }
        while flock(descriptor, LOCK_EX) != 0 {
            guard errno == EINTR else { throw failure(name) }
        }
        return try body()
    }

    private static func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 && errno != EINTR { return false }
            rest = rest.dropFirst(max(0, count))
        }
        return true
    }

    private static func failure(_ path: String) -> Failure {
        Failure(code: errno, description: "\(path): \(unsafe String(cString: strerror(errno)))")
    }
}
