import Foundation
import Glibc
import Synchronization
import Testing
import WebEndpoints

/// What is waited for comes at once, unless the machine is busy with much else. Whoever waits this long hangs.
let deadlineSeconds = 180

/// Values in order; whoever waits for one that does not come is ended by the time limit of its suite.
final class Inbox<Value: Sendable>: Sendable {
    struct Cancelled: Error {}
    private let stream: AsyncStream<Value>
    private let continuation: AsyncStream<Value>.Continuation
    init() { (stream, continuation) = AsyncStream.makeStream() }

    func put(_ value: Value) { continuation.yield(value) }

    /// The next value. One reader at a time.
    func next() async throws -> Value {
        for await value in stream { return value }
        throw Cancelled()
    }
}

enum ServerEvent: Sendable, Equatable {
    case opened(id: UInt64, target: String, subprotocol: String?)
    case received(String)
    case closed(id: UInt64, CloseReason)
}

/// Records what happens; echoes when asked to.
final class RecordingServer: WebSocketServerHandler {
    let events = Inbox<ServerEvent>()
    let requests = Inbox<UpgradeRequest>()
    let echoes: Bool
    let decide: @Sendable (UpgradeRequest) -> UpgradeDecision
    let onOpen: @Sendable (WebSocketConnection) -> Void
    let counts = Mutex((opened: 0, closed: 0))

    init(
        echoes: Bool = false, onOpen: @escaping @Sendable (WebSocketConnection) -> Void = { _ in },
        decide: @escaping @Sendable (UpgradeRequest) -> UpgradeDecision = { _ in .accept }
    ) {
        self.echoes = echoes
        self.onOpen = onOpen
        self.decide = decide
    }

    func upgrade(_ request: UpgradeRequest) -> UpgradeDecision {
        requests.put(request)
        return decide(request)
    }
    func opened(_ connection: WebSocketConnection) {
        counts.withLock { $0.opened += 1 }
        events.put(.opened(id: connection.id, target: connection.rawTarget, subprotocol: connection.subprotocol))
        onOpen(connection)
    }
    func received(_ connection: WebSocketConnection, _ message: [UInt8]) {
        if echoes {
            connection.send(message)
        } else {
            events.put(.received(String(decoding: message, as: UTF8.self)))
        }
    }
    func closed(_ connection: WebSocketConnection, reason: CloseReason) {
        counts.withLock { $0.closed += 1 }
        events.put(.closed(id: connection.id, reason))
    }
}

enum ClientEvent: Sendable, Equatable {
    case opened(String?)
    case received([UInt8])
    case closed(CloseReason)
    case failed(String, Int?)
}

final class RecordingClient: WebSocketClientHandler {
    let events = Inbox<ClientEvent>()
    func opened(subprotocol: String?) { events.put(.opened(subprotocol)) }
    func received(_ message: [UInt8]) { events.put(.received(message)) }
    func closed(reason: CloseReason) { events.put(.closed(reason)) }
    func failed(_ text: String, status: Int?) { events.put(.failed(text, status)) }
}

/// A loop with a server on it, shut down at the end.
func withServer(
    _ handler: RecordingServer, configure: @Sendable (inout WebSocketServer.Configuration) -> Void = { _ in },
    _ body: (EventLoop, WebSocketServer) async throws -> Void
) async throws {
    let loop = try EventLoop()
    var configuration = WebSocketServer.Configuration()
    // A busy machine is no slow peer; tests of slow peers say what is slow.
    configuration.handshakeTimeoutMilliseconds = deadlineSeconds * 1_000
    configuration.halfMessageTimeoutMilliseconds = deadlineSeconds * 1_000
    configure(&configuration)
    let settings = configuration
    do {
        let server = try await loop.run { () throws(EndpointError) in
            try WebSocketServer(loop: loop, configuration: settings, handler: handler)
        }
        try await body(loop, server)
    } catch {
        await loop.shutDown(graceMilliseconds: 200)
        throw error
    }
    await loop.shutDown(graceMilliseconds: 1_000)
}

/// A blocking TCP socket, for what no well-behaved client sends. Its calls run on threads of their own.
final class RawSocket: Sendable {
    struct Failure: Error { let text: String }
    let descriptor: Int32

    init(port: UInt16, receiveBuffer: Int32? = nil) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        if var size = receiveBuffer {
            _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, 4)
        }
        var patience = timeval(tv_sec: deadlineSeconds, tv_usec: 0)
        _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let status = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                unsafe connect(descriptor, pointer, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard status == 0 else { throw Failure(text: "connect") }
    }
    init(unixPath: String) throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: Array(unixPath.utf8)) }
        let status = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                unsafe connect(descriptor, pointer, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard status == 0 else { throw Failure(text: "connect") }
    }
    deinit { Glibc.close(descriptor) }

    func send(_ bytes: [UInt8]) async throws {
        try await blocking { [descriptor] in
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = unsafe rest.withUnsafeBytes {
                    unsafe Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                }
                guard count > 0 else { throw Failure(text: "send") }
                rest = rest.dropFirst(count)
            }
        }
    }
    func send(_ text: String) async throws { try await send(Array(text.utf8)) }

    /// Until the other side closes, or `enough` says so.
    func receive(until enough: @escaping @Sendable ([UInt8]) -> Bool = { _ in false }) async throws -> [UInt8] {
        try await blocking { [descriptor] in
            var all: [UInt8] = []
            var piece = [UInt8](repeating: 0, count: 65_536)
            while !enough(all) {
                let count = unsafe recv(descriptor, &piece, piece.count, 0)
                if count == 0 { break }
                if count < 0 {
                    if errno == ECONNRESET { break }
                    throw Failure(text: "no end within the time, so far: \(String(decoding: all, as: UTF8.self))")
                }
                all += piece[..<count]
            }
            return all
        }
    }
    func receiveText() async throws -> String { String(decoding: try await receive(), as: UTF8.self) }

    func receiveHead() async throws -> String {
        let bytes = try await receive { String(decoding: $0, as: UTF8.self).contains("\r\n\r\n") }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// Runs what blocks on a thread of its own, not on one of the few that tasks share.
func blocking<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { waiter in
        Thread.detachNewThread { waiter.resume(with: Result { try work() }) }
    }
}

/// A WebSocket request as text.
func upgradeRequest(
    _ target: String = "/ocpp/CP1", method: String = "GET", upgrade: String? = "websocket", version: String = "13",
    subprotocol: String? = "ocpp1.6", extra: [String] = []
) -> String {
    var lines = [
        "\(method) \(target) HTTP/1.1", "Host: test", "Connection: Upgrade", "Sec-WebSocket-Version: \(version)",
    ]
    if let upgrade { lines.append("Upgrade: \(upgrade)") }
    if let subprotocol { lines.append("Sec-WebSocket-Protocol: \(subprotocol)") }
    lines.append("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==")
    return (lines + extra).joined(separator: "\r\n") + "\r\n\r\n"
}

/// A masked frame, as a client sends it.
func frame(_ payload: [UInt8], opcode: UInt8 = 1, final: Bool = true, claimedLength: Int? = nil) -> [UInt8] {
    let length = claimedLength ?? payload.count
    var bytes: [UInt8] = [(final ? 0x80 : 0) | opcode]
    if length < 126 {
        bytes.append(0x80 | UInt8(length))
    } else if length < 65_536 {
        bytes += [0x80 | 126, UInt8(length >> 8), UInt8(length & 255)]
    } else {
        bytes += [0x80 | 127] + (0..<8).reversed().map { UInt8(truncatingIfNeeded: length >> ($0 * 8)) }
    }
    return bytes + [0, 0, 0, 0] + payload
}

extension Inbox where Value: Equatable {
    /// The next value must be this one.
    func expect(_ value: Value, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let next = try await next()
        // Compared before `#expect`, which would print a megabyte.
        let isEqual = next == value
        #expect(isEqual, "got \(String(describing: next).prefix(200))", sourceLocation: sourceLocation)
    }
}
