import CLibwebsockets
import Glibc
import TransportSecurity

/// A client's TCP connection and TLS handshake. The loop's thread only; it lives until `done` was called.
final class SecureConnecting {
    typealias Done = (Result<(descriptor: Int32, session: TLSSession), ConnectingSocket.Failure>) -> Void

    private let loop: EventLoop
    private let context: TLSContext
    private let serverName: String
    private var descriptor: Int32?
    private var session: TLSSession?
    private var done: Done?
    private var timer: Timer?

    init(loop: EventLoop, context: TLSContext, serverName: String, done: @escaping Done) {
        self.loop = loop
        self.context = context
        self.serverName = serverName
        self.done = done
    }

    func start(address: String, port: UInt16, timeoutMilliseconds: Int) {
        switch ConnectingSocket.begin(address: address, port: port) {
        case .failure(let failure): finish(.failure(failure))
        case .success(let descriptor):
            self.descriptor = descriptor
            timer = loop.schedule(afterMilliseconds: timeoutMilliseconds) { [weak self] in
                self?.finish(.failure(.init(text: "no TLS connection within the time")))
            }
            loop.poller.add(descriptor, .write) { [self] _ in ready(descriptor) }
        }
    }

    func cancel() {
        done = nil
        finish(.failure(.init(text: "given up")))
    }

    private func ready(_ descriptor: Int32) {
        if session == nil {
            let code = ConnectingSocket.error(descriptor)
            guard code == 0 else { return finish(.failure(.init(text: errorText(code)))) }
            do throws(TLSError) {
                session = try TLSSession(context, descriptor: descriptor, serverName: serverName)
            } catch {
                return finish(.failure(.init(text: error.description)))
            }
        }
        guard let session else { return }
        switch session.handshake() {
        case .wantsRead: loop.poller.change(descriptor, .read)
        case .wantsWrite: loop.poller.change(descriptor, .write)
        case .failed(let text): finish(.failure(.init(text: "TLS: \(text)")))
        case .done: finish(.success((descriptor, session)))
        }
    }

    private func finish(_ result: Result<(descriptor: Int32, session: TLSSession), ConnectingSocket.Failure>) {
        timer?.cancel()
        if let descriptor {
            loop.poller.remove(descriptor)
            self.descriptor = nil
            if case .failure = result { close(descriptor) }
        }
        session = nil
        let done = done
        self.done = nil
        done?(result)
    }
}

/// A door that libwebsockets, which takes no descriptor for a client, connects to: an abstract Unix socket with a name
/// that nobody can guess, open for one connection of this very process.
final class LocalDoor {
    /// As libwebsockets names it.
    let address: String
    private let loop: EventLoop
    private var descriptor: Int32
    private var abandoned: (() -> Void)?

    /// - Returns: `nil` where the system gives no socket.
    init?(loop: EventLoop) {
        self.loop = loop
        var generator = SystemRandomNumberGenerator()
        let name = "ocppctl-" + (0..<2).map { _ in String(generator.next() as UInt64, radix: 36) }.joined()
        address = "+@" + name
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        descriptor = socket(AF_UNIX, kind, 0)
        guard descriptor >= 0 else { return nil }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { path in
            unsafe path[1...].copyBytes(from: Array(name.utf8))
        }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + 1 + name.utf8.count)
        let status = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe bind(descriptor, $0, length) }
        }
        if status == 0 && listen(descriptor, 1) == 0 { return }
        Glibc.close(descriptor)
        descriptor = -1
        return nil
    }

    /// Calls `entered` once, with the connection; the door is closed then. Where nobody comes before `close`, it calls
    /// `abandoned`.
    func open(_ entered: @escaping (Int32) -> Void, abandoned: @escaping () -> Void) {
        self.abandoned = abandoned
        loop.poller.add(descriptor, .read) { [self] _ in
            guard case .connection(let connection, _) = Accepting.next(descriptor) else { return }
            guard isOurs(connection) else {
                Glibc.close(connection)
                return
            }
            self.abandoned = nil
            close()
            entered(connection)
        }
    }

    func close() {
        guard descriptor >= 0 else { return }
        loop.poller.remove(descriptor)
        Glibc.close(descriptor)
        descriptor = -1
        abandoned?()
        abandoned = nil
    }

    private func isOurs(_ connection: Int32) -> Bool {
        var peer = ocpp_ucred()
        var length = socklen_t(MemoryLayout<ocpp_ucred>.size)
        return unsafe getsockopt(connection, SOL_SOCKET, SO_PEERCRED, &peer, &length) == 0 && peer.pid == getpid()
    }
}
