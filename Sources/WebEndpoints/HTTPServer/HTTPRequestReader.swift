/// Finds HTTP/1.1 requests in the bytes of one connection. Pure: bytes go in, requests and refusals come out.
///
/// Where a request could be read in two ways it is refused: two lengths, a transfer coding, a target that is no path.
/// After a refusal nothing of the connection can be read any more.
struct HTTPRequestReader {
    enum Step {
        /// All is read; a request may have begun.
        case needsMore
        /// The peer waits for `100 Continue` before it sends the body. Told once a request.
        case expectsContinue
        case request(HTTPServerRequest, closes: Bool)
        case refusal(status: Int)
    }

    private struct Head {
        var request: HTTPServerRequest
        var closes: Bool
        var bodyBytes: Int
        var expectsContinue: Bool
    }

    private let maxBodyBytes: Int
    private var buffer: [UInt8] = []
    /// No head ends before here.
    private var searched = 0
    private var head: Head?

    init(maxBodyBytes: Int) { self.maxBodyBytes = maxBodyBytes }

    /// Whether a request has begun that is not whole yet.
    var isMidRequest: Bool { head != nil || !buffer.isEmpty }
    var bufferedBytes: Int { buffer.count }

    mutating func append(_ bytes: some Sequence<UInt8>) { buffer.append(contentsOf: bytes) }

    mutating func next() -> Step {
        if head == nil {
            let blank = buffer.prefix { $0 == UInt8(ascii: "\r") || $0 == UInt8(ascii: "\n") }.count
            if blank > 0 {
                // Empty lines before a request are passed over (RFC 9112, 2.2).
                buffer.removeFirst(blank)
                searched = 0
            }
            // A TLS greeting on a plain port, for one, will never have an end.
            if let first = buffer.first, first < 0x20 { return .refusal(status: 400) }
            guard let end = HTTPHead.end(of: buffer, from: searched - 3) else {
                searched = buffer.count
                return buffer.count > HTTPHead.maxBytes ? .refusal(status: 431) : .needsMore
            }
            guard end <= HTTPHead.maxBytes else { return .refusal(status: 431) }
            let parsed = read(buffer[..<end])
            buffer.removeFirst(end)
            searched = 0
            switch parsed {
            case .failure(let refusal): return .refusal(status: refusal.status)
            case .success(let head): self.head = head
            }
        }
        guard var whole = head else { return .needsMore }
        guard buffer.count >= whole.bodyBytes else {
            guard whole.expectsContinue else { return .needsMore }
            head?.expectsContinue = false
            return .expectsContinue
        }
        whole.request.body = Array(buffer.prefix(whole.bodyBytes))
        buffer.removeFirst(whole.bodyBytes)
        head = nil
        return .request(whole.request, closes: whole.closes)
    }

    private struct Refusal: Error {
        let status: Int
    }

    private func read(_ bytes: ArraySlice<UInt8>) -> Result<Head, Refusal> {
        Result { () throws(Refusal) in
            guard let head = HTTPHead(bytes) else { throw Refusal(status: 400) }
            let words = head.firstLine.split(separator: " ", omittingEmptySubsequences: false)
            guard words.count == 3, HTTPHead.isToken(words[0]), words[2].hasPrefix("HTTP/") else {
                throw Refusal(status: 400)
            }
            guard words[2] == "HTTP/1.1" else { throw Refusal(status: 505) }
            guard head.values("Host").count == 1, let (path, query) = Self.target(words[1]) else {
                throw Refusal(status: 400)
            }
            guard head.values("Transfer-Encoding").isEmpty else { throw Refusal(status: 411) }
            let lengths = head.values("Content-Length")
            guard lengths.count <= 1 else { throw Refusal(status: 400) }
            var bodyBytes = 0
            if let text = lengths.first {
                guard !text.isEmpty, text.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else {
                    throw Refusal(status: 400)
                }
                // A number beyond what Int holds is too large, too.
                bodyBytes = Int(text) ?? Int.max
            }
            guard bodyBytes <= maxBodyBytes else { throw Refusal(status: 413) }
            return Head(
                request: HTTPServerRequest(
                    method: String(words[0]), path: path, query: query, headers: head.headers),
                closes: head.list("Connection").contains { $0.lowercased() == "close" }, bodyBytes: bodyBytes,
                expectsContinue: head.list("Expect").contains { $0.lowercased() == "100-continue" })
        }
    }

    /// A path and its query; `nil` where the target is none, or cannot be decoded.
    static func target(_ text: Substring) -> (path: String, query: [(name: String, value: String)])? {
        guard text.hasPrefix("/"), text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { return nil }
        let parts = text.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        guard let path = decoded(parts[0], plusIsSpace: false) else { return nil }
        var query: [(name: String, value: String)] = []
        for pair in parts.count > 1 ? parts[1].split(separator: "&") : [] {
            let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = decoded(sides[0], plusIsSpace: true),
                let value = decoded(sides.count > 1 ? sides[1] : "", plusIsSpace: true)
            else { return nil }
            query.append((name, value))
        }
        return (path, query)
    }

    /// `nil` for an incomplete escape, for what is no UTF-8, and for control characters.
    private static func decoded(_ text: Substring, plusIsSpace: Bool) -> String? {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "%"):
                guard let high = rest.popFirst().flatMap(hexDigit), let low = rest.popFirst().flatMap(hexDigit) else {
                    return nil
                }
                bytes.append(high << 4 | low)
            case UInt8(ascii: "+") where plusIsSpace: bytes.append(0x20)
            default: bytes.append(byte)
            }
        }
        guard bytes.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else { return nil }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func hexDigit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
