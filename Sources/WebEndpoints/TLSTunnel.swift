import CLibwebsockets
import Glibc
import TransportSecurity

/// Carries one TLS connection's plain text to and from a local socket, which libwebsockets takes for the connection.
///
/// So the opening handshake of `wss://` is read by the same code as that of `ws://`, libwebsockets gets no certificate
/// to parse and no HTTP of strangers, and TLS is in one room. It costs two descriptors and a copy a message. The
/// loop's thread only; it lives until either side has ended.
final class TLSTunnel {
    private static let chunkBytes = 16_384
    private static let lingerMilliseconds = 1_000
    /// How long a peer may take to read what was sent before the end.
    private static let lastWordsMilliseconds = 5_000

    private let loop: EventLoop
    private let session: TLSSession
    private let outer: Int32
    private let inner: Int32
    /// What one side sent and the other has not taken yet: at most a chunk each.
    private var inbound: [UInt8]
    private var outbound: [UInt8] = []
    private var outerHasEnded = false
    private var innerHasEnded = false
    private var readWantsWrite = false
    private var isOver = false
    private var outerInterest: DescriptorPoller.Readiness = []
    private var innerInterest: DescriptorPoller.Readiness = []

    /// Starts carrying. Both descriptors are the tunnel's from now on.
    ///
    /// - Parameters:
    ///   - outer: the connection of `session`, watched by nobody.
    ///   - inner: this end of a connected pair.
    ///   - early: plain text that was read before.
    init(loop: EventLoop, session: TLSSession, outer: Int32, inner: Int32, early: [UInt8]) {
        self.loop = loop
        self.session = session
        self.outer = outer
        self.inner = inner
        inbound = early
    }

    func start() {
        loop.register(self)
        turn()
    }

    /// A connected pair of local sockets.
    static func pair() -> (inner: Int32, outer: Int32)? {
        var ends: [Int32] = [-1, -1]
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        guard unsafe socketpair(AF_UNIX, kind, 0, &ends) == 0 else { return nil }
        return (ends[0], ends[1])
    }

    private func turn() {
        guard !isOver else { return }
        unsafe withUnsafeTemporaryAllocation(byteCount: Self.chunkBytes, alignment: 16) { buffer in
            // A bound, so that one connection's flood leaves room for the others; what TLS holds back is fetched later.
            for _ in 0..<16 {
                let moved = unsafe carryIn(buffer)
                let answered = unsafe carryOut(buffer)
                if isOver || !(moved || answered) { break }
            }
        }
        if !isOver { watch() }
    }

    /// From the peer to libwebsockets.
    private func carryIn(_ buffer: UnsafeMutableRawBufferPointer) -> Bool {
        var moved = false
        if inbound.isEmpty && !outerHasEnded {
            readWantsWrite = false
            switch unsafe session.read(into: buffer) {
            case .bytes(let count):
                unsafe inbound.append(contentsOf: buffer[0..<count])
                moved = true
            case .wantsRead: break
            case .wantsWrite: readWantsWrite = true
            case .ended: outerHasEnded = true
            }
        }
        if !inbound.isEmpty {
            let count = unsafe Glibc.send(inner, inbound, inbound.count, Int32(MSG_NOSIGNAL))
            if count > 0 {
                inbound.removeFirst(count)
                moved = true
            } else if errno != EAGAIN && errno != EINTR {
                // libwebsockets has closed: what it sent before still goes out.
                inbound = []
                outerHasEnded = true
            }
        }
        if outerHasEnded && inbound.isEmpty { shutdown(inner, Int32(SHUT_WR)) }
        return moved
    }

    /// From libwebsockets to the peer.
    private func carryOut(_ buffer: UnsafeMutableRawBufferPointer) -> Bool {
        var moved = false
        if outbound.isEmpty && !innerHasEnded {
            let count = unsafe recv(inner, buffer.baseAddress, buffer.count, 0)
            if count > 0 {
                unsafe outbound.append(contentsOf: buffer[0..<count])
                moved = true
            } else if count == 0 || (errno != EAGAIN && errno != EINTR) {
                innerHasEnded = true
                loop.schedule(afterMilliseconds: Self.lastWordsMilliseconds) { [weak self] in self?.end() }
            }
        }
        if !outbound.isEmpty {
            switch unsafe outbound.withUnsafeBytes({ bytes in unsafe session.write(bytes) }) {
            case .bytes(let count):
                outbound.removeFirst(count)
                moved = true
            case .wantsRead, .wantsWrite: break
            case .ended:
                outbound = []
                end()
                return false
            }
        }
        if innerHasEnded && outbound.isEmpty { sayGoodbye() }
        return moved
    }

    private func watch() {
        var outerWanted: DescriptorPoller.Readiness = []
        if inbound.isEmpty && !outerHasEnded { outerWanted.insert(.read) }
        if !outbound.isEmpty || readWantsWrite { outerWanted.insert(.write) }
        var innerWanted: DescriptorPoller.Readiness = []
        if outbound.isEmpty && !innerHasEnded { innerWanted.insert(.read) }
        if !inbound.isEmpty { innerWanted.insert(.write) }
        watch(outer, outerWanted, &outerInterest)
        watch(inner, innerWanted, &innerInterest)
        // OpenSSL may hold plain text that no event will announce.
        if outerWanted.contains(.read), session.hasPending { loop.post { self.turn() } }
    }

    /// A descriptor of which nothing is wanted leaves the poller, or its end would be told again and again.
    private func watch(
        _ descriptor: Int32, _ wanted: DescriptorPoller.Readiness, _ current: inout DescriptorPoller.Readiness
    ) {
        guard wanted != current else { return }
        if wanted.isEmpty {
            loop.poller.remove(descriptor)
        } else if current.isEmpty {
            loop.poller.add(descriptor, wanted) { [self] _ in turn() }
        } else {
            loop.poller.change(descriptor, wanted)
        }
        current = wanted
    }

    /// Closing with unread input would reset the connection and could take the last words with it.
    private func sayGoodbye() {
        guard !isOver else { return }
        isOver = true
        session.shutDown()
        shutdown(outer, Int32(SHUT_WR))
        loop.poller.remove(inner)
        loop.poller.remove(outer)
        close(inner)
        Lingering.close(outer, on: loop, milliseconds: Self.lingerMilliseconds)
        loop.unregister(self)
    }

    private func end() {
        guard !isOver else { return }
        isOver = true
        loop.poller.remove(inner)
        loop.poller.remove(outer)
        close(inner)
        close(outer)
        loop.unregister(self)
    }
}

// Work that is posted comes back to the loop's thread.
extension TLSTunnel: @unchecked Sendable {}

extension TLSTunnel: LoopClosable {
    /// Nothing: it ends with the WebSocket that it carries, after its last words.
    func closeForShutdown() {}
}

/// Sockets that have said all, kept until the peer closes or a time has passed.
enum Lingering {
    static func close(_ descriptor: Int32, on loop: EventLoop, milliseconds: Int) {
        // The poller knows the descriptor as long as it is open here.
        let timer = loop.schedule(afterMilliseconds: milliseconds) {
            loop.poller.remove(descriptor)
            Glibc.close(descriptor)
        }
        loop.poller.add(descriptor, .read) { _ in
            var rest = [UInt8](repeating: 0, count: 4_096)
            for _ in 0..<16 {
                let count = unsafe recv(descriptor, &rest, rest.count, 0)
                if count > 0 { continue }
                if count < 0 && errno == EAGAIN { return }
                timer.cancel()
                loop.poller.remove(descriptor)
                Glibc.close(descriptor)
                return
            }
        }
    }
}
