import Glibc

/// Whole files, read and replaced without ever being half written.
enum PrivateFile {
    /// Writes a new file beside the old one and renames it, so that a reader sees either of them whole.
    ///
    /// Directories that are missing are made for this user alone.
    static func replace(_ path: String, with bytes: [UInt8], mode: mode_t) throws(DojotFailure) {
        makeDirectories(above: path)
        let temporary = "\(path).\(getpid()).\(UInt32.random(in: 0...UInt32.max))"
        let descriptor = unsafe open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw failure(path) }
        var problem = writeAll(bytes, to: descriptor) && fsync(descriptor) == 0 ? nil : failure(path)
        if close(descriptor) != 0 { problem = problem ?? failure(path) }
        if problem == nil, unsafe rename(temporary, path) != 0 { problem = failure(path) }
        if let problem {
            unsafe unlink(temporary)
            throw problem
        }
    }

    /// The file's bytes.
    static func read(_ path: String) throws(DojotFailure) -> [UInt8] {
        try read(path, ofThisUserAlone: false) ?? []
    }

    /// The file's bytes; `nil` where it is missing, not a plain file, or open to others than this user.
    static func readOwn(_ path: String) -> [UInt8]? {
        try? read(path, ofThisUserAlone: true)
    }

    private static func read(_ path: String, ofThisUserAlone: Bool) throws(DojotFailure) -> [UInt8]? {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | (ofThisUserAlone ? O_NOFOLLOW : 0))
        guard descriptor >= 0 else { throw failure(path) }
        defer { close(descriptor) }
        if ofThisUserAlone {
            var status = stat()
            guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
                status.st_uid == geteuid(), status.st_mode & 0o077 == 0
            else { return nil }
        }
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = unsafe block.withUnsafeMutableBytes { unsafe Glibc.read(descriptor, $0.baseAddress, $0.count) }
            if count == 0 { return bytes }
            if count < 0 {
                if errno == EINTR { continue }
                throw failure(path)
            }
            bytes += block[..<count]
        }
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

    private static func makeDirectories(above path: String) {
        for slash in path.indices.dropFirst() where path[slash] == "/" {
            // What fails here, an existing directory excepted, fails again when the file is opened.
            _ = unsafe mkdir(String(path[..<slash]), 0o700)
        }
    }

    private static func failure(_ path: String) -> DojotFailure {
        .file(path: path, reason: unsafe String(cString: strerror(errno)))
    }
}
