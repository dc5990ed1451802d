/// An HTTP request as a client sends it.
public struct HTTPRequest: Sendable, Equatable {
    /// `GET`, `POST`, `PUT`, `PATCH` or `DELETE`.
    public var method: String
    /// Absolute, `http://` or `https://`, with any query already percent-encoded.
    public var url: String
    /// Sent as given, in this order. `Host` and `Content-Length` are added by the client.
    public var headers: [(name: String, value: String)]
    /// Sent as it stands; `nil` sends no body and no `Content-Length`.
    public var body: [UInt8]?

    public init(
        method: String, url: String, headers: [(name: String, value: String)] = [], body: [UInt8]? = nil
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
    }

    public static func == (left: HTTPRequest, right: HTTPRequest) -> Bool {
        left.method == right.method && left.url == right.url && left.body == right.body
            && left.headers.elementsEqual(right.headers) { $0.name == $1.name && $0.value == $1.value }
    }
}

/// The whole answer to an `HTTPRequest`.
public struct HTTPResponse: Sendable, Equatable {
    /// 100 to 599.
    public var status: Int
    /// `Content-Type` as received, without change; `nil` where the server sent none.
    public var contentType: String?
    /// `Retry-After` in seconds where the server sent a number.
    public var retryAfterSeconds: Int?
    public var body: [UInt8]

    public init(status: Int, contentType: String? = nil, retryAfterSeconds: Int? = nil, body: [UInt8] = []) {
        self.status = status
        self.contentType = contentType
        self.retryAfterSeconds = retryAfterSeconds
        self.body = body
    }
}

/// Something that can carry one HTTP request to its server and back.
///
/// `HTTPClient` does it over libwebsockets; tests may give a recorded answer.
public protocol HTTPRequesting: Sendable {
    /// - Throws: `HTTPFailure` when no whole answer arrived.
    func send(_ request: HTTPRequest, timeoutSeconds: Int) async throws(HTTPFailure) -> HTTPResponse
}

/// Why an HTTP request has no answer.
public enum HTTPFailure: Error, Sendable, Equatable {
    /// The URL is not an absolute `http` or `https` URL.
    case badURL(String)
    /// No connection: refused, unresolvable, TLS failure. The text is for people.
    case unreachable(String)
    /// Connected, but no whole answer within the time.
    case timedOut
    /// The connection ended before the answer was whole.
    case cutOff
}
