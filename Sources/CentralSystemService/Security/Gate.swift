import OCPPKit
import TransportSecurity
import WebEndpoints

/// Decides who may connect. The event loop's thread only; what takes its time is left to a `HashingPool`.
struct Gate {
    /// What to do with a request.
    enum Ruling {
        case decided(UpgradeDecision)
        /// The secret that was presented is to be hashed.
        case check(id: String, entry: PasswordFile.Entry, presented: [UInt8], isSuspect: Bool)
    }

    let settings: SecuritySettings
    let path: String
    private var handshakes: RateLimits
    private var addressFailures: RateLimits
    private var pairFailures: RateLimits
    /// What each charge point last proved itself with: so that its next connection costs nothing.
    private var proven: [String: [UInt8]] = [:]
    private let fingerprint = SecretFingerprint()
    /// Identities by the CN of client certificates; `nil` where the CN is the identity.
    var clientMap: [String: String]?
    private(set) var counters = GateCounters()

    init(_ settings: SecuritySettings, path: String) {
        self.settings = settings
        self.path = path
        let limits = settings.limits
        handshakes = RateLimits(
            perSecond: Double(limits.handshakesPerSecond), burst: Double(limits.handshakesPerSecond * 10))
        addressFailures = RateLimits(
            perSecond: Double(limits.addressFailuresPerMinute) / 60, burst: Double(limits.addressFailuresPerMinute))
        pairFailures = RateLimits(
            perSecond: Double(limits.failuresPerMinute) / 60, burst: Double(limits.failuresPerMinute))
    }

    /// - Parameter isKnown: whether the charge point may connect where nobody proves anything.
    mutating func rule(on request: UpgradeRequest, now: Int64, isKnown: (String) -> Bool) -> Ruling {
        let address = request.peerAddress
        guard handshakes.take(address, now: now) else {
            counters.handshakesOverLimit += 1
            return .decided(.refuse(status: 429, reason: "too many connections from this address"))
        }
        let id: String
        do {
            id = try ChargePointIdentity.read(target: request.rawTarget, below: path)
        } catch {
            return .decided(refuse(error, address, now))
        }
        switch settings.profile {
        case 1, 2: return ruleOnSecret(of: id, request, now)
        case 3: return .decided(ruleOnCertificate(of: id, request, now))
        default: return .decided(isKnown(id) ? .accept : unknown(address, now))
        }
    }

    private mutating func refuse(
        _ failure: ChargePointIdentity.Failure, _ address: String, _ now: Int64
    ) -> UpgradeDecision {
        guard addressFailures.take(address, now: now) else { return tooMany() }
        counters.badIdentities += 1
        return switch failure {
        case .wrongPath: .refuse(status: 404, reason: "charge points connect to \(path)/<identity>")
        case .missing: .refuse(status: 404, reason: "the identity is missing: \(path)/<identity>")
        case .malformed: .refuse(status: 400, reason: "the identity is not one that is taken")
        }
    }

    private mutating func unknown(_ address: String, _ now: Int64) -> UpgradeDecision {
        guard addressFailures.take(address, now: now) else { return tooMany() }
        counters.unknownIdentities += 1
        return .refuse(status: 404, reason: "unknown charge point")
    }

    private mutating func tooMany() -> UpgradeDecision {
        counters.failuresOverLimit += 1
        return .refuse(status: 429, reason: "too many failed attempts")
    }

    // MARK: Profiles 1 and 2

    private mutating func ruleOnSecret(of id: String, _ request: UpgradeRequest, _ now: Int64) -> Ruling {
        let address = request.peerAddress
        guard let entry = settings.passwords?[id] else { return .decided(unknown(address, now)) }
        let presented = BasicCredentials(header: request.authorization)?.password(of: id)
        // A key that nobody can guess needs no limit, and its charge point may sit behind an attacker's address.
        if let presented, entry.isKey, proven[id] == print(of: id, presented) {
            return .decided(.accept)
        }
        guard pairFailures.take(pair(id, address), now: now) else { return .decided(tooMany()) }
        let isSuspect = !addressFailures.take(address, now: now)
        guard let presented else {
            counters.failedAuthentications += 1
            return .decided(Self.unauthorized)
        }
        if proven[id] == print(of: id, presented) {
            forgive(id, address)
            return .decided(.accept)
        }
        return .check(id: id, entry: entry, presented: presented, isSuspect: isSuspect)
    }

    /// A secret was hashed and is right.
    mutating func prove(_ id: String, _ presented: [UInt8], from address: String) {
        proven[id] = print(of: id, presented)
        forgive(id, address)
        counters.authentications += 1
    }

    mutating func noteWrongSecret() { counters.failedAuthentications += 1 }
    mutating func noteTurnedAway() { counters.checksOverLimit += 1 }

    /// The secrets have changed: whoever connects proves itself again.
    mutating func forgetProofs() { proven = [:] }
    mutating func forgetProof(of id: String) { proven[id] = nil }

    private mutating func forgive(_ id: String, _ address: String) {
        pairFailures.forgive(pair(id, address))
    }

    private func print(of id: String, _ presented: [UInt8]) -> [UInt8] {
        fingerprint.of(Array(id.utf8) + [0] + presented)
    }

    /// Identities hold no slash.
    private func pair(_ id: String, _ address: String) -> String { "\(address)/\(id)" }

    static let unauthorized = UpgradeDecision.refuse(
        status: 401, reason: "the charge point's identity and its AuthorizationKey are needed")

    // MARK: Profile 3

    private mutating func ruleOnCertificate(
        of id: String, _ request: UpgradeRequest, _ now: Int64
    ) -> UpgradeDecision {
        guard pairFailures.take(pair(id, request.peerAddress), now: now) else { return tooMany() }
        guard let certificate = request.clientCertificate, let name = certificate.commonName else {
            counters.failedAuthentications += 1
            return .refuse(status: 403, reason: "the certificate has no common name")
        }
        if let organization = settings.clientOrganization, certificate.organization != organization {
            counters.failedAuthentications += 1
            return .refuse(status: 403, reason: "the certificate is not of this organization")
        }
        let holder = clientMap.map { $0[name] ?? $0[certificate.serialNumber] } ?? name
        guard let holder, holder.utf8.elementsEqual(id.utf8) else {
            counters.failedAuthentications += 1
            return .refuse(status: 403, reason: "the certificate is not this charge point's")
        }
        forgive(id, request.peerAddress)
        counters.authentications += 1
        return .accept
    }
}

extension PasswordFile.Entry {
    /// Whether all that it takes are keys.
    fileprivate var isKey: Bool {
        (current?.kind ?? .key) == .key && (pending?.kind ?? .key) == .key
    }
}

/// What a `Gate` has counted.
public struct GateCounters: Sendable, Equatable {
    public var handshakesOverLimit: UInt64 = 0
    public var badIdentities: UInt64 = 0
    public var unknownIdentities: UInt64 = 0
    public var authentications: UInt64 = 0
    public var failedAuthentications: UInt64 = 0
    /// Refused unseen, after too many failures.
    public var failuresOverLimit: UInt64 = 0
    /// Turned away because too much was waiting to be hashed.
    public var checksOverLimit: UInt64 = 0
}
