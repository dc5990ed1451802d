import OCPPKit
import TransportSecurity
import WebEndpoints

/// Who may ask, and from which page. The loop's thread only.
///
/// A browser sends what any page tells it to: so the name that it asked for must be ours, which other pages' names that
/// were made to lead here are not (DNS rebinding), and commands must come from our own page.
struct AccessCheck {
    private let names: Set<String>
    /// Listening on every address: any address in digits is ours, as no page can have it for a name of its own.
    private let takesAddresses: Bool
    private let scheme: String
    private let password: [UInt8]?
    private let now: @Sendable () -> Timestamp
    /// Failures of the last minute, by address.
    private var failures: [String: (count: Int, since: Timestamp)] = [:]

    private static let maximumFailures = 10

    init(_ settings: DashboardSettings) {
        names = Set(["localhost", "127.0.0.1", "::1", settings.host] + settings.serverNames.map { $0.lowercased() })
        takesAddresses = settings.host == "0.0.0.0" || settings.host == "::"
        scheme = settings.tls == nil ? "http" : "https"
        password = settings.password.map { Array($0.utf8) }
        now = settings.now
    }

    /// `nil` where the request may be answered.
    mutating func refusal(of request: HTTPServerRequest) -> HTTPAnswer? {
        guard let host = request.header("Host"), isOurs(host) else {
            return .text(
                "421 This page is not served under that name. Use its address, or start it with --server-name.\n",
                status: 421)
        }
        if let refusal = refusalOfStranger(request) { return refusal }
        guard request.method != "GET", request.method != "HEAD" else { return nil }
        guard request.header("Origin") == "\(scheme)://\(host)" else { return .status(403) }
        let type = request.header("Content-Type")?.split(separator: ";").first?.lowercased()
        return type == "application/json" ? nil : .status(415)
    }

    private func isOurs(_ host: String) -> Bool {
        var name = host.lowercased()
        if name.hasPrefix("[") {
            guard let end = name.firstIndex(of: "]") else { return false }
            name = String(name[name.index(after: name.startIndex)..<end])
        } else if let colon = name.firstIndex(of: ":") {
            name = String(name[..<colon])
        }
        return names.contains(name) || takesAddresses && isAddress(name)
    }

    private func isAddress(_ name: String) -> Bool {
        name.contains(":")
            || name.split(separator: ".", omittingEmptySubsequences: false).count == 4
                && name.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 || $0 == UInt8(ascii: ".") }
    }

    private mutating func refusalOfStranger(_ request: HTTPServerRequest) -> HTTPAnswer? {
        guard let password else { return nil }
        let time = now()
        let entry = failures[request.peerAddress].flatMap { time - $0.since < 60_000 ? $0 : nil }
        if let entry, entry.count >= Self.maximumFailures {
            return HTTPAnswer(
                status: 429, contentType: "text/plain; charset=utf-8", headers: [("Retry-After", "60")],
                body: Array("429 too many wrong passwords; try again in a minute\n".utf8))
        }
        let words = (request.header("Authorization") ?? "").split(separator: " ", maxSplits: 1)
        if words.count == 2, words[0].lowercased() == "basic", let pair = Base64.decode(words[1]),
            let colon = pair.firstIndex(of: UInt8(ascii: ":")), Self.isEqual(Array(pair[(colon + 1)...]), password)
        {
            return nil
        }
        // A browser's first request brings none, and is no guess.
        if words.count == 2 {
            if failures.count > 10_000 { failures = [:] }
            failures[request.peerAddress] = (entry.map(\.count) ?? 0, entry?.since ?? time)
            failures[request.peerAddress]?.count += 1
        }
        return HTTPAnswer(
            status: 401, contentType: "text/plain; charset=utf-8",
            headers: [("WWW-Authenticate", "Basic realm=\"ocppctl\", charset=\"UTF-8\"")],
            body: Array("401 any user name, and the password of the page\n".utf8))
    }

    /// Takes as long for any guess of the same length.
    private static func isEqual(_ guess: [UInt8], _ secret: [UInt8]) -> Bool {
        guard guess.count == secret.count else { return false }
        return zip(guess, secret).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }
}

/// Headers of every answer.
enum PageHeaders {
    private static let all = [
        ("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "no-referrer"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
    ]

    /// The page and its parts: from here alone, no inline scripts or styles, in nobody's frame.
    static let page =
        all + [
            (
                "Content-Security-Policy",
                "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
                    + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
            ), ("Cache-Control", "no-cache"), ("Cross-Origin-Opener-Policy", "same-origin"),
        ]

    static let data = all + [("Cache-Control", "no-store"), ("Content-Security-Policy", "default-src 'none'")]
}
