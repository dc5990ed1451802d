import OCPPKit
import Testing
import TransportSecurity
import WebEndpoints

@testable import CentralSystemService

@Suite struct CredentialsTests {
    /// The example of the whitepaper "Improved security for OCPP 1.6-J".
    @Test func readsTheWhitepapersHeader() throws {
        let credentials = try #require(BasicCredentials(header: "Basic QUwxMDAwOgABAgMEBQYH////////////////"))
        let key = try #require(credentials.password(of: "AL1000"))
        #expect(Secret(text: "0001020304050607FFFFFFFFFFFFFFFFFFFFFFFF")?.bytes == key)
        #expect(credentials.password(of: "AL100") == nil)
        #expect(credentials.password(of: "al1000") == nil)
        #expect(credentials.password(of: "AL1000:") == nil)
    }

    @Test func anIdentityMayHoldColons() {
        let header = "Basic " + Base64.encode(Array("A:B:secret".utf8))
        #expect(BasicCredentials(header: header)?.password(of: "A:B") == Array("secret".utf8))
    }

    @Test(arguments: [
        nil, "", "Basic", "basic  ", "Basic A", "Basic AAA", "Basic A=AA", "Basic AA==AA==", "Basic QQ==\u{0}",
        "Bearer QUw=",
        "Basic " + String(repeating: "A", count: 4_000),
    ])
    func takesNoOtherHeader(_ header: String?) {
        #expect(BasicCredentials(header: header)?.password(of: "A") == nil)
    }

    @Test func keysAndPasswordsAreToldApart() {
        #expect(Secret(text: String(repeating: "aF", count: 20))?.kind == .key)
        #expect(Secret(text: String(repeating: "aF", count: 16))?.kind == .key)
        #expect(Secret(text: String(repeating: "a", count: 39))?.kind == .password)
        #expect(Secret(text: String(repeating: "g", count: 40))?.kind == .password)
        #expect(Secret(text: "") == nil)
        #expect(Secret(text: String(repeating: "x", count: 256)) == nil)
    }

    @Test func hashesAreSaltedAndMatchOnlyTheirSecret() {
        let (first, second) = (
            SaltedHash(of: [1, 2, 3], strength: .randomKey), SaltedHash(of: [1, 2, 3], strength: .randomKey)
        )
        #expect(first.salt != second.salt && first.digest != second.digest)
        #expect(first.matches([1, 2, 3]) && second.matches([1, 2, 3]))
        #expect(!first.matches([1, 2, 4]) && !first.matches([]))
    }

    /// The value is Python's.
    @Test func scryptIsTheStandards() throws {
        // hashlib.scrypt(b"password", salt=b"NaClNaCl", n=1024, r=8, p=1, dklen=32)
        let digest = try #require(Base64.decode(Self.expected))
        let hash = try #require(SaltedHash(cost: 1024, salt: Array("NaClNaCl".utf8), digest: digest))
        #expect(hash.matches(Array("password".utf8)))
    }

    static let expected = "8wGlwXmNXS2n1KDaxmhQaPHcojxLhIixEr3YNcqC+84="

    @Test func refusesHashesThatAreNone() {
        let digest = [UInt8](repeating: 0, count: 32)
        #expect(SaltedHash(cost: 3, salt: digest, digest: digest) == nil)
        #expect(SaltedHash(cost: 1 << 20, salt: digest, digest: digest) == nil)
        #expect(SaltedHash(cost: 16, salt: [], digest: digest) == nil)
        #expect(SaltedHash(cost: 16, salt: digest, digest: []) == nil)
    }
}

@Suite struct RateLimitsTests {
    @Test func fillsAtItsRate() {
        var limits = RateLimits(perSecond: 2, burst: 3)
        for _ in 0..<3 {
            let isThere = limits.take("a", now: 0)
            #expect(isThere)
        }
        var later = [limits.take("a", now: 0), limits.take("b", now: 0), limits.take("a", now: 499)]
        later += [limits.take("a", now: 500), limits.take("a", now: 500)]
        #expect(later == [false, true, false, true, false])
        #expect(limits.isEmpty("a", now: 500))
        limits.forgive("a")
        #expect(!limits.isEmpty("a", now: 500))
    }

    @Test func zeroIsNoLimit() {
        var limits = RateLimits(perSecond: 0, burst: 0)
        for _ in 0..<1_000 {
            let isThere = limits.take("a", now: 0)
            #expect(isThere)
        }
        #expect(limits.count == 0)
    }

    @Test func memoryIsBounded() {
        var limits = RateLimits(perSecond: 1, burst: 5, maximumCount: 100)
        for number in 0..<10_000 { _ = limits.take("\(number)", now: Int64(number)) }
        #expect(limits.count <= 100)
    }
}

@Suite struct GateTests {
    private func gate(_ change: (inout SecuritySettings) -> Void = { _ in }) -> Gate {
        var settings = SecuritySettings()
        change(&settings)
        return Gate(settings, path: "/ocpp")
    }

    private func decision(_ ruling: Gate.Ruling) -> UpgradeStatus {
        guard case .decided(let decision) = ruling else { return .hashing }
        guard case .refuse(let status, _) = decision else { return .accepted }
        return .refused(status)
    }

    enum UpgradeStatus: Equatable { case accepted, hashing, refused(Int) }

    /// 5,000 charge points of one depot, all at once, twice.
    @Test func aDepotIsLetIn() {
        var gate = gate()
        for number in 0..<10_000 {
            let ruling = gate.rule(
                on: .init(rawTarget: "/ocpp/CP\(number % 5_000)", peerAddress: "10.0.0.1"), now: 0,
                isKnown: { _ in true })
            #expect(decision(ruling) == .accepted)
        }
        #expect(gate.counters == GateCounters())
    }

    @Test func unknownIdentitiesAreNotToldForEver() {
        var gate = gate()
        var statuses: [UpgradeStatus] = []
        for number in 0..<200 {
            statuses.append(
                decision(
                    gate.rule(
                        on: .init(rawTarget: "/ocpp/G\(number)", peerAddress: "10.0.0.1"), now: 0,
                        isKnown: { _ in false })))
        }
        #expect(statuses.prefix(120).allSatisfy { $0 == .refused(404) })
        #expect(statuses.dropFirst(120).allSatisfy { $0 == .refused(429) })
    }

    @Test func profile3TakesTheCertificatesOwner() {
        var gate = gate {
            $0.profile = 3
            $0.clientOrganization = "Energy"
        }
        func status(_ name: String?, _ organization: String?) -> UpgradeStatus {
            decision(
                gate.rule(
                    on: .init(
                        rawTarget: "/ocpp/CP1",
                        clientCertificate: .init(commonName: name, organization: organization, serialNumber: "1")),
                    now: 0, isKnown: { _ in true }))
        }
        #expect(status("CP1", "Energy") == .accepted)
        #expect(status("CP2", "Energy") == .refused(403))
        #expect(status("CP1", "Else") == .refused(403))
        #expect(status("CP1", nil) == .refused(403))
        #expect(status(nil, "Energy") == .refused(403))
        gate.clientMap = ["CP2": "CP1"]
        #expect(status("CP2", "Energy") == .accepted)
        #expect(status("CP1", "Energy") == .refused(403), "with a map, the name alone counts for nothing")
    }
}
