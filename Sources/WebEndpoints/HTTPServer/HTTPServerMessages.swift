/// A request that came to an `HTTPServer`, whole.
public struct HTTPServerRequest: Sendable {
    /// As it was sent, such as `GET`; case matters. HTTP allows any token.
    public var method: String
    /// Percent-decoded once, without the query. It begins with `/` and has no control characters; dot segments stand
    /// as they came.
    public var path: String
    /// Names and values of the query, decoded, in their order.
    public var query: [(name: String, value: String)]
    /// As they came, in their order.
    public var headers: [(name: String, value: String)]
    /// Empty where there is none.
    public var body: [UInt8]
    /// Of the peer, in digits, without its port.
    public var peerAddress: String
    /// Whether it came over TLS.
    public var isSecure: Bool

    public init(
        method: String, path: String, query: [(name: String, value: String)] = [],
        headers: [(name: String, value: String)] = [], body: [UInt8] = [], peerAddress: String = "",
        isSecure: Bool = false
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.body = body
        self.peerAddress = peerAddress
        self.isSecure = isSecure
    }

    /// The first value of a header, whose case does not matter.
    public func header(_ name: String) -> String? {
        let wanted = name.lowercased()
        return headers.first { $0.name.lowercased() == wanted }?.value
    }

    /// The first value of a name in the query.
    public func parameter(_ name: String) -> String? { query.first { $0.name == name }?.value }
}

/// A whole answer of an `HTTPServer`. `Content-Length` and `Connection` are the server's business.
public struct HTTPAnswer: Sendable {
    /// 200 to 599.
    public var status: Int
    /// Control characters in a value are sent as spaces.
    public var headers: [(name: String, value: String)]
    public var body: [UInt8]

    /// - Parameter contentType: `nil` sends none.
    public init(
        status: Int = 200, contentType: String? = nil, headers: [(name: String, value: String)] = [], body: [UInt8] = []
    ) {
        self.status = status
        self.headers = (contentType.map { [("Content-Type", $0)] } ?? []) + headers
        self.body = body
    }

    /// Plain text in UTF-8.
    public static func text(_ text: String, status: Int = 200) -> HTTPAnswer {
        HTTPAnswer(status: status, contentType: "text/plain; charset=utf-8", body: Array(text.utf8))
    }

    /// The status in words, as a line of plain text.
    public static func status(_ status: Int) -> HTTPAnswer {
        .text("\(status) \(HTTPStatus.reason(status))\n", status: status)
    }
}

/// What an `HTTPServer` allows. All times are milliseconds.
public struct HTTPServerLimits: Sendable {
    /// Beyond it the connection that has been idle longest goes; where none is idle, the new one.
    public var maxConnections = 256
    /// A longer body is answered with 413.
    public var maxBodyBytes = 1 << 20
    /// From the first byte of a request, or of a TLS handshake, to its last.
    public var requestMilliseconds = 10_000
    /// How long a connection may wait between requests.
    public var idleMilliseconds = 60_000
    /// How long an answer may wait for the peer to read any of it.
    public var writeMilliseconds = 30_000
    /// What may wait for the reader of a stream; beyond it the connection ends.
    public var maxBacklogBytes = 4 << 20

    public init() {}
}

enum HTTPStatus {
    /// The words of a status line.
    static func reason(_ status: Int) -> String {
        switch status {
        case 200: "OK"
        case 204: "No Content"
        case 301: "Moved Permanently"
        case 302: "Found"
        case 303: "See Other"
        case 304: "Not Modified"
        case 400: "Bad Request"
        case 401: "Unauthorized"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 408: "Request Timeout"
        case 409: "Conflict"
        case 411: "Length Required"
        case 413: "Content Too Large"
        case 415: "Unsupported Media Type"
        case 421: "Misdirected Request"
        case 429: "Too Many Requests"
        case 431: "Request Header Fields Too Large"
        case 500: "Internal Server Error"
        case 502: "Bad Gateway"
        case 503: "Service Unavailable"
        case 504: "Gateway Timeout"
        case 505: "HTTP Version Not Supported"
        default: "Status \(status)"
        }
    }
}
