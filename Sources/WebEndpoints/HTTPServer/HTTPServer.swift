import CLibwebsockets
import Glibc
public import TransportSecurity

/// HTTP/1.1 on an event loop: whole requests come to one handler, answers go back whole or as streams.
///
///     let server = try HTTPServer(loop: loop, host: "127.0.0.1", port: 0) { request, responder in
///         guard request.path == "/healthz" else { return responder.answer(.status(404)) }
///         responder.answer(.text("ok\n"))
///     }
///
/// The handler runs on the loop's thread and must not block it; it may keep the responder and answer later, from any
/// thread. Connections are kept alive, and their requests answered one after another.
///
/// Not libwebsockets': its parser decodes paths and lets CONNECT and h2c through (docs/architecture.md).
///
/// The reference may travel (`@unchecked Sendable`: all state is the loop's), but every method is for the loop's
/// thread. The loop holds the server until `stop()`.
public final class HTTPServer: @unchecked Sendable {
    public typealias Handler = @Sendable (HTTPServerRequest, HTTPResponder) -> Void

    let loop: EventLoop
    let limits: HTTPServerLimits
    let tls: TLSContext?
    let handler: Handler
    /// The port in use, also where 0 was asked for.
    public let port: UInt16
    /// Such as `http://127.0.0.1:8080`, without a path.
    public let url: String
    private let listener: Int32
    private var connections: [ObjectIdentifier: HTTPServerConnection] = [:]
    private var isStopped = false
    private var tick: Timer?

    /// Listens. Only on the loop's thread.
    ///
    /// - Parameters:
    ///   - host: a numeric address; `::` serves IPv4, too.
    ///   - port: 0 takes a free one.
    ///   - tls: `nil` is plain HTTP.
    /// - Throws: `addressInUse`, `permissionDenied` or `other`.
    public init(
        loop: EventLoop, host: String, port: UInt16, tls: TLSContext? = nil,
        limits: HTTPServerLimits = HTTPServerLimits(), handler: @escaping Handler
    ) throws(EndpointError) {
        loop.checkIsolated()
        guard loop.isServing else { throw .other("the event loop has ended") }
        let socket = try ListeningSocket(host: host, port: port)
        self.loop = loop
        self.limits = limits
        self.tls = tls
        self.handler = handler
        listener = socket.descriptor
        self.port = socket.port
        url = "\(tls == nil ? "http" : "https")://\(bracketed(host)):\(socket.port)"
        loop.register(self)
        watchListener()
    }

    /// Ends every connection and stops listening.
    public func stop() {
        loop.checkIsolated()
        guard !isStopped else { return }
        isStopped = true
        tick?.cancel()
        loop.poller.remove(listener)
        close(listener)
        for connection in Array(connections.values) { connection.end() }
        loop.unregister(self)
    }

    /// How many connections are open.
    public var connectionCount: Int { connections.count }

    private func watchListener() {
        loop.poller.add(listener, .read) { [weak self] _ in self?.acceptAll() }
    }

    private func acceptAll() {
        // A bound, so that a flood of connections leaves room for the others.
        for _ in 0..<64 {
            switch Accepting.next(listener) {
            case .nothing: return
            case .exhausted:
                loop.poller.remove(listener)
                loop.schedule(afterMilliseconds: 100) { [weak self] in
                    if let self, !isStopped { watchListener() }
                }
                return
            case .connection(let descriptor, let peerAddress):
                guard connections.count < limits.maxConnections || endIdle() else {
                    close(descriptor)
                    continue
                }
                setOption(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, 1)
                let connection = HTTPServerConnection(server: self, descriptor: descriptor, peerAddress: peerAddress)
                connections[ObjectIdentifier(connection)] = connection
                connection.start()
                watchTime()
            }
        }
    }

    /// Makes room: whoever waits without having begun a request and would be ended first.
    private func endIdle() -> Bool {
        let idle = connections.values.filter(\.isIdle).min { ($0.deadline ?? 0) < ($1.deadline ?? 0) }
        idle?.end()
        return idle != nil
    }

    /// One timer for all, as long as there are any.
    private func watchTime() {
        guard tick == nil, !connections.isEmpty, !isStopped else { return }
        let shortest = min(limits.requestMilliseconds, limits.idleMilliseconds, limits.writeMilliseconds)
        tick = loop.schedule(afterMilliseconds: min(1_000, max(10, shortest / 4))) { [weak self] in
            guard let self else { return }
            tick = nil
            let now = monotonicMilliseconds()
            for connection in connections.values where connection.deadline.map({ $0 <= now }) == true {
                connection.timeIsUp()
            }
            watchTime()
        }
    }

    func ended(_ connection: HTTPServerConnection) { connections[ObjectIdentifier(connection)] = nil }
}

extension HTTPServer: LoopClosable {
    func closeForShutdown() { stop() }
}
