import OCPPKit
import Synchronization
import Testing
import WebEndpoints

@testable import Dashboard

/// Who may ask for what, without a socket.
@Suite struct AccessCheckTests {
    private let clock = Clock()

    private final class Clock: Sendable {
        let now = Mutex(Timestamp(seconds: 1_800_000_000))
    }

    private func check(
        host: String = "127.0.0.1", names: [String] = [], password: String? = nil
    ) -> AccessCheck {
        let clock = clock
        var settings = DashboardSettings(
            host: host, port: 0, password: password, serverNames: names, timezone: { _ in nil },
            now: { clock.now.withLock { $0 } })
        settings.serverNames = names
        return AccessCheck(settings)
    }

    private func request(
        _ method: String = "GET", host: String?, from address: String = "10.0.0.1", _ headers: [(String, String)] = []
    ) -> HTTPServerRequest {
        let all = (host.map { [("Host", $0)] } ?? []) + headers
        return HTTPServerRequest(
            method: method, path: "/", headers: all.map { (name: $0.0, value: $0.1) }, peerAddress: address)
    }

    @Test(arguments: [
        ("127.0.0.1", "127.0.0.1:8080", true), ("127.0.0.1", "localhost", true), ("127.0.0.1", "[::1]:9", true),
        ("127.0.0.1", "10.0.0.1", false), ("127.0.0.1", "evil.example", false), ("127.0.0.1", "", false),
        ("127.0.0.1", "[::1", false), ("127.0.0.1", "127.0.0.1.evil.example", false),
        ("0.0.0.0", "192.168.1.7:8080", true), ("0.0.0.0", "[fe80::1]:8080", true), ("::", "192.168.1.7", true),
        ("0.0.0.0", "evil.example", false), ("0.0.0.0", "1.2.3.4.evil.example", false), ("0.0.0.0", "1.2.3", false),
        ("192.168.1.7", "192.168.1.7", true), ("192.168.1.7", "192.168.1.8", false),
        ("192.168.1.7", "Charging.Example:443", true),
    ]) func names(_ listensOn: String, _ host: String, _ isOurs: Bool) {
        var access = check(host: listensOn, names: listensOn == "192.168.1.7" ? ["charging.example"] : [])
        #expect((access.refusal(of: request(host: host))?.status == 421) == !isOurs)
    }

    @Test func noHostAtAll() {
        var access = check()
        #expect(access.refusal(of: request(host: nil))?.status == 421)
    }

    @Test func wrongPasswordsAreCountedByAddressForAMinute() {
        var access = check(password: "secret")
        func status(_ password: String?, from address: String = "10.0.0.1") -> Int? {
            let header = password.map { [("Authorization", "Basic " + base64("user:" + $0))] } ?? []
            return access.refusal(of: request(host: "localhost", from: address, header))?.status
        }
        // A browser that does not know yet is no guess.
        for _ in 0..<50 { #expect(status(nil) == 401) }
        for _ in 0..<10 { #expect(status("wrong!") == 401) }
        #expect(status("secret") == 429)
        #expect(status("secret", from: "10.0.0.2") == nil)
        clock.now.withLock { $0 = $0.adding(milliseconds: 60_000) }
        #expect(status("secret") == nil)
        #expect(status("secre") == 401)
        #expect(status("") == 401)
    }

    private func base64(_ text: String) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
        var result = ""
        let bytes = Array(text.utf8)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let number = (0..<3).reduce(0) { $0 << 8 | ($1 < group.count ? Int(group[start + $1]) : 0) }
            for place in 0..<4 {
                result.append(place <= group.count ? alphabet[number >> (18 - 6 * place) & 63] : "=")
            }
        }
        return result
    }
}
