import CLibwebsockets
import Glibc
public import TransportSecurity

/// What a `WebSocketServer` asks and tells. All calls come on the loop's thread and must not block it.
public protocol WebSocketServerHandler: AnyObject, Sendable {
    /// Decides on a sound request. Acceptance is followed by `opened`, unless the peer is gone by then or offers no
    /// subprotocol that is served.
    func upgrade(_ request: UpgradeRequest) -> UpgradeDecision
    func opened(_ connection: WebSocketConnection)
    /// A whole text message, in valid UTF-8.
    func received(_ connection: WebSocketConnection, _ message: [UInt8])
    /// A pong, to a ping of the server's own or of `probe()`.
    func ponged(_ connection: WebSocketConnection)
    /// Exactly once for each `opened`.
    func closed(_ connection: WebSocketConnection, reason: CloseReason)
    /// A client and this server found no way to speak TLS; the text says why, for people.
    func insecure(peerAddress: String, _ text: String)
}

extension WebSocketServerHandler {
    public func insecure(peerAddress: String, _ text: String) {}
}

extension WebSocketServerHandler {
    public func ponged(_ connection: WebSocketConnection) {}
}

/// A WebSocket server on one listening socket.
///
/// The reference may travel (`@unchecked Sendable`: all state is the loop's), but every method is for the loop's
/// thread, which they check. The loop holds the server until `stopAccepting()` and the end of its last connection.
@safe public final class WebSocketServer: @unchecked Sendable {
    public struct Configuration: Sendable {
        /// What to do with a client that offers no subprotocol at all.
        public enum NoSubprotocol: Sendable {
            case accept
            /// Accepted and closed with 1002.
            case close
        }

        /// A numeric address: `127.0.0.1`, `::1`, `0.0.0.0`; `::` is every address of both families.
        public var host = "127.0.0.1"
        /// 0 takes a free one, see `boundPort`.
        public var port: UInt16 = 0
        /// In order of preference. A client that offers only others is accepted and closed with 1002.
        public var subprotocols = ["ocpp1.6"]
        public var noSubprotocol = NoSubprotocol.accept
        /// A longer message closes its connection with 1009.
        public var maxMessageBytes = 1_048_576
        /// Of one connection. Beyond it the connection is dropped.
        public var maxBacklogBytes = 4_194_304
        /// Beyond it a request is answered with 503. `nil` is no limit but that on open files.
        public var maxConnections: Int?
        /// Each connection is pinged this often; one that sends nothing from one ping to the next is dropped.
        /// 0 is never.
        public var pingIntervalMilliseconds = 30_000
        /// A request whose head is not complete by then is dropped.
        public var handshakeTimeoutMilliseconds = 10_000
        /// Peers that speak for others: the last address of their `X-Forwarded-For` that is not one of them is the peer's.
        public var trustedProxies: Set<String> = []
        /// Beyond it, whoever has waited longest in the middle of a handshake is dropped.
        public var maxPendingHandshakes = 16_384
        /// What one connection may send in the long run; beyond it the server reads more slowly. 0 is no limit.
        public var messagesPerSecond = 0
        public var bytesPerSecond = 0
        /// How far ahead of that it may run, in seconds of it.
        public var burstSeconds = 10
        /// A message that is not complete this long after its first part closes its connection with 1008. 0 is never.
        public var halfMessageTimeoutMilliseconds = 30_000
        /// Takes binary messages, and answers them with binary ones: for conformance suites alone. OCPP-J is text.
        package var takesBinary = false

        public init() {}
    }

    /// Pings are spread over the interval in this many rounds.
    private static let rounds = 16

    /// How connections are secured; `nil` is plain TCP. A new value is for new connections.
    public var tls: TLSContext? {
        willSet { loop.checkIsolated() }
    }
    /// What has been counted since the start.
    public internal(set) var counters = EndpointCounters()
    private var requests: [UInt64: (request: UpgradeRequest, key: String)] = [:]
    /// The port that the server listens on.
    public let boundPort: UInt16
    public let configuration: Configuration

    private let loop: EventLoop
    private let handler: any WebSocketServerHandler
    private let front: HandshakeFront
    private let host: OpaquePointer
    private let hostName: String
    /// The open connections, by the round in which they are pinged.
    private var connections: [[UInt64: WebSocketConnection]]
    private var nextID: UInt64 = 0
    private var round = 0
    private var pingTimer: Timer?
    private var isAccepting = true
    private var isRegistered = true

    /// Listens. Only on the loop's thread: `try await loop.run { () throws(EndpointError) in … }` gets there.
    ///
    /// - Throws: `addressInUse`, `permissionDenied`, or `other` with the reason.
    public init(
        loop: EventLoop, configuration: Configuration, tls: TLSContext? = nil, handler: any WebSocketServerHandler
    ) throws(EndpointError) {
        loop.checkIsolated()
        guard loop.isServing else { throw .other("the event loop has ended") }
        let listener = try ListeningSocket(host: configuration.host, port: configuration.port)
        do throws(EndpointError) {
            // The first protocol is the one for clients that named none.
            unsafe (host, hostName) = try loop.makeHost(protocols: ["none"] + configuration.subprotocols)
        } catch {
            Glibc.close(listener.descriptor)
            throw error
        }
        boundPort = listener.port
        self.loop = loop
        self.configuration = configuration
        self.handler = handler
        self.tls = tls
        front = HandshakeFront(loop: loop, listener: listener)
        connections = Array(repeating: [:], count: Self.rounds)
        loop.register(self)
        front.start(self)
        schedulePings()
    }

    /// Requests that are not answered yet.
    public var pendingCount: Int { front.pendingCount }

    func wasSlowedDown() { counters.readsPaused += 1 }

    /// Open connections.
    public var connectionCount: Int { connections.reduce(0) { $0 + $1.count } }

    /// Closes the listening socket and the handshakes in progress; open connections go on.
    public func stopAccepting() {
        loop.checkIsolated()
        guard isAccepting else { return }
        isAccepting = false
        front.stop()
        leaveIfDone()
    }

    /// Closes every connection, each after what it has queued.
    public func closeAll(code: UInt16 = 1001, reason: String) {
        loop.checkIsolated()
        for slot in connections {
            for connection in slot.values { connection.wire.close(code: code, reason: reason) }
        }
    }

    private func leaveIfDone() {
        guard isRegistered, !isAccepting, connections.allSatisfy(\.isEmpty) else { return }
        isRegistered = false
        pingTimer?.cancel()
        loop.unregister(self)
    }

    // MARK: Liveness

    private func schedulePings() {
        guard configuration.pingIntervalMilliseconds > 0 else { return }
        let pause = max(1, configuration.pingIntervalMilliseconds / Self.rounds)
        pingTimer = loop.schedule(afterMilliseconds: pause) { [weak self] in
            self?.pingRound()
            self?.schedulePings()
        }
    }

    private func pingRound() {
        round = (round + 1) % Self.rounds
        for connection in connections[round].values {
            if connection.wire.heardSincePing {
                connection.wire.ping()
            } else {
                connection.wire.drop(.timedOut)
            }
        }
    }

    // MARK: Connections

    func opened(_ connection: WebSocketConnection) {
        connections[slot(connection.id)][connection.id] = connection
        handler.opened(connection)
    }

    func received(_ connection: WebSocketConnection, _ message: [UInt8]) {
        handler.received(connection, message)
    }

    func ponged(_ connection: WebSocketConnection) { handler.ponged(connection) }

    func closed(_ connection: WebSocketConnection, _ reason: CloseReason) {
        connections[slot(connection.id)][connection.id] = nil
        counters.count(reason)
        handler.closed(connection, reason: reason)
        leaveIfDone()
    }

    private func slot(_ id: UInt64) -> Int { Int(id % UInt64(Self.rounds)) }
}

extension WebSocketServer: LoopClosable {
    func closeForShutdown() {
        stopAccepting()
        closeAll(code: 1001, reason: "shutting down")
    }
}

extension WebSocketServer: HandshakeFront.Delegate {
    var handshakeTimeoutMilliseconds: Int { configuration.handshakeTimeoutMilliseconds }

    var maxPendingHandshakes: Int { configuration.maxPendingHandshakes }

    func note(_ event: HandshakeEvent, from peerAddress: String) {
        switch event {
        case .accepted: counters.connectionsAccepted += 1
        case .timedOut: counters.handshakesTimedOut += 1
        case .crowdedOut: counters.handshakesCrowdedOut += 1
        case .malformed: counters.handshakesMalformed += 1
        case .insecure(let text):
            counters.tlsFailures += 1
            handler.insecure(peerAddress: peerAddress, text)
        }
    }

    func decide(_ head: HTTPHead?, peer: HandshakePeer, ticket: UInt64) -> HandshakeFront.Verdict {
        var handshake = Handshake(head, peerAddress: peer.address)
        switch handshake.step {
        case .refuse(let refusal):
            counters.handshakesMalformed += 1
            return .answer(refusal.bytes)
        case .ask(let key):
            if let limit = configuration.maxConnections, connectionCount >= limit {
                counters.connectionsOverLimit += 1
                return .answer(HandshakeRefusal(status: 503, reason: "too many connections").bytes)
            }
            handshake.request.ticket = ticket
            handshake.request.believe(configuration.trustedProxies)
            handshake.request.clientCertificate = peer.certificate
            let decision = handler.upgrade(handshake.request)
            if decision == .later { requests[ticket] = (handshake.request, key) }
            return verdict(decision, handshake.request, key)
        }
    }

    /// The decision on a request that `upgrade` left for later. Must be given once for each of them.
    public func settle(_ ticket: UInt64, _ decision: UpgradeDecision) {
        loop.checkIsolated()
        guard decision != .later, let (request, key) = requests.removeValue(forKey: ticket) else { return }
        front.settle(ticket, verdict(decision, request, key))
    }

    private func verdict(
        _ decision: UpgradeDecision, _ request: UpgradeRequest, _ key: String
    ) -> HandshakeFront.Verdict {
        switch decision {
        case .later: return .later
        case .refuse(let status, let reason):
            var headers: [String] = []
            if status == 401 { headers = ["WWW-Authenticate: Basic realm=\"ocpp\", charset=\"UTF-8\""] }
            if status == 429 || status == 503 { headers = ["Retry-After: 10"] }
            return .answer(HandshakeRefusal(status: status, reason: reason, headers: headers).bytes)
        case .accept:
            let offered = request.offeredSubprotocols
            let agreed = configuration.subprotocols.first { offered.contains($0) }
            if agreed == nil && (!offered.isEmpty || configuration.noSubprotocol == .close) {
                let reason = "no subprotocol in common; served: \(configuration.subprotocols.joined(separator: ", "))"
                return .answer(Handshake.acceptAndClose(key: key, reason: reason))
            }
            return .accept(.init(request: request, key: key, subprotocol: agreed))
        }
    }

    func take(_ descriptor: Int32, _ accepted: HandshakeFront.AcceptedHandshake) {
        nextID += 1
        let wire = WebSocketWire(
            loop: loop,
            limits: WebSocketLimits(
                maxMessageBytes: configuration.maxMessageBytes, maxBacklogBytes: configuration.maxBacklogBytes,
                halfMessageTimeoutMilliseconds: configuration.halfMessageTimeoutMilliseconds,
                messagesPerSecond: configuration.messagesPerSecond, bytesPerSecond: configuration.bytesPerSecond,
                burstSeconds: configuration.burstSeconds, takesBinary: configuration.takesBinary))
        let connection = WebSocketConnection(
            id: nextID, request: accepted.request, subprotocol: accepted.subprotocol, wire: wire, server: self)
        let head = Handshake.canonicalRequest(
            host: hostName, key: accepted.key, subprotocol: accepted.subprotocol)
        // libwebsockets reads the head, answers it and reports the open connection, all within this call.
        loop.adopting = wire
        unsafe head.withUnsafeBytes { head in
            _ = unsafe lws_adopt_socket_vhost_readbuf(
                host, descriptor, head.baseAddress?.assumingMemoryBound(to: CChar.self), head.count)
        }
        // It was not opened, and nobody will say that it has ended.
        if loop.adopting != nil { wire.letGo() }
        loop.adopting = nil
        withExtendedLifetime(connection) {}
    }
}
