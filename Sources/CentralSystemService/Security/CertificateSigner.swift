import Glibc
import OCPPKit
import Synchronization
import WebEndpoints

/// Runs the command that signs certificates, one at a time for each charge point and a few in all.
///
/// The command is run by the shell with the request on its standard input and the charge point's identity in
/// `OCPPCTL_CHARGE_POINT`; what it writes is the chain. What it says on standard error goes to ours.
final class CertificateSigner: Sendable {
    private static let maximumCount = 8
    private static let timeoutMilliseconds = 60_000
    /// OCPP's limit for a chain (CertificateSigned.req).
    private static let maximumChainBytes = 10_000

    private let command: String
    private let running = Mutex<Set<String>>([])

    init(command: String) { self.command = command }

    /// - Parameter done: called once, on a thread of its own, with the chain or why there is none.
    func sign(_ id: String, _ request: String, _ done: @escaping @Sendable (Result<String, Problem>) -> Void) {
        let isTaken = running.withLock { running in
            running.count < Self.maximumCount && running.insert(id).inserted
        }
        guard isTaken else {
            return done(.failure(Problem(text: "a certificate of it, or too many, are being signed")))
        }
        let work = Work { [self] in
            let result = run(id, request)
            _ = running.withLock { $0.remove(id) }
            done(result)
        }
        if !work.start() {
            _ = running.withLock { $0.remove(id) }
            done(.failure(Problem(text: "cannot start a thread")))
        }
    }

    struct Problem: Error { let text: String }

    private func run(_ id: String, _ request: String) -> Result<String, Problem> {
        // A file without a name holds the request: a pipe could block where the command reads nothing.
        guard let input = unsafe tmpfile() else { return .failure(Problem(text: "no temporary file")) }
        defer { unsafe fclose(input) }
        let bytes = Array(request.utf8)
        guard unsafe fwrite(bytes, 1, bytes.count, input) == bytes.count, unsafe fflush(input) == 0,
            unsafe lseek(fileno(input), 0, SEEK_SET) == 0
        else { return .failure(Problem(text: "the temporary file cannot be written")) }
        var ends: [Int32] = [-1, -1]
        let opened = unsafe pipe(&ends)
        guard opened == 0 else { return .failure(Problem(text: "no pipe")) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        defer { close(ends[0]) }

        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_adddup2(&actions, fileno(input), STDIN_FILENO)
        unsafe posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO)
        // A group of its own, so that all of it can be ended; signals as a shell expects them.
        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        unsafe sigemptyset(&none)
        unsafe posix_spawnattr_setsigmask(&attributes, &none)
        var defaults = sigset_t()
        unsafe sigemptyset(&defaults)
        for number in [SIGINT, SIGTERM, SIGHUP, SIGPIPE] { unsafe sigaddset(&defaults, number) }
        unsafe posix_spawnattr_setsigdefault(&attributes, &defaults)
        let flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF
        unsafe posix_spawnattr_setflags(&attributes, Int16(flags))

        var words = unsafe cStrings(["/bin/sh", "-c", command])
        var variables = unsafe Self.environment(id)
        defer { unsafe (words + variables).forEach { unsafe free($0) } }
        var child: pid_t = 0
        let status = unsafe posix_spawn(&child, "/bin/sh", &actions, &attributes, &words, &variables)
        close(ends[1])
        guard status == 0 else {
            return .failure(Problem(text: "cannot run /bin/sh: \(unsafe String(cString: strerror(status)))"))
        }
        let output = Self.read(ends[0])
        if output == nil { kill(-child, SIGKILL) }
        var result: Int32 = 0
        while unsafe waitpid(child, &result, 0) < 0 && errno == EINTR {}
        guard let output else {
            return .failure(Problem(text: "the command took more than a minute, or wrote too much"))
        }
        guard result == 0 else { return .failure(Problem(text: "the command failed with status \(result >> 8)")) }
        guard output.contains("-----BEGIN CERTIFICATE-----") else {
            return .failure(Problem(text: "the command wrote no certificate in PEM"))
        }
        return .success(output)
    }

    /// - Returns: `nil` where there is no end within the time, or too much.
    private static func read(_ descriptor: Int32) -> String? {
        let end = WallClock.monotonicMilliseconds + Int64(timeoutMilliseconds)
        var all: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 4_096)
        while true {
            let left = end - WallClock.monotonicMilliseconds
            var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            guard left > 0 else { return nil }
            guard unsafe poll(&waiting, 1, Int32(left)) > 0 else { continue }
            let count = unsafe Glibc.read(descriptor, &block, block.count)
            if count < 0 && errno == EINTR { continue }
            if count <= 0 { return String(decoding: all, as: UTF8.self) }
            all += block[..<count]
            if all.count > maximumChainBytes { return nil }
        }
    }

    private static func environment(_ id: String) -> [UnsafeMutablePointer<CChar>?] {
        var kept = ["OCPPCTL_CHARGE_POINT=\(id)"]
        let names: [String] = ["PATH", "HOME", "LANG", "TZ"]
        for name in names {
            if let value = unsafe getenv(name) { unsafe kept.append("\(name)=\(String(cString: value))") }
        }
        return unsafe cStrings(kept)
    }
}

/// Copies that C reads, with the `nil` that ends them; the caller frees them.
private func cStrings(_ texts: [String]) -> [UnsafeMutablePointer<CChar>?] {
    var list: [UnsafeMutablePointer<CChar>?] = unsafe []
    for text in texts { unsafe list.append(strdup(text)) }
    return unsafe list + [nil]
}

/// A detached thread for one piece of work.
private final class Work: Sendable {
    private let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }

    func start() -> Bool {
        var thread = pthread_t()
        let argument = unsafe Unmanaged.passRetained(self).toOpaque()
        let status = unsafe pthread_create(
            &thread, nil,
            { argument in
                unsafe Unmanaged<Work>.fromOpaque(argument!).takeRetainedValue().body()
                return nil
            }, argument)
        guard status == 0 else {
            unsafe Unmanaged<Work>.fromOpaque(argument).release()
            return false
        }
        pthread_detach(thread)
        return true
    }
}

extension CentralSystemServer {
    /// Has a request signed, and sends what comes of it.
    func sign(_ id: String, _ request: String) {
        signer?.sign(id, request) { [loop, weak self] result in
            guard let self else { return }
            loop.post { self.assumeIsolated { $0.deliver(result, to: id) } }
        }
    }

    private func deliver(_ result: Result<String, CertificateSigner.Problem>, to id: String) {
        switch result {
        case .failure(let problem): notice("\(id): no certificate is signed: \(problem.text)")
        case .success(let chain):
            lastTicket += 1
            var payload = JSONWriter()
            payload.beginObject()
            payload.member("certificateChain", chain)
            payload.endObject()
            feed(
                .command(
                    CommandRequest(
                        ticket: lastTicket, chargePointId: id, action: "CertificateSigned", payload: payload.bytes,
                        timeoutMilliseconds: 60_000, isPatient: true)))
        }
    }
}
