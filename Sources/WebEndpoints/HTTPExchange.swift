import CLibwebsockets
import Glibc

/// One request and its answer on a connection of its own. The loop's thread only.
final class HTTPExchange {
    private let loop: EventLoop
    private let endpoint: EndpointURL
    private let timeoutMilliseconds: Int
    private var waiter: CheckedContinuation<Result<HTTPResponse, HTTPFailure>, Never>?
    private var request: [UInt8]
    private var sent = 0
    private var parser: HTTPResponseParser
    private var addresses: [String] = []
    private var descriptor: Int32?
    private var isConnected = false
    private var timer: Timer?

    init(
        loop: EventLoop, endpoint: EndpointURL, method: String, request: [UInt8], timeoutMilliseconds: Int,
        waiter: CheckedContinuation<Result<HTTPResponse, HTTPFailure>, Never>
    ) {
        self.loop = loop
        self.endpoint = endpoint
        self.request = request
        self.timeoutMilliseconds = timeoutMilliseconds
        self.waiter = waiter
        parser = HTTPResponseParser(method: method)
    }

    func start() {
        guard loop.isServing else { return finish(.failure(.unreachable("the event loop has ended"))) }
        loop.register(self)
        timer = loop.schedule(afterMilliseconds: timeoutMilliseconds) { [self] in
            finish(.failure(isConnected ? .timedOut : .unreachable("\(place): no connection within the time")))
        }
        loop.resolver.resolve(endpoint.host, on: loop) { [self] answer in
            guard waiter != nil else { return }
            switch answer {
            case .failure(let text): finish(.failure(.unreachable(text)))
            case .addresses(let list):
                addresses = list.reversed()
                connectNext("no address")
            }
        }
    }

    private var place: String { "\(bracketed(endpoint.host)):\(endpoint.port)" }

    private func connectNext(_ failure: String) {
        var failure = failure
        while let address = addresses.popLast() {
            switch ConnectingSocket.begin(address: address, port: endpoint.port) {
            case .failure(let text): failure = text.text
            case .success(let descriptor):
                self.descriptor = descriptor
                // A new connection is writeable when it is open, and both when it failed.
                loop.poller.add(descriptor, [.read, .write]) { [self] in ready($0) }
                return
            }
        }
        finish(.failure(.unreachable("\(place): \(failure)")))
    }

    private func ready(_ readiness: DescriptorPoller.Readiness) {
        guard let descriptor else { return }
        if !isConnected {
            let code = ConnectingSocket.error(descriptor)
            guard code == 0 else {
                drop()
                return connectNext(errorText(code))
            }
            isConnected = true
        }
        if sent < request.count { write(descriptor) }
        if !readiness.isDisjoint(with: [.read, .hangUp]) { read(descriptor) }
    }

    private func write(_ descriptor: Int32) {
        while sent < request.count {
            let count = unsafe request.withUnsafeBytes { bytes in
                unsafe Glibc.send(
                    descriptor, bytes.baseAddress! + sent, bytes.count - sent, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else {
                if errno == EAGAIN || errno == EINTR { return }
                // The server may have answered and closed before it read everything: that answer counts.
                sent = request.count
                break
            }
            sent += count
        }
        loop.poller.change(descriptor, .read)
    }

    private func read(_ descriptor: Int32) {
        unsafe withUnsafeTemporaryAllocation(byteCount: 65_536, alignment: 1) { buffer in
            while waiter != nil {
                let count = unsafe recv(descriptor, buffer.baseAddress, buffer.count, 0)
                if count < 0 && (errno == EAGAIN || errno == EINTR) { return }
                guard count > 0 else {
                    let whole = count == 0 ? parser.end() : nil
                    return finish(whole.map { .success($0) } ?? .failure(.cutOff))
                }
                switch unsafe parser.feed(UnsafeRawBufferPointer(rebasing: buffer[..<count])) {
                case .needsMore: continue
                case .done(let response): finish(.success(response))
                case .broken(let text): finish(.failure(.unreachable("\(place): \(text)")))
                }
            }
        }
    }

    private func drop() {
        guard let descriptor else { return }
        loop.poller.remove(descriptor)
        close(descriptor)
        self.descriptor = nil
    }

    private func finish(_ result: Result<HTTPResponse, HTTPFailure>) {
        guard let waiter else { return }
        self.waiter = nil
        timer?.cancel()
        drop()
        loop.unregister(self)
        waiter.resume(returning: result)
    }
}

extension HTTPExchange: LoopClosable {
    func closeForShutdown() { finish(.failure(.unreachable("\(place): given up, shutting down"))) }
}

/// A TCP connection in the making.
enum ConnectingSocket {
    struct Failure: Error { let text: String }

    /// - Parameter address: in digits.
    /// - Returns: a non-blocking descriptor that becomes writeable when the outcome is known.
    static func begin(address: String, port: UInt16) -> Result<Int32, Failure> {
        var hints = unsafe addrinfo()
        unsafe hints.ai_flags = AI_NUMERICHOST
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        guard unsafe getaddrinfo(address, String(port), &hints, &list) == 0, let entry = unsafe list else {
            return .failure(Failure(text: "\(address) is not an address"))
        }
        defer { unsafe freeaddrinfo(list) }
        let descriptor = unsafe socket(
            entry.pointee.ai_family,
            Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return .failure(Failure(text: errorText())) }
        setOption(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, 1)
        if unsafe connect(descriptor, entry.pointee.ai_addr, entry.pointee.ai_addrlen) != 0 && errno != EINPROGRESS {
            let text = errorText()
            close(descriptor)
            return .failure(Failure(text: text))
        }
        return .success(descriptor)
    }

    /// The pending error of a socket; 0 is none.
    static func error(_ descriptor: Int32) -> Int32 {
        var code: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        return unsafe getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &length) == 0 ? code : errno
    }
}
