/// Sends HTTP requests, each on a connection of its own, and reads whole answers of at most 10 MiB.
///
/// Any status is an answer, redirects too. `http://` only: `https://` fails as unreachable, saying so. The answer's
/// reader is our own because libwebsockets 4.1.6 takes a chunked answer that was cut off for a whole one.
public struct HTTPClient: HTTPRequesting {
    private let loop: EventLoop

    /// - Parameter loop: does the work; the client may be used from any thread.
    public init(loop: EventLoop) { self.loop = loop }

    public func send(_ request: HTTPRequest, timeoutSeconds: Int) async throws(HTTPFailure) -> HTTPResponse {
        guard let endpoint = EndpointURL(request.url, schemes: ["http", "https"]) else {
            throw .badURL(request.url)
        }
        guard !endpoint.isSecure else { throw .unreachable("\(request.url): https:// is not supported yet") }
        guard let bytes = Self.bytes(of: request, endpoint) else {
            throw .unreachable("\(request.url): the method or a header has characters that HTTP forbids")
        }
        let loop = loop
        let result = await withCheckedContinuation {
            (waiter: CheckedContinuation<Result<HTTPResponse, HTTPFailure>, Never>) in
            loop.post {
                HTTPExchange(
                    loop: loop, endpoint: endpoint, method: request.method, request: bytes,
                    timeoutMilliseconds: timeoutSeconds * 1_000, waiter: waiter
                ).start()
            }
        }
        return try result.get()
    }

    /// The request as it goes out; `nil` where it would not be the request that was meant.
    static func bytes(of request: HTTPRequest, _ endpoint: EndpointURL) -> [UInt8]? {
        func isClean(_ text: String) -> Bool { text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 } }
        let given = Set(request.headers.map { $0.name.lowercased() })
        guard !request.method.isEmpty, request.method.utf8.allSatisfy({ $0 >= 0x41 && $0 <= 0x5A }),
            request.headers.allSatisfy({ header in
                isClean(header.value) && !header.name.isEmpty
                    && header.name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: ":") }
            })
        else { return nil }
        var lines = ["\(request.method) \(endpoint.target) HTTP/1.1"]
        if !given.contains("host") { lines.append("Host: \(endpoint.hostHeader)") }
        lines += request.headers.map { "\($0.name): \($0.value)" }
        if let body = request.body, !given.contains("content-length") { lines.append("Content-Length: \(body.count)") }
        if !given.contains("connection") { lines.append("Connection: close") }
        return Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8) + (request.body ?? [])
    }
}
