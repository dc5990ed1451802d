import CLibwebsockets
import Glibc

/// Host names to numeric addresses, on threads of their own: libwebsockets would block the loop with each lookup.
///
/// Lookups of the same name share one; answers are kept for a short while. The loop's thread only.
final class Resolver {
    enum Answer: Sendable {
        /// In the system's order of preference; at least one.
        case addresses([String])
        case failure(String)
    }

    private static let keepMilliseconds: UInt64 = 10_000

    private var waiting: [String: [(Answer) -> Void]] = [:]
    private var known: [String: (addresses: [String], until: UInt64)] = [:]

    /// Calls `done` on the loop's thread: at once where the answer is known, or later.
    func resolve(_ host: String, on loop: EventLoop, _ done: @escaping (Answer) -> Void) {
        if let entry = known[host], entry.until > monotonicMilliseconds() { return done(.addresses(entry.addresses)) }
        if case .addresses(let list) = Self.look(up: host, flags: AI_NUMERICHOST) { return done(.addresses(list)) }
        waiting[host, default: []].append(done)
        guard waiting[host]?.count == 1 else { return }
        let thread = Thread(name: "ocppctl-resolve") {
            let answer = Self.look(up: host, flags: AI_ADDRCONFIG)
            loop.post { [weak loop] in loop?.resolver.finish(host, answer) }
        }
        if !thread.start() { finish(host, .failure("cannot start a thread: \(errorText())")) }
    }

    private func finish(_ host: String, _ answer: Answer) {
        if case .addresses(let list) = answer { known[host] = (list, monotonicMilliseconds() + Self.keepMilliseconds) }
        for done in waiting.removeValue(forKey: host) ?? [] { done(answer) }
    }

    private static func look(up host: String, flags: Int32) -> Answer {
        var hints = unsafe addrinfo()
        unsafe hints.ai_flags = flags
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let status = unsafe getaddrinfo(host, nil, &hints, &list)
        guard status == 0 else { return .failure("\(host): \(unsafe String(cString: gai_strerror(status)))") }
        defer { unsafe freeaddrinfo(list) }
        var addresses: [String] = []
        var next = unsafe list
        while let entry = unsafe next {
            let text = unsafe numericAddress(entry.pointee.ai_addr, entry.pointee.ai_addrlen)
            if !text.isEmpty { addresses.append(text) }
            unsafe next = entry.pointee.ai_next
        }
        return addresses.isEmpty ? .failure("\(host): no address") : .addresses(addresses)
    }
}
