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
        switch try next(orInputOn: nil, timeoutMilliseconds: timeoutMilliseconds) {
        case .line(let line): return line
        case .input, .timedOut: throw .timedOut
        }
    }

    /// What happens next.
    public enum Event: Sendable {
        /// A line came, without its newline.
        case line([UInt8])
        /// The other descriptor has something to read, or has ended.
        case input
        case timedOut
    }

    /// Waits for a line, or for another descriptor; a line comes first.
    /// - Parameter timeoutMilliseconds: `nil` waits for ever.
    public mutating func next(
        orInputOn other: Int32?, timeoutMilliseconds: Int?
    ) throws(LineClientError) -> Event {
        let deadline = timeoutMilliseconds.map { monotonicMilliseconds() + UInt64(max(0, $0)) }
        while true {
            if let line = try bufferedLine() { return .line(line) }
            var wait: Int32 = -1
            if let deadline {
                let now = monotonicMilliseconds()
                wait = deadline > now ? Int32(clamping: deadline - now) : 0
            }
            // A negative descriptor is passed over.
            var entries = [descriptor, other ?? -1].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
            let count = unsafe poll(&entries, 2, wait)
            if count < 0, errno != EINTR { throw .other(errorText()) }
            if count == 0 { return .timedOut }
            guard count > 0 else { continue }
            if entries[0].revents == 0 { return .input }
            try read()
        }
    }

    private mutating func bufferedLine() throws(LineClientError) -> [UInt8]? {
        let start = searched
        guard let newline = unsafe input.withUnsafeBytes({ unsafe firstNewline(in: $0, from: start) }) else {
            searched = input.count
            guard input.count <= maxLineBytes else { throw .lineTooLong }
            return nil
        }
        let line = Array(input[..<newline])
        input.removeSubrange(...newline)
        searched = 0
        return line
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
