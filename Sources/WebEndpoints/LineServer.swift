import CLibwebsockets
import Glibc

/// What a `LineServer` tells. All calls come on the loop's thread and must not block it.
public protocol LineServerHandler: AnyObject, Sendable {
    func opened(_ connection: LineConnection)
    /// A line without its newline. An unfinished last line is not delivered.
    func received(_ connection: LineConnection, line: [UInt8])
    /// Exactly once for each `opened`.
    func closed(_ connection: LineConnection)
}

/// Lines of bytes over a Unix socket that only this user and root may open: the control socket of a running server.
///
/// The reference may travel (`@unchecked Sendable`: all state is the loop's), but every method is for the loop's
/// thread, which they check. The loop holds the server until `stop()`.
public final class LineServer: @unchecked Sendable {
    let loop: EventLoop
    let maxLineBytes: Int
    let maxBacklogBytes: Int
    let halfLineTimeoutMilliseconds: Int
    private let listener: UnixListener
    private let handler: any LineServerHandler
    private var connections: [ObjectIdentifier: LineConnection] = [:]
    private var isStopped = false

    /// Listens. Only on the loop's thread.
    ///
    /// The socket has mode 0600 from the start. A directory that is absent is made with 0700; a socket file that no one
    /// answers on is replaced.
    ///
    /// - Parameters:
    ///   - maxLineBytes: a longer line ends its connection.
    ///   - maxBacklogBytes: of what one connection has not yet read; beyond it the connection ends.
    ///   - halfLineTimeoutMilliseconds: a line not finished this long after its first byte ends its connection.
    /// - Throws: `controlSocketInUse`, `permissionDenied`, or `other`, as for a path of more than 107 bytes.
    public init(
        loop: EventLoop, path: String, maxLineBytes: Int = 4_194_304, maxBacklogBytes: Int = 67_108_864,
        halfLineTimeoutMilliseconds: Int = 30_000, handler: any LineServerHandler
    ) throws(EndpointError) {
        loop.checkIsolated()
        guard loop.isServing else { throw .other("the event loop has ended") }
        listener = try UnixListener(path: path)
        self.loop = loop
        self.maxLineBytes = maxLineBytes
        self.maxBacklogBytes = maxBacklogBytes
        self.halfLineTimeoutMilliseconds = halfLineTimeoutMilliseconds
        self.handler = handler
        loop.register(self)
        watchListener()
    }

    /// Removes the socket's file and ends every connection, without what the client has not taken yet.
    public func stop() {
        loop.checkIsolated()
        guard !isStopped else { return }
        isStopped = true
        loop.poller.remove(listener.descriptor)
        listener.end()
        for connection in Array(connections.values) { connection.end() }
        loop.unregister(self)
    }

    private func watchListener() {
        loop.poller.add(listener.descriptor, .read) { [weak self] _ in self?.acceptAll() }
    }

    private func acceptAll() {
        for _ in 0..<16 {
            switch Accepting.next(listener.descriptor) {
            case .nothing: return
            case .exhausted:
                loop.poller.remove(listener.descriptor)
                loop.schedule(afterMilliseconds: 100) { [weak self] in
                    if let self, !isStopped { watchListener() }
                }
                return
            case .connection(let descriptor, _):
                guard Self.isAllowed(descriptor) else {
                    close(descriptor)
                    continue
                }
                let connection = LineConnection(server: self, descriptor: descriptor)
                connections[ObjectIdentifier(connection)] = connection
                handler.opened(connection)
                connection.start()
            }
        }
    }

    private static func isAllowed(_ descriptor: Int32) -> Bool {
        var peer = ocpp_ucred()
        var length = socklen_t(MemoryLayout<ocpp_ucred>.size)
        guard unsafe getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &peer, &length) == 0 else { return false }
        return peer.uid == geteuid() || peer.uid == 0
    }

    func received(_ connection: LineConnection, _ line: [UInt8]) { handler.received(connection, line: line) }

    func ended(_ connection: LineConnection) {
        guard connections.removeValue(forKey: ObjectIdentifier(connection)) != nil else { return }
        handler.closed(connection)
    }
}

extension LineServer: LoopClosable {
    func closeForShutdown() { stop() }
}
