/// Reads one HTTP/1.1 answer from its bytes as they come.
struct HTTPResponseParser {
    enum Progress: Equatable {
        case needsMore
        case done(HTTPResponse)
        /// This is no HTTP answer, or not one that is taken. The text is for people.
        case broken(String)
    }

    private enum Body {
        case length(Int)
        case untilClose
        case chunked(Chunk)
    }

    private enum Chunk {
        case size
        case data(Int)
        case dataEnd
        case trailer
    }

    static let maxBodyBytes = 10_485_760

    private var input: [UInt8] = []
    private var position = 0
    private var response: HTTPResponse?
    private var body = Body.untilClose
    private let hasNoBody: Bool

    /// - Parameter method: of the request: the answer to HEAD has no body.
    init(method: String) { hasNoBody = method == "HEAD" }

    mutating func feed(_ bytes: UnsafeRawBufferPointer) -> Progress {
        unsafe input.append(contentsOf: bytes)
        while true {
            switch step() {
            case nil: continue
            case .needsMore?:
                input.removeSubrange(..<position)
                position = 0
                return .needsMore
            case let outcome?: return outcome
            }
        }
    }

    /// The connection has ended.
    /// - Returns: `nil` where the answer was cut off.
    mutating func end() -> HTTPResponse? {
        if case .untilClose = body { response } else { nil }
    }

    /// `nil` means that it got on and should be called again.
    private mutating func step() -> Progress? {
        guard let answer = response else { return readHead() }
        if answer.body.count > Self.maxBodyBytes { return .broken("the answer is larger than 10 MiB") }
        switch body {
        case .untilClose:
            take(input.count - position)
            return response!.body.count > Self.maxBodyBytes ? nil : .needsMore
        case .length(let rest):
            let count = min(rest, input.count - position)
            take(count)
            body = .length(rest - count)
            if rest == count { return .done(response!) }
            return .needsMore
        case .chunked(let state): return readChunk(state)
        }
    }

    private mutating func readHead() -> Progress? {
        guard let end = HTTPHead.end(of: input, from: position) else {
            return input.count - position > 65_536 ? .broken("the head of the answer does not end") : .needsMore
        }
        guard let head = HTTPHead(input[position..<end]) else { return .broken("malformed head of the answer") }
        let parts = head.firstLine.split(separator: " ", maxSplits: 2)
        guard parts.count >= 2, parts[0].hasPrefix("HTTP/1."), parts[1].utf8.count == 3, let status = Int(parts[1]),
            (100...599).contains(status)
        else { return .broken("this is not an HTTP server") }
        position = end
        // 100 Continue and the like announce the real answer.
        if status < 200 && status != 101 { return nil }
        var answer = HTTPResponse(status: status, contentType: head.value("Content-Type"))
        answer.retryAfterSeconds = head.value("Retry-After").flatMap { Int($0) }.flatMap { $0 >= 0 ? $0 : nil }
        response = answer
        let lengths = Set(head.list("Content-Length"))
        if hasNoBody || status == 204 || status == 304 || status == 101 {
            body = .length(0)
        } else if head.list("Transfer-Encoding").last?.lowercased() == "chunked" {
            body = .chunked(.size)
        } else if let text = lengths.first {
            guard lengths.count == 1, let length = Int(text), length >= 0, text.first != "+" else {
                return .broken("malformed Content-Length")
            }
            if length > Self.maxBodyBytes { return .broken("the answer is larger than 10 MiB") }
            body = .length(length)
        }
        return nil
    }

    private mutating func readChunk(_ state: Chunk) -> Progress? {
        switch state {
        case .size:
            guard let line = takeLine() else { return lineIsTooLong ? .broken("malformed chunk") : .needsMore }
            let digits = line.prefix { $0 != UInt8(ascii: ";") && $0 != UInt8(ascii: " ") }
            guard let size = Int(String(decoding: digits, as: UTF8.self), radix: 16), size >= 0,
                size <= Self.maxBodyBytes
            else { return .broken("malformed chunk") }
            body = .chunked(size == 0 ? .trailer : .data(size))
            return nil
        case .data(let rest):
            let count = min(rest, input.count - position)
            take(count)
            body = .chunked(rest == count ? .dataEnd : .data(rest - count))
            return rest == count ? nil : .needsMore
        case .dataEnd:
            guard let line = takeLine() else { return lineIsTooLong ? .broken("malformed chunk") : .needsMore }
            guard line.isEmpty else { return .broken("malformed chunk") }
            body = .chunked(.size)
            return nil
        case .trailer:
            guard let line = takeLine() else { return lineIsTooLong ? .broken("malformed trailer") : .needsMore }
            return line.isEmpty ? .done(response!) : nil
        }
    }

    private mutating func take(_ count: Int) {
        response!.body.append(contentsOf: input[position..<position + count])
        position += count
    }

    private var lineIsTooLong: Bool { input.count - position > 8_192 }

    private mutating func takeLine() -> [UInt8]? {
        guard let newline = input[position...].firstIndex(of: UInt8(ascii: "\n")) else { return nil }
        var line = Array(input[position..<newline])
        if line.last == UInt8(ascii: "\r") { line.removeLast() }
        position = newline + 1
        return line
    }
}
