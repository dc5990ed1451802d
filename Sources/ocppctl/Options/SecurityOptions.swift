import ArgumentParser
import CentralSystemService
import TransportSecurity

/// Who may connect to `serve`.
struct SecurityOptions: ParsableArguments {
    @Option(
        name: .customLong("security-profile"),
        help: ArgumentHelp(
            "0 nothing, 1 passwords, 2 passwords and TLS, 3 client certificates. 0 must be said beyond loopback.",
            valueName: "0|1|2|3"))
    var profile: SecurityProfile?

    @Option(
        help: ArgumentHelp(
            "The passwords' file of profiles 1 and 2; 'ocppctl passwords' writes it.", valueName: "file"),
        completion: .file())
    var passwords: String?

    @Flag(
        name: .customLong("lenient-passwords"),
        help: "Take an AuthorizationKey as hexadecimal text too, and passwords that are no keys.")
    var isLenient = false

    @Option(
        name: .customLong("tls-certificate"),
        help: ArgumentHelp(
            "The server's certificate chain, PEM; twice for one with an RSA and one with an ECDSA key.",
            valueName: "file"), completion: .file())
    var certificates: [String] = []

    @Option(
        name: .customLong("tls-key"),
        help: ArgumentHelp("The private key of each certificate, PEM, in the same order.", valueName: "file"),
        completion: .file())
    var keys: [String] = []

    @Option(
        name: .customLong("tls-client-ca"),
        help: ArgumentHelp("Profile 3: who signs the charge points' certificates, PEM.", valueName: "file"),
        completion: .file())
    var clientCA: String?

    @Option(
        name: .customLong("tls-client-organization"),
        help: ArgumentHelp("Profile 3: the organization (O) that client certificates must have.", valueName: "name"))
    var clientOrganization: String?

    @Option(
        name: .customLong("tls-client-map"),
        help: ArgumentHelp(
            "Profile 3: lines with a certificate's common name or serial number, and the identity. Without it the common name is the identity.",
            valueName: "file"), completion: .file())
    var clientMap: String?

    @Option(
        name: .customLong("sign-certificate-command"),
        help: ArgumentHelp(
            "Signs what SignCertificate brings: the request on its standard input, the chain on its standard output.",
            valueName: "command"))
    var signCommand: String?

    @Option(
        name: .customLong("trust-proxy"),
        help: ArgumentHelp(
            "A proxy whose X-Forwarded-For tells the charge point's address; repeatable.", valueName: "address"))
    var trustedProxies: [String] = []

    func validate() throws {
        let number = profile?.number ?? 0
        if number == 1 || number == 2 {
            guard passwords != nil else { throw ValidationError("--security-profile \(number) needs --passwords") }
        } else if passwords != nil || isLenient {
            throw ValidationError("--passwords and --lenient-passwords are of --security-profile 1 and 2")
        }
        if number >= 2 {
            guard !certificates.isEmpty, certificates.count == keys.count else {
                throw ValidationError(
                    "--security-profile \(number) needs --tls-certificate and --tls-key, one each or more")
            }
        } else if !certificates.isEmpty || !keys.isEmpty {
            throw ValidationError("--tls-certificate and --tls-key are of --security-profile 2 and 3")
        }
        if number == 3 {
            guard clientCA != nil else { throw ValidationError("--security-profile 3 needs --tls-client-ca") }
        } else if clientCA != nil || clientOrganization != nil || clientMap != nil {
            throw ValidationError("the --tls-client options are of --security-profile 3")
        }
    }

    func settings() throws -> SecuritySettings {
        var settings = SecuritySettings()
        settings.profile = profile?.number ?? 0
        settings.passwords = try passwords.map { path in
            do {
                return try PasswordFile(path: path)
            } catch {
                throw CommandFailure(.configuration, "\(error)")
            }
        }
        settings.isLenient = isLenient
        settings.tlsIdentities = zip(certificates, keys).map { TLSIdentity(certificateFile: $0, keyFile: $1) }
        settings.clientCAFile = clientCA
        settings.clientOrganization = clientOrganization
        settings.clientMapFile = clientMap
        settings.signCommand = signCommand
        settings.trustedProxies = Set(trustedProxies)
        return settings
    }
}

/// The security profiles of the whitepaper "Improved security for OCPP 1.6-J".
enum SecurityProfile: String, ExpressibleByArgument, CaseIterable {
    case none = "0"
    case passwords = "1"
    case tls = "2"
    case certificates = "3"

    var number: Int { SecurityProfile.allCases.firstIndex(of: self)! }
}

/// How much of each thing one peer may have of `serve`.
struct LimitOptions: ParsableArguments {
    @Option(
        name: .customLong("max-frame-bytes"),
        help: ArgumentHelp("The longest message that is taken: 1MiB, 65536.", valueName: "size"))
    var frameBytes: ByteCount = ByteCount(bytes: 1 << 20)

    @Option(
        name: .customLong("max-backlog-bytes"),
        help: ArgumentHelp("What a charge point may leave unread before it is dropped.", valueName: "size"))
    var backlogBytes = ByteCount(bytes: 4 << 20)

    @Option(
        name: .customLong("max-messages"),
        help: ArgumentHelp(
            "Messages a second of one charge point; beyond ten seconds of it, it is read more slowly. 0 is no limit.",
            valueName: "n"))
    var messages = 1_000

    @Option(
        name: .customLong("max-bytes"),
        help: ArgumentHelp("Bytes a second of one charge point, in the same way.", valueName: "size"))
    var bytes = ByteCount(bytes: 1 << 20)

    @Option(
        name: .customLong("max-handshakes"),
        help: ArgumentHelp("Connections a second of one address; ten seconds of it may come at once.", valueName: "n"))
    var handshakes = 2_000

    @Option(
        name: .customLong("max-failures"),
        help: ArgumentHelp(
            "Failed authentications a minute of one address as one charge point; 12 times that of one address in all.",
            valueName: "n"))
    var failures = 10

    @Option(
        name: .customLong("max-connections"),
        help: ArgumentHelp("Charge points at once; 0 is as many as there may be open files.", valueName: "n"))
    var connections = 0

    @Option(
        name: .customLong("max-pending"),
        help: ArgumentHelp(
            "Connections in the middle of their handshake; beyond it the oldest is dropped.", valueName: "n"))
    var pending = 16_384

    @Option(
        name: .customLong("handshake-timeout"),
        help: ArgumentHelp("How long a handshake may take.", valueName: "duration"))
    var handshakeTimeout = Duration(milliseconds: 10_000)

    @Option(
        name: .customLong("message-timeout"),
        help: ArgumentHelp("How long a message may take from its first byte to its last.", valueName: "duration"))
    var messageTimeout = Duration(milliseconds: 30_000)

    @Option(
        name: .customLong("max-json-depth"),
        help: ArgumentHelp("Levels of arrays and objects in a message.", valueName: "n"))
    var jsonDepth = 64

    func validate() throws {
        guard (1024...(1 << 30)).contains(frameBytes.bytes) else {
            throw ValidationError("--max-frame-bytes is 1KiB to 1GiB")
        }
        guard backlogBytes.bytes >= 65_536 else { throw ValidationError("--max-backlog-bytes is at least 64KiB") }
        let counts = [messages, bytes.bytes, handshakes, failures, connections, pending]
        guard counts.allSatisfy({ (0...(1 << 30)).contains($0) }) else {
            throw ValidationError("a limit is 0 to 1073741824")
        }
        guard (4...512).contains(jsonDepth) else { throw ValidationError("--max-json-depth is 4 to 512") }
        guard handshakeTimeout.milliseconds >= 100, messageTimeout.milliseconds >= 100 else {
            throw ValidationError("--handshake-timeout and --message-timeout are at least 100ms")
        }
    }

    func apply(to limits: inout SecuritySettings.Limits) {
        limits.backlogBytes = backlogBytes.bytes
        limits.messagesPerSecond = messages
        limits.bytesPerSecond = bytes.bytes
        limits.handshakesPerSecond = handshakes
        limits.failuresPerMinute = failures
        limits.addressFailuresPerMinute = failures * 12
        limits.connections = connections
        limits.pendingHandshakes = pending
        limits.handshakeMilliseconds = Int(handshakeTimeout.milliseconds)
        limits.halfMessageMilliseconds = Int(messageTimeout.milliseconds)
    }
}
