import CLibwebsockets
import Glibc

/// A listening Unix socket that only its owner may open, and its file.
struct UnixListener {
    let descriptor: Int32
    private let path: String
    private let device: dev_t
    private let inode: ino_t

    /// Makes the directory where it is absent (0700), replaces the file of a dead server.
    init(path: String) throws(EndpointError) {
        guard unsafe withUnixAddress(path, { _, _ in true }) != nil else { throw .badSocketPath(path) }
        try Self.makeParent(of: path)
        let descriptor = socket(
            AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw .other("cannot make a socket: \(errorText())") }
        do throws(EndpointError) {
            // On Linux the file gets the mode of the socket, so it is never open to others, whatever the umask.
            guard fchmod(descriptor, 0o600) == 0 else { throw .other("\(path): \(errorText())") }
            var code = Self.bind(descriptor, path)
            if code == EADDRINUSE {
                try Self.removeDead(path)
                code = Self.bind(descriptor, path)
            }
            switch code {
            case 0: break
            case EACCES, EPERM: throw .permissionDenied(path)
            default: throw .other("\(path): \(errorText(code))")
            }
            guard listen(descriptor, 64) == 0 else { throw .other("\(path): \(errorText())") }
        } catch {
            close(descriptor)
            throw error
        }
        var facts = stat()
        _ = unsafe lstat(path, &facts)
        self.descriptor = descriptor
        self.path = path
        device = facts.st_dev
        inode = facts.st_ino
    }

    /// Closes it and removes the file, unless another one has taken its place.
    func end() {
        var facts = stat()
        if unsafe lstat(path, &facts) == 0 && facts.st_dev == device && facts.st_ino == inode {
            unsafe unlink(path)
        }
        // A program that is just being started holds a copy of the descriptor, which would still take connections in.
        shutdown(descriptor, Int32(SHUT_RDWR))
        close(descriptor)
    }

    private static func bind(_ descriptor: Int32, _ path: String) -> Int32 {
        let status = unsafe withUnixAddress(path) { address, length in unsafe Glibc.bind(descriptor, address, length) }
        return status == 0 ? 0 : errno
    }

    private static func makeParent(of path: String) throws(EndpointError) {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
        for count in 1..<(parts.count + 1) {
            let directory = parts.prefix(count).joined(separator: "/")
            if directory.isEmpty { continue }
            if unsafe mkdir(directory, 0o700) == 0 { continue }
            switch errno {
            case EEXIST, EISDIR: continue
            case EACCES, EPERM, EROFS:
                var facts = stat()
                if unsafe stat(directory, &facts) != 0 { throw .permissionDenied(directory) }
            default: throw .other("\(directory): \(errorText())")
            }
        }
    }

    private static func removeDead(_ path: String) throws(EndpointError) {
        var facts = stat()
        if unsafe lstat(path, &facts) != 0 { return }
        guard facts.st_mode & S_IFMT == S_IFSOCK else { throw .other("\(path) exists and is not a socket") }
        let probe = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard probe >= 0 else { throw .other("cannot make a socket: \(errorText())") }
        defer { close(probe) }
        let status = unsafe withUnixAddress(path) { address, length in unsafe connect(probe, address, length) }
        if status == 0 { throw .controlSocketInUse(path: path) }
        switch errno {
        case ECONNREFUSED, ENOENT: break
        // Its queue is full, so someone listens.
        case EAGAIN: throw .controlSocketInUse(path: path)
        case EACCES, EPERM: throw .permissionDenied(path)
        default: throw .other("\(path): \(errorText())")
        }
        if unsafe unlink(path) != 0 && errno != ENOENT { throw .permissionDenied(path) }
    }
}
