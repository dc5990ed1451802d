public import TransportSecurity

/// A request for a WebSocket, before anything is promised to it.
public struct UpgradeRequest: Sendable {
    /// Names the request to `WebSocketServer.settle`; unique in its server.
    public var ticket: UInt64 = 0
    /// The request target exactly as sent, not percent-decoded: `/ocpp/CP%201?x=1`. Printable ASCII without spaces.
    public var rawTarget: String
    /// The one `Authorization` header, as sent.
    public var authorization: String?
    /// In the client's order of preference.
    public var offeredSubprotocols: [String]
    /// An address without port; an IPv4 address is never written as IPv6.
    public var peerAddress: String
    /// `X-Forwarded-For` as sent. It means something only when a trusted proxy is the peer.
    public var forwardedFor: String?
    public var userAgent: String?
    /// What the client showed and TLS has verified, where the server asks for it.
    public var clientCertificate: PeerCertificate?

    public init(
        rawTarget: String, authorization: String? = nil, offeredSubprotocols: [String] = [],
        peerAddress: String = "127.0.0.1", forwardedFor: String? = nil, userAgent: String? = nil,
        clientCertificate: PeerCertificate? = nil
    ) {
        self.rawTarget = rawTarget
        self.authorization = authorization
        self.offeredSubprotocols = offeredSubprotocols
        self.peerAddress = peerAddress
        self.forwardedFor = forwardedFor
        self.userAgent = userAgent
        self.clientCertificate = clientCertificate
    }
}

extension UpgradeRequest {
    /// Takes the peer's address from what trusted proxies say of it. Nobody else is believed.
    mutating func believe(_ proxies: Set<String>) {
        guard proxies.contains(peerAddress), let forwardedFor else { return }
        for part in forwardedFor.split(separator: ",").reversed() {
            let address = String(part.drop { $0 == " " }.prefix { $0 != " " })
            guard isNumericAddress(address) else { return }
            peerAddress = address
            if !proxies.contains(address) { return }
        }
    }
}

/// The answer to an `UpgradeRequest`.
public enum UpgradeDecision: Sendable, Equatable {
    case accept
    /// `WebSocketServer.settle` will tell. The peer may be gone by then.
    case later
    /// An HTTP answer with this status and `reason` as its text. 401 also asks for Basic credentials, 429 and 503 for
    /// patience.
    case refuse(status: Int, reason: String)
}

/// What the head of a request leads to.
enum HandshakeStep: Equatable {
    case refuse(HandshakeRefusal)
    /// A sound WebSocket request; the key is for the answer.
    case ask(key: String)
}

struct HandshakeRefusal: Equatable {
    var status: Int
    var reason: String
    var headers: [String] = []

    var bytes: [UInt8] {
        let body = reason + "\n"
        let head =
            ["HTTP/1.1 \(status) \(Self.phrase(status))"] + headers + [
                "Content-Type: text/plain; charset=utf-8", "Content-Length: \(body.utf8.count)", "Connection: close",
            ]
        return Array((head.joined(separator: "\r\n") + "\r\n\r\n" + body).utf8)
    }

    private static func phrase(_ status: Int) -> String {
        switch status {
        case 400: "Bad Request"
        case 401: "Unauthorized"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 426: "Upgrade Required"
        case 429: "Too Many Requests"
        case 431: "Request Header Fields Too Large"
        case 503: "Service Unavailable"
        default: "Refused"
        }
    }
}

/// The opening handshake as a pure function of the request's head.
///
/// It is read here, not by libwebsockets, which decodes and normalises paths (`a/../CP2` becomes `CP2`), takes CONNECT
/// and h2c, and drops long lists of subprotocols in silence. What passes is handed on as a request of our own writing.
struct Handshake {
    var request: UpgradeRequest
    var step: HandshakeStep

    init(_ head: HTTPHead?, peerAddress: String) {
        request = UpgradeRequest(
            rawTarget: "", authorization: head?.value("Authorization"),
            offeredSubprotocols: head?.list("Sec-WebSocket-Protocol") ?? [], peerAddress: peerAddress,
            forwardedFor: head?.value("X-Forwarded-For"), userAgent: head?.value("User-Agent"))
        guard let head else {
            step = .refuse(HandshakeRefusal(status: 400, reason: "malformed request"))
            return
        }
        let parts = head.firstLine.split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[2] == "HTTP/1.1", !parts[0].isEmpty else {
            step = .refuse(HandshakeRefusal(status: 400, reason: "malformed request line"))
            return
        }
        request.rawTarget = String(parts[1])
        step = Self.step(method: parts[0], target: parts[1], head: head)
    }

    private static func step(method: Substring, target: Substring, head: HTTPHead) -> HandshakeStep {
        func refuse(_ status: Int, _ reason: String, _ headers: [String] = []) -> HandshakeStep {
            .refuse(HandshakeRefusal(status: status, reason: reason, headers: headers))
        }
        func has(_ name: String, _ token: String) -> Bool {
            head.list(name).contains { $0.lowercased() == token }
        }
        guard method == "GET" else { return refuse(405, "only GET is served here", ["Allow: GET"]) }
        guard target.utf8.first == UInt8(ascii: "/"), target.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }),
            !target.utf8.contains(UInt8(ascii: "#"))
        else { return refuse(400, "malformed request target") }
        guard has("Upgrade", "websocket") else {
            return refuse(
                426, "this address speaks WebSocket only", ["Upgrade: websocket", "Sec-WebSocket-Version: 13"])
        }
        guard has("Connection", "upgrade") else { return refuse(400, "Connection: Upgrade is missing") }
        guard head.values("Sec-WebSocket-Version") == ["13"] else {
            return refuse(426, "only WebSocket version 13 is served", ["Sec-WebSocket-Version: 13"])
        }
        let keys = head.values("Sec-WebSocket-Key")
        guard keys.count == 1, isKey(keys[0]) else { return refuse(400, "malformed Sec-WebSocket-Key") }
        guard head.values("Authorization").count <= 1 else { return refuse(400, "more than one Authorization") }
        guard head.values("Host").count <= 1 else { return refuse(400, "more than one Host") }
        let hasBody = head.values("Content-Length").contains { $0 != "0" }
        guard !hasBody, head.values("Transfer-Encoding").isEmpty else { return refuse(400, "unexpected body") }
        return .ask(key: keys[0])
    }

    /// 16 bytes in base64.
    private static func isKey(_ key: String) -> Bool {
        key.utf8.count == 24 && key.hasSuffix("==")
            && key.utf8.dropLast(2).allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "/"):
                    true
                default: false
                }
            }
    }

    /// The same request in the plainest words, for libwebsockets.
    /// - Parameter host: the name of the virtual host that it is for.
    static func canonicalRequest(host: String, key: String, subprotocol: String?) -> [UInt8] {
        var lines = [
            "GET / HTTP/1.1", "Host: \(host)", "Upgrade: websocket", "Connection: Upgrade",
            "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: \(key)",
        ]
        if let subprotocol { lines.append("Sec-WebSocket-Protocol: \(subprotocol)") }
        return Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8)
    }

    /// RFC 6455's answer to a client of whose subprotocols none is known: accepted without one, then closed with 1002.
    static func acceptAndClose(key: String, reason: String) -> [UInt8] {
        let lines = [
            "HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade",
            "Sec-WebSocket-Accept: \(acceptValue(key: key))",
        ]
        let text = CloseText.bytes(of: reason)
        let closeFrame: [UInt8] = [0x88, UInt8(2 + text.count), 0x03, 0xEA] + text
        return Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8) + closeFrame
    }
}
