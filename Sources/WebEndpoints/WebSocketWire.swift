import CLibwebsockets

/// How a WebSocket ended.
public enum CloseReason: Sendable, Equatable {
    /// The peer closed; `nil` where it gave no code. Its reason is at most 123 bytes, and any text.
    case byPeer(code: UInt16?, reason: String = "")
    /// We closed: on request, or because the peer broke a rule (1003 binary, 1007 not UTF-8, 1008 too slow a reader or
    /// half a message for too long, 1009 too big).
    case byUs(code: UInt16)
    /// The peer answered no ping.
    case timedOut
    /// The connection broke, or broke the WebSocket protocol.
    case lost

    /// The close code, where there is one.
    public var code: UInt16? {
        switch self {
        case .byPeer(let code, _): code
        case .byUs(let code): code
        case .timedOut, .lost: nil
        }
    }
}

extension CloseReason: CustomStringConvertible {
    public var description: String {
        switch self {
        case .byPeer(let code, let reason):
            "closed by the other end" + (code.map { " with \($0)" } ?? "") + (reason.isEmpty ? "" : ": \(reason)")
        case .byUs(let code): "closed with \(code)"
        case .timedOut: "timed out"
        case .lost: "lost"
        }
    }
}

/// The limits of one WebSocket. 0 milliseconds is no limit.
struct WebSocketLimits {
    var maxMessageBytes: Int
    var maxBacklogBytes: Int
    var halfMessageTimeoutMilliseconds: Int
    /// What the peer may send in the long run; 0 is no limit.
    var messagesPerSecond = 0
    var bytesPerSecond = 0
    /// How far ahead of that it may run.
    var burstSeconds = 10
    /// See `WebSocketServer.Configuration`.
    var takesBinary = false
}

/// What a `WebSocketWire` tells.
protocol WebSocketWireOwner: AnyObject {
    func wireOpened()
    func wireReceived(_ message: [UInt8])
    func wirePonged()
    /// The peer sends more than it may, and is read more slowly from now on, for a while.
    func wireSlowedDown()
    /// Once for each `wireOpened`, and never after `wireFailed`.
    func wireClosed(_ reason: CloseReason)
    /// It never opened.
    func wireFailed(_ text: String?)
    /// libwebsockets asks a client for its own headers.
    func wireAppendsHeaders(
        to space: UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>, end: UnsafeMutablePointer<UInt8>
    )
        -> Bool
}

extension WebSocketWireOwner {
    func wirePonged() {}
    // A server's side has neither of the latter, a client's not the first.
    func wireSlowedDown() {}
    func wireFailed(_ text: String?) {}
    func wireAppendsHeaders(
        to space: UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>, end: UnsafeMutablePointer<UInt8>
    ) -> Bool { true }
}

/// A WebSocket of either side: whole messages in, an ordered and bounded backlog out. The loop's thread only.
final class WebSocketWire: Wire {
    private static let closeGraceMilliseconds = 5_000
    /// Not empty: libwebsockets 4.1.6 swallows an empty pong without telling.
    private static let pingPayload: [UInt8] = [UInt8(ascii: ".")]

    /// A client's, who may let go at any time.
    weak var client: (any WebSocketWireOwner)?
    /// A server's, from the beginning to the end: whatever is referred to weakly is slower to hold and to let go.
    private var connection: (any WebSocketWireOwner)?
    private var owner: (any WebSocketWireOwner)? { connection ?? client }
    private let limits: WebSocketLimits
    /// Of what is sent: text, or what the peer sent last where binary is taken.
    private var kind = LWS_WRITE_TEXT
    private var assembly: [UInt8] = []
    private var isMidMessage = false
    /// A message that came in fragments is just being told. Pings between them are answered by libwebsockets when the
    /// socket is next writeable, and before what is queued: an answer waits for that, so as not to overtake the pong.
    private var isEndingFragments = false
    private var halfMessageTimer: Timer?
    private var backlog: [[UInt8]] = []
    private var backlogStart = 0
    private(set) var backlogBytes = 0
    private var wantsPing = false
    private(set) var isOpen = false
    private var closing: (code: UInt16, reason: String)?
    private var reason: CloseReason?
    private var closeTimer: Timer?
    /// Anything arrived since the last `ping()`.
    private(set) var heardSincePing = true
    private var messageAllowance: Allowance
    private var byteAllowance: Allowance
    private var isPaused = false
    private var resumeTimer: Timer?
    /// A client's: the status of the answer that refused it, the subprotocol of the one that did not.
    private(set) var httpStatus: Int?
    private(set) var agreedSubprotocol: String?

    init(loop: EventLoop, limits: WebSocketLimits) {
        self.limits = limits
        let now = monotonicMilliseconds()
        messageAllowance = Allowance(
            perSecond: limits.messagesPerSecond, burstSeconds: limits.burstSeconds, now: now)
        byteAllowance = Allowance(perSecond: limits.bytesPerSecond, burstSeconds: limits.burstSeconds, now: now)
        super.init(loop: loop)
    }

    /// Tells an owner, and keeps it, until the connection has ended.
    func keep(_ owner: any WebSocketWireOwner) { connection = owner }
    func letGo() { connection = nil }

    // MARK: Out

    func send(_ message: [UInt8]) {
        guard isOpen, closing == nil, reason == nil else { return }
        if backlogStart == backlog.count && !isEndingFragments && canWrite {
            write(message, as: kind)
            return
        }
        backlog.append(message)
        backlogBytes += message.count
        if backlogBytes > limits.maxBacklogBytes {
            drop(.byUs(code: 1008))
        } else {
            wantWriteable()
        }
    }

    func ping() {
        // Who is not read from cannot be heard.
        guard isOpen, closing == nil, !isPaused else { return }
        heardSincePing = false
        probe()
    }

    /// A ping that liveness does not follow from.
    func probe() {
        guard isOpen, closing == nil else { return }
        if canWrite {
            write(Self.pingPayload, as: LWS_WRITE_PING)
        } else {
            wantsPing = true
            wantWriteable()
        }
    }

    /// Sends what is queued, then the close frame, and waits for the peer's within a bound.
    func close(code: UInt16, reason text: String) {
        guard isOpen, closing == nil, reason == nil else { return }
        closing = (code, text)
        reason = .byUs(code: code)
        closeTimer = loop.schedule(afterMilliseconds: Self.closeGraceMilliseconds) { [weak self] in self?.kill() }
        wantWriteable()
    }

    /// Ends without a close frame.
    func drop(_ why: CloseReason) {
        if reason == nil { reason = why }
        forgetBacklog()
        kill()
    }

    private func forgetBacklog() {
        backlog = []
        backlogStart = 0
        backlogBytes = 0
        wantsPing = false
    }

    private func write(_ bytes: [UInt8], as kind: lws_write_protocol) {
        guard let socket = unsafe socket else { return }
        if unsafe loop.writeBuffer.write(bytes, to: socket, as: kind) < 0 { drop(.lost) }
    }

    /// - Returns: -1 when it is time to close.
    private func writeable() -> Int32 {
        guard let socket = unsafe socket else { return -1 }
        while backlogStart < backlog.count && canWrite {
            let message = backlog[backlogStart]
            backlog[backlogStart] = []
            backlogStart += 1
            backlogBytes -= message.count
            write(message, as: kind)
        }
        if backlogStart == backlog.count {
            backlog.removeAll(keepingCapacity: backlog.capacity <= 16)
            backlogStart = 0
        } else if backlogStart > 64 {
            backlog.removeSubrange(..<backlogStart)
            backlogStart = 0
        }
        if wantsPing && canWrite {
            wantsPing = false
            write(Self.pingPayload, as: LWS_WRITE_PING)
        }
        guard backlog.isEmpty, !wantsPing else {
            wantWriteable()
            return 0
        }
        guard let closing else { return 0 }
        guard canWrite else {
            wantWriteable()
            return 0
        }
        unsafe setCloseFrame(socket, closing.code, closing.reason)
        return -1
    }

    /// What libwebsockets sends when the callback now running returns -1.
    private func setCloseFrame(_ socket: OpaquePointer, _ code: UInt16, _ text: String) {
        var bytes = CloseText.bytes(of: text)
        unsafe lws_close_reason(socket, lws_close_status(UInt32(code)), &bytes, bytes.count)
    }

    // MARK: In

    override func event(_ what: lws_callback_reasons, _ bytes: UnsafeRawBufferPointer) -> Int32 {
        switch what {
        case LWS_CALLBACK_RECEIVE, LWS_CALLBACK_CLIENT_RECEIVE:
            return unsafe received(bytes)
        case LWS_CALLBACK_SERVER_WRITEABLE, LWS_CALLBACK_CLIENT_WRITEABLE:
            return writeable()
        case LWS_CALLBACK_RECEIVE_PONG, LWS_CALLBACK_CLIENT_RECEIVE_PONG:
            heardSincePing = true
            owner?.wirePonged()
        case LWS_CALLBACK_ESTABLISHED, LWS_CALLBACK_CLIENT_ESTABLISHED:
            isOpen = true
            owner?.wireOpened()
        case LWS_CALLBACK_WS_PEER_INITIATED_CLOSE:
            // The reason is text, too (RFC 6455, 5.5.1).
            if reason == nil, unsafe !isUTF8(Array(bytes.dropFirst(2))) { return refuse(1007, "not UTF-8") }
            if reason == nil {
                let code = unsafe bytes.count >= 2 ? UInt16(bytes[0]) << 8 | UInt16(bytes[1]) : nil
                reason = unsafe .byPeer(code: code, reason: String(decoding: bytes.dropFirst(2), as: UTF8.self))
            }
        case LWS_CALLBACK_CLIENT_APPEND_HANDSHAKE_HEADER:
            guard let owner, let base = bytes.baseAddress else { return -1 }
            let space = unsafe UnsafeMutableRawPointer(mutating: base)
                .assumingMemoryBound(to: UnsafeMutablePointer<UInt8>?.self)
            guard let start = unsafe space.pointee else { return -1 }
            return unsafe owner.wireAppendsHeaders(to: space, end: start + bytes.count) ? 0 : -1
        case LWS_CALLBACK_CLIENT_FILTER_PRE_ESTABLISH:
            agreedSubprotocol = header(WSI_TOKEN_PROTOCOL)
        case LWS_CALLBACK_CLIENT_CONNECTION_ERROR:
            guard let socket = unsafe socket else { break }
            let status = unsafe Int(lws_http_client_http_response(socket))
            httpStatus = status == 0 ? nil : status
        default: break
        }
        return 0
    }

    private func header(_ token: lws_token_indexes) -> String? {
        guard let socket = unsafe socket else { return nil }
        let length = unsafe lws_hdr_total_length(socket, token)
        guard length > 0 else { return nil }
        var text = [CChar](repeating: 0, count: Int(length) + 1)
        guard unsafe lws_hdr_copy(socket, &text, Int32(text.count), token) > 0 else { return nil }
        return String(decoding: text.prefix(Int(length)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private func received(_ bytes: UnsafeRawBufferPointer) -> Int32 {
        guard let socket = unsafe socket, reason == nil else { return 0 }
        heardSincePing = true
        let rest = unsafe lws_remaining_packet_payload(socket)
        let isWhole = unsafe rest == 0 && lws_is_final_fragment(socket) != 0
        count(messages: isWhole ? 1 : 0, bytes: bytes.count)
        let isBinary = unsafe lws_frame_is_binary(socket) != 0
        if isBinary && !limits.takesBinary { return refuse(1003, "text only") }
        kind = isBinary ? LWS_WRITE_BINARY : LWS_WRITE_TEXT
        // The peer chooses `rest` up to 2^63 - 1: do not add to it.
        if rest > limits.maxMessageBytes - assembly.count - bytes.count { return refuse(1009, "message too big") }
        guard isWhole else {
            if !isMidMessage { beginHalfMessage() }
            unsafe assembly.append(contentsOf: bytes)
            return 0
        }
        var message: [UInt8]
        let wasFragmented = isMidMessage
        if isMidMessage {
            unsafe assembly.append(contentsOf: bytes)
            message = assembly
            assembly = []
            isMidMessage = false
            halfMessageTimer?.cancel()
            halfMessageTimer = nil
        } else {
            message = unsafe Array(bytes)
        }
        guard isBinary || isUTF8(message) else { return refuse(1007, "not UTF-8") }
        isEndingFragments = wasFragmented
        owner?.wireReceived(message)
        isEndingFragments = false
        return 0
    }

    private func beginHalfMessage() {
        isMidMessage = true
        guard limits.halfMessageTimeoutMilliseconds > 0 else { return }
        halfMessageTimer = loop.schedule(afterMilliseconds: limits.halfMessageTimeoutMilliseconds) { [weak self] in
            // In the middle of a message the peer still reads control frames.
            self?.close(code: 1008, reason: "message not finished in time")
        }
    }

    /// Reads no more for a while where the peer has sent more than it may: TCP then holds it back, and nothing is lost.
    private func count(messages: Int, bytes: Int) {
        let now = monotonicMilliseconds()
        let pause = max(messageAllowance.spend(messages, now: now), byteAllowance.spend(bytes, now: now))
        guard pause > 0, !isPaused, let socket = unsafe socket else { return }
        isPaused = true
        unsafe lws_rx_flow_control(socket, 0)
        owner?.wireSlowedDown()
        resumeTimer = loop.schedule(afterMilliseconds: max(10, pause)) { [weak self] in self?.resume() }
    }

    private func resume() {
        isPaused = false
        heardSincePing = true
        guard let socket = unsafe socket else { return }
        unsafe lws_rx_flow_control(socket, 1)
    }

    private func refuse(_ code: UInt16, _ text: String) -> Int32 {
        reason = .byUs(code: code)
        assembly = []
        if let socket = unsafe socket { unsafe setCloseFrame(socket, code, text) }
        return -1
    }

    override func ended(failure: String?) {
        closeTimer?.cancel()
        resumeTimer?.cancel()
        halfMessageTimer?.cancel()
        forgetBacklog()
        let wasOpen = isOpen
        isOpen = false
        defer { letGo() }
        if wasOpen {
            owner?.wireClosed(reason ?? .lost)
        } else {
            owner?.wireFailed(failure)
        }
    }
}

func isUTF8(_ bytes: [UInt8]) -> Bool {
    (try? UTF8Span(validating: bytes.span)) != nil
}
