import CLibwebsockets
import Glibc
public import TransportSecurity

/// What a `WebSocketClient` tells. All calls come on the loop's thread and must not block it.
public protocol WebSocketClientHandler: AnyObject, Sendable {
    /// - Parameter subprotocol: what the server chose; `nil` where it chose none.
    func opened(subprotocol: String?)
    /// A whole text message, in valid UTF-8.
    func received(_ message: [UInt8])
    /// Exactly once after `opened`.
    func closed(reason: CloseReason)
    /// Instead of `opened`. The text is for people and names the address; `status` is the HTTP answer's, if one came.
    func failed(_ text: String, status: Int?)
}

/// A WebSocket to a server, as a charge point has it.
///
/// The reference may travel (`@unchecked Sendable`: all state is the loop's), but every method is for the loop's
/// thread.
/// The loop holds the client, and the client its handler, until `closed` or `failed`.
@safe public final class WebSocketClient: @unchecked Sendable {
    private static let connectTimeoutMilliseconds = 20_000

    private let loop: EventLoop
    private let url: String
    private let subprotocols: [String]
    private let authorization: String?
    private let limits: WebSocketLimits
    private let tls: TLSContext?
    private var connecting: SecureConnecting?
    private var door: LocalDoor?
    private var handler: (any WebSocketClientHandler)?
    private var endpoint: EndpointURL?
    private var addresses: [String] = []
    private var wire: WebSocketWire?

    private init(
        loop: EventLoop, url: String, subprotocols: [String], authorization: String?, limits: WebSocketLimits,
        tls: TLSContext?, handler: any WebSocketClientHandler
    ) {
        self.loop = loop
        self.url = url
        self.subprotocols = subprotocols
        self.authorization = authorization
        self.limits = limits
        self.tls = tls
        self.handler = handler
    }

    /// Starts to connect. From any thread; the outcome comes through `handler`, never before this returns to the loop.
    ///
    /// - Parameters:
    ///   - url: `ws://` or `wss://`; path and query are sent byte for byte.
    ///   - tls: for `wss://`; the server's certificate must be for the URL's host.
    ///   - authorization: the header's value, such as `Basic …`.
    ///   - maxMessageBytes: a longer message closes the connection with 1009.
    ///   - maxBacklogBytes: what may wait to be sent; beyond it the connection is dropped.
    @discardableResult
    public static func connect(
        loop: EventLoop, url: String, subprotocols: [String] = ["ocpp1.6"], authorization: String? = nil,
        tls: TLSContext? = nil, handler: any WebSocketClientHandler, maxMessageBytes: Int = 1_048_576,
        maxBacklogBytes: Int = 4_194_304
    ) -> WebSocketClient {
        let limits = WebSocketLimits(
            maxMessageBytes: maxMessageBytes, maxBacklogBytes: maxBacklogBytes, halfMessageTimeoutMilliseconds: 0)
        let client = WebSocketClient(
            loop: loop, url: url, subprotocols: subprotocols, authorization: authorization, limits: limits,
            tls: tls, handler: handler)
        loop.post { client.start() }
        return client
    }

    /// Sends a text message, in order. Without effect before `opened` and after `close`.
    public func send(_ text: [UInt8]) {
        loop.checkIsolated()
        wire?.send(text)
    }

    /// Sends what is queued, then the close frame. Before `opened` it gives up connecting, and `failed` says so.
    public func close(code: UInt16 = 1000, reason: String = "") {
        loop.checkIsolated()
        if let wire, wire.isOpen {
            wire.close(code: code, reason: reason)
        } else {
            fail("given up", status: nil)
        }
    }

    /// Ends the connection without a close frame, as a power cut would.
    public func drop() {
        loop.checkIsolated()
        wire?.drop(.lost)
    }

    public func ping() {
        loop.checkIsolated()
        wire?.ping()
    }

    /// What `send` took and the socket has not.
    public var backlogBytes: Int { wire?.backlogBytes ?? 0 }

    // MARK: Connecting

    /// Whether a connection to it can be tried: an absolute `ws` or `wss` URL of printable ASCII without credentials.
    public static func takes(_ url: String) -> Bool { EndpointURL(url, schemes: ["ws", "wss"]) != nil }

    private func start() {
        guard loop.isServing else { return fail("the event loop has ended", status: nil) }
        loop.register(self)
        guard let endpoint = EndpointURL(url, schemes: ["ws", "wss"]) else {
            return fail("not an absolute ws:// URL of printable ASCII without credentials", status: nil)
        }
        guard !endpoint.isSecure || tls != nil else { return fail("wss:// needs settings of TLS", status: nil) }
        let headerValues = subprotocols + [authorization].compactMap(\.self)
        guard headerValues.allSatisfy({ $0.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F } }) else {
            return fail("a subprotocol or the Authorization is not printable ASCII", status: nil)
        }
        self.endpoint = endpoint
        loop.resolver.resolve(endpoint.host, on: loop) { [self] answer in
            switch answer {
            case .failure(let text): fail(text, status: nil)
            case .addresses(let list):
                addresses = list.reversed()
                tryNext()
            }
        }
    }

    private func tryNext() {
        guard handler != nil, let endpoint, let address = addresses.popLast() else { return }
        guard endpoint.isSecure, let tls else { return upgrade(endpoint, through: address) }
        let attempt = SecureConnecting(loop: loop, context: tls, serverName: endpoint.host) { [self] result in
            connecting = nil
            switch result {
            case .failure(let failure): hasFailed(failure.text)
            case .success(let secured): upgrade(endpoint, through: secured.session, secured.descriptor)
            }
        }
        connecting = attempt
        attempt.start(
            address: address, port: endpoint.port, timeoutMilliseconds: Self.connectTimeoutMilliseconds)
    }

    private func upgrade(_ endpoint: EndpointURL, through session: TLSSession, _ descriptor: Int32) {
        guard let door = LocalDoor(loop: loop) else {
            Glibc.close(descriptor)
            return hasFailed("cannot make a socket: \(errorText())")
        }
        self.door = door
        door.open { [self] inner in
            self.door = nil
            TLSTunnel(loop: loop, session: session, outer: descriptor, inner: inner, early: []).start()
        } abandoned: {
            Glibc.close(descriptor)
        }
        upgrade(endpoint, through: door.address)
    }

    private func upgrade(_ endpoint: EndpointURL, through address: String) {
        let wire = WebSocketWire(loop: loop, limits: limits)
        wire.client = self
        self.wire = wire
        let offered = subprotocols.joined(separator: ",")
        let socket = unsafe withCStrings([
            address, endpoint.target, endpoint.hostHeader, EventLoop.loopProtocol, offered,
        ]) { texts in
            var info = unsafe lws_client_connect_info()
            unsafe info.context = loop.context
            unsafe info.vhost = loop.clientHost
            unsafe info.address = texts[0]
            unsafe info.port = Int32(endpoint.port)
            // Else libwebsockets asks wherever it is sent, with our credentials.
            unsafe info.ssl_connection = Int32(LCCSCF_HTTP_NO_FOLLOW_REDIRECT.rawValue)
            unsafe info.path = texts[1]
            unsafe info.host = texts[2]
            unsafe info.local_protocol_name = texts[3]
            if !subprotocols.isEmpty { unsafe info.protocol = texts[4] }
            unsafe info.opaque_user_data = wire.bind()
            return unsafe lws_client_connect_via_info(&info)
        }
        unsafe wire.attach(socket)
    }

    private func fail(_ text: String, status: Int?) {
        guard let handler else { return }
        self.handler = nil
        connecting?.cancel()
        connecting = nil
        door?.close()
        door = nil
        wire?.drop(.lost)
        wire = nil
        loop.unregister(self)
        handler.failed("\(url): \(text)", status: status)
    }
}

extension WebSocketClient: LoopClosable {
    func closeForShutdown() {
        close(code: 1001, reason: "shutting down")
    }
}

extension WebSocketClient: WebSocketWireOwner {
    func wireOpened() { handler?.opened(subprotocol: wire?.agreedSubprotocol) }

    func wireReceived(_ message: [UInt8]) { handler?.received(message) }

    func wireClosed(_ reason: CloseReason) {
        guard let handler else { return }
        self.handler = nil
        wire = nil
        loop.unregister(self)
        handler.closed(reason: reason)
    }

    func wireFailed(_ text: String?) {
        if let status = wire?.httpStatus, status != 101 {
            return fail("the server answered with HTTP status \(status)", status: status)
        }
        hasFailed(Self.told(text ?? ""))
    }

    /// What libwebsockets says of a server that answers is about the handshake, in its own words.
    private static func told(_ text: String) -> String {
        switch text {
        case "": "cannot connect"
        case "HS: PROTOCOL malformed", "HS: Cannot match protocol":
            "the server chose a subprotocol that was not offered"
        case let text where text.hasPrefix("HS: "): "the server's handshake is wrong: \(text.dropFirst(4))"
        default: text
        }
    }

    private func hasFailed(_ text: String) {
        if !addresses.isEmpty {
            loop.post { self.tryNext() }
            return
        }
        fail(text, status: nil)
    }

    func wireAppendsHeaders(
        to space: UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>, end: UnsafeMutablePointer<UInt8>
    ) -> Bool {
        guard let authorization else { return true }
        let line = Array("Authorization: \(authorization)\r\n".utf8)
        guard let start = unsafe space.pointee, unsafe end - start > line.count else { return false }
        unsafe start.update(from: line, count: line.count)
        unsafe space.pointee = start + line.count
        return true
    }
}

/// Calls `body` with C strings that live until it returns.
func withCStrings<Result>(_ texts: [String], _ body: ([UnsafePointer<CChar>]) -> Result) -> Result {
    func step(_ index: Int, _ pointers: [UnsafePointer<CChar>]) -> Result {
        guard index < texts.count else { return unsafe body(pointers) }
        return unsafe texts[index].withCString { unsafe step(index + 1, pointers + [$0]) }
    }
    return unsafe step(0, [])
}
