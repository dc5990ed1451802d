import CLibwebsockets
import Glibc

/// Why a `LineClient` got no further.
public enum LineClientError: Error, Sendable, Equatable {
    /// Nothing listens at the path. The text is for people.
    case notListening(String)
    case permissionDenied(String)
    /// The server closed the connection.
    case closed
    case timedOut
    /// A line longer than `maxLineBytes` came.
    case lineTooLong
    case other(String)
}

/// The other end of a `LineServer`: blocking, without an event loop, for commands that ask a running server.
///
/// One thread at a time. The connection closes when the value goes.
public struct LineClient: ~Copyable, Sendable {
    private let descriptor: Int32
    private let maxLineBytes: Int
    private var input: [UInt8] = []
    /// No newline before here.
    private var searched = 0

    public init(path: String, maxLineBytes: Int = 67_108_864) throws(LineClientError) {
        let made = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard made >= 0 else { throw .other("cannot make a socket: \(errorText())") }
        let status = unsafe withUnixAddress(path) { address, length in unsafe connect(made, address, length) }
        guard status == 0 else {
            let code = errno
            Glibc.close(made)
            guard status != nil else { throw .other(EndpointError.badSocketPath(path).description) }
            switch code {
            case ENOENT, ECONNREFUSED, ENOTDIR: throw .notListening("\(path): no server listens there")
            case EACCES, EPERM: throw .permissionDenied("\(path): permission denied")
            default: throw .other("\(path): \(errorText(code))")
            }
        }
        descriptor = made
        self.maxLineBytes = maxLineBytes
    }

    deinit { Glibc.close(descriptor) }

    /// Sends a line; the newline is added. Blocks while the server does not read.
    public func send(_ line: [UInt8]) throws(LineClientError) {
        let bytes = line + [UInt8(ascii: "\n")]
        var sent = 0
        while sent < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { bytes in
                unsafe Glibc.send(descriptor, bytes.baseAddress! + sent, bytes.count - sent, Int32(MSG_NOSIGNAL))
            }
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else {
                if errno == EPIPE || errno == ECONNRESET { throw .closed }
                throw .other(errorText())
            }
            sent += count
        }
    }

    /// The next line without its newline.
    /// - Parameter timeoutMilliseconds: `nil` waits for ever.
    public mutating func receiveLine(timeoutMilliseconds: Int? = nil) throws(LineClientError) -> [UInt8] {
        let deadline = timeoutMilliseconds.map { monotonicMilliseconds() + UInt64(max(0, $0)) }
        while true {
            let start = searched
            if let newline = unsafe input.withUnsafeBytes({ unsafe firstNewline(in: $0, from: start) }) {
                let line = Array(input[..<newline])
                input.removeSubrange(...newline)
                searched = 0
                return line
            }
            searched = input.count
            guard input.count <= maxLineBytes else { throw .lineTooLong }
            try waitForInput(until: deadline)
            try read()
        }
    }

    private func waitForInput(until deadline: UInt64?) throws(LineClientError) {
        while true {
            var wait: Int32 = -1
            if let deadline {
                let now = monotonicMilliseconds()
                wait = deadline > now ? Int32(clamping: deadline - now) : 0
            }
            var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            let count = unsafe poll(&entry, 1, wait)
            if count > 0 { return }
            if count == 0 { throw .timedOut }
            guard errno == EINTR else { throw .other(errorText()) }
        }
    }

    private mutating func read() throws(LineClientError) {
        let count = unsafe withUnsafeTemporaryAllocation(byteCount: 65_536, alignment: 1) { buffer in
            let count = unsafe recv(descriptor, buffer.baseAddress, buffer.count, 0)
            if count > 0 { unsafe input.append(contentsOf: buffer[..<count]) }
            return count
        }
        if count > 0 || (count < 0 && errno == EINTR) { return }
        if count == 0 || errno == ECONNRESET { throw .closed }
        throw .other(errorText())
    }
}
