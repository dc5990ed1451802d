import Glibc
public import TransportSecurity
import WebEndpoints

/// Who is let in, and how much of each thing. The security profiles are those of the whitepaper "Improved security for
/// OCPP 1.6-J": 0 none, 1 Basic authentication, 2 that and TLS, 3 TLS with client certificates.
public struct SecuritySettings: Sendable {
    public var profile = 0
    /// Profiles 1 and 2.
    public var passwords: PasswordFile?
    /// Takes a key as hexadecimal text, and passwords that are no keys.
    public var isLenient = false
    /// Profiles 2 and 3; read again on `reload`.
    public var tlsIdentities: [TLSIdentity] = []
    /// Profile 3: the CAs of client certificates, the O that they must have, and a file of identities by CN.
    public var clientCAFile: String?
    public var clientOrganization: String?
    public var clientMapFile: String?
    /// Run by the shell for each SignCertificate: the request on its standard input, the chain on its output.
    public var signCommand: String?
    /// Peers whose `X-Forwarded-For` counts.
    public var trustedProxies: Set<String> = []
    public var limits = Limits()

    public init() {}

    public var usesTLS: Bool { profile >= 2 }

    /// The defaults never refuse a handshake that would succeed, of 5,000 charge points behind one address. 0 is no limit.
    public struct Limits: Sendable {
        /// Of one address; ten seconds of it may come at once.
        public var handshakesPerSecond = 2_000
        /// Failed authentications of one address as one identity, in a minute.
        public var failuresPerMinute = 10
        /// Failed handshakes of one address, in a minute: beyond it an unknown identity is not told from a known one, and
        /// secrets that are new here are checked after everybody else's.
        public var addressFailuresPerMinute = 120
        /// Of one connection; ten seconds of it may come at once, the rest is read more slowly.
        public var messagesPerSecond = 1_000
        public var bytesPerSecond = 1 << 20
        /// Of what one charge point has not yet read.
        public var backlogBytes = 4 << 20
        public var connections = 0
        public var pendingHandshakes = 16_384
        public var handshakeMilliseconds = 10_000
        public var halfMessageMilliseconds = 30_000

        public init() {}
    }
}

extension SecuritySettings.Limits {
    func apply(to configuration: inout WebSocketServer.Configuration) {
        configuration.maxBacklogBytes = backlogBytes
        configuration.maxConnections = connections == 0 ? nil : connections
        configuration.maxPendingHandshakes = pendingHandshakes == 0 ? Int.max : pendingHandshakes
        configuration.handshakeTimeoutMilliseconds = handshakeMilliseconds
        configuration.halfMessageTimeoutMilliseconds = halfMessageMilliseconds
        configuration.messagesPerSecond = messagesPerSecond
        configuration.bytesPerSecond = bytesPerSecond
    }
}

/// A small text file; `nil` where it cannot be read.
func readText(_ path: String) -> String? {
    guard let file = unsafe fopen(path, "re") else { return nil }
    defer { unsafe fclose(file) }
    var bytes: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 65_536)
    while true {
        let count = unsafe fread(&block, 1, block.count, file)
        bytes += block[..<count]
        if count < block.count { return unsafe ferror(file) == 0 ? String(decoding: bytes, as: UTF8.self) : nil }
    }
}
