import Glibc
import Synchronization

struct BrokerFailure: Error, CustomStringConvertible {
    let description: String
}

/// A real mosquitto on a port and in a directory of its own, with access rules as DOJOT's broker has them: who
/// logs in as `tenant:device` may publish to `tenant:device/attrs` and read `tenant:device/config`. The user
/// `observer` reads all.
final class Broker: @unchecked Sendable {
    static let program = "/usr/sbin/mosquitto"

    let port: Int
    private let directory: String
    /// Written by the test that owns the broker only.
    private var process: pid_t = 0

    /// What differs from DOJOT's plain broker.
    enum Kind {
        case plain
        /// With the key and certificate of `certificateFile`.
        case tls
        /// Lets in nobody who gives a user name, and answers 0x80 to all subscriptions but `tenant:a/config`.
        /// mosquitto's access file does neither: it grants every subscription and delivers nothing.
        case strict
    }

    /// - Parameter isStarted: otherwise the port is chosen and nobody listens there yet.
    init(_ kind: Kind = .plain, isStarted: Bool = true) throws {
        guard unsafe access(Self.program, X_OK) == 0 else {
            throw BrokerFailure(
                description: "\(Self.program) is missing: these tests need it (Debian package mosquitto)")
        }
        var template = Array("/tmp/ocppctl-mqtt-XXXXXX".utf8CString)
        guard unsafe mkdtemp(&template) != nil else {
            throw BrokerFailure(description: "no temporary directory: errno \(errno)")
        }
        directory = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        port = try Self.freePort()
        // Left alone, a broker that root starts becomes a user who cannot read the directory.
        try write(
            """
            listener \(port) 127.0.0.1
            \(geteuid() == 0 ? "user root" : "")
            allow_anonymous true
            persistence true
            persistence_location \(directory)/
            autosave_on_changes true
            autosave_interval 1
            queue_qos0_messages true
            max_inflight_messages 0
            max_queued_messages 0
            log_dest stderr
            log_type all
            \(configuration(for: kind))

            """, to: "mosquitto.conf")
        try write(
            """
            user observer
            topic read #
            pattern write %u/attrs
            pattern read %u/config

            """, to: "acl")
        try write(
            """
            {"defaultACLAccess": {"publishClientSend": true, "publishClientReceive": true, "subscribe": false},
             "anonymousGroup": "devices", "groups": [{"groupname": "devices", "roles": [{"rolename": "own"}]}],
             "roles": [{"rolename": "own", "acls":
                [{"acltype": "subscribeLiteral", "topic": "tenant:a/config", "allow": true}]}]}

            """, to: "security.json")
        if case .tls = kind { try makeCertificate() }
        if isStarted { try start() }
    }

    deinit {
        kill()
        let names = [
            "mosquitto.conf", "acl", "security.json", "key.pem", "cert.pem", "log", "mosquitto.db",
            "mosquitto.db.new",
        ]
        for name in names { unsafe unlink(directory + "/" + name) }
        unsafe rmdir(directory)
    }

    /// Returns when the broker takes connections.
    func start() throws {
        process = try spawn(Self.program, ["-c", directory + "/mosquitto.conf"])
        let deadline = time(nil) + 180
        while !takesConnections() {
            var status: Int32 = 0
            guard unsafe waitpid(process, &status, WNOHANG) == 0, time(nil) < deadline else {
                throw BrokerFailure(description: "mosquitto does not listen on port \(port):\n\(log)")
            }
            sched_yield()
        }
    }

    /// `kill -9`, and waits for its end.
    func kill() {
        guard process > 0 else { return }
        Glibc.kill(process, SIGKILL)
        var status: Int32 = 0
        unsafe waitpid(process, &status, 0)
        process = 0
    }

    /// The system still takes connections; the broker says nothing.
    func pause() { Glibc.kill(process, SIGSTOP) }

    func resume() { Glibc.kill(process, SIGCONT) }

    var log: String {
        let file = unsafe open(directory + "/log", O_RDONLY)
        guard file >= 0 else { return "" }
        defer { close(file) }
        var text: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while case let count = unsafe read(file, &buffer, buffer.count), count > 0 { text += buffer[..<count] }
        return String(decoding: text, as: UTF8.self)
    }

    var certificateFile: String { directory + "/cert.pem" }

    /// Returns when the broker has logged the text.
    func waitForLog(_ text: String) async throws {
        let deadline = time(nil) + 180
        while !log.contains(text) {
            guard time(nil) < deadline else { throw BrokerFailure(description: "not logged: \(text)\n\(log)") }
            await Task.yield()
        }
    }

    private func configuration(for kind: Kind) -> String {
        switch kind {
        case .plain:
            "acl_file \(directory)/acl"
        case .tls:
            "acl_file \(directory)/acl\ncertfile \(certificateFile)\nkeyfile \(directory)/key.pem"
        case .strict:
            """
            plugin /usr/lib/x86_64-linux-gnu/mosquitto_dynamic_security.so
            plugin_opt_config_file \(directory)/security.json
            """
        }
    }

    private func makeCertificate() throws {
        let openssl = try spawn(
            "/usr/bin/openssl",
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                "-subj", "/CN=broker", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout",
                directory + "/key.pem", "-out", certificateFile,
            ])
        var status: Int32 = 0
        guard unsafe waitpid(openssl, &status, 0) == openssl, status == 0 else {
            throw BrokerFailure(description: "no certificate from /usr/bin/openssl (package openssl):\n\(log)")
        }
    }

    /// Starts a program whose messages go to the log.
    private func spawn(_ program: String, _ arguments: [String]) throws -> pid_t {
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_addopen(
            &actions, STDERR_FILENO, directory + "/log", O_WRONLY | O_CREAT | O_APPEND, 0o600)
        var pointers = unsafe ([program] + arguments).map { unsafe strdup($0) } + [nil]
        defer { unsafe pointers.forEach { unsafe free($0) } }
        var process: pid_t = 0
        guard unsafe posix_spawn(&process, program, &actions, nil, &pointers, environ) == 0 else {
            throw BrokerFailure(description: "cannot start \(program)")
        }
        return process
    }

    private func takesConnections() -> Bool {
        let (descriptor, result) = unsafe Self.withLoopback(port: port) { descriptor, address, size in
            unsafe connect(descriptor, address, size)
        }
        close(descriptor)
        return result == 0
    }

    private func write(_ text: String, to name: String) throws {
        let file = unsafe open(directory + "/" + name, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        let bytes = Array(text.utf8)
        guard file >= 0, unsafe Glibc.write(file, bytes, bytes.count) == bytes.count else {
            throw BrokerFailure(description: "cannot write \(directory)/\(name): errno \(errno)")
        }
        close(file)
    }

    /// Below the range from which the system gives ports to outgoing connections: one of those could otherwise
    /// take it, or even connect to itself, while no broker listens. No port is given twice in one run.
    private static func freePort() throws -> Int {
        try nextPort.withLock { next in
            for _ in 0..<1_000 {
                next = next < 32_000 ? next + 1 : 20_000
                let (descriptor, result) = unsafe withLoopback(port: next) { unsafe bind($0, $1, $2) }
                close(descriptor)
                if result == 0 { return next }
            }
            throw BrokerFailure(description: "no free port between 20000 and 32000")
        }
    }

    private static let nextPort = Mutex(Int.random(in: 20_000..<32_000))

    private static func withLoopback(
        port: Int, _ body: (Int32, UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) -> (descriptor: Int32, result: Int32) {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(port).bigEndian)
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        let result = unsafe withUnsafeBytes(of: &address) { bytes in
            unsafe body(
                descriptor, bytes.baseAddress!.assumingMemoryBound(to: sockaddr.self),
                socklen_t(MemoryLayout<sockaddr_in>.size))
        }
        return (descriptor, result)
    }
}
