import CLibwebsockets
import Glibc

/// Takes connections of a listening socket and reads their opening handshake, until it is accepted, refused or too
/// late. The loop's thread only.
final class HandshakeFront {
    /// The server's part.
    protocol Delegate: AnyObject {
        var handshakeTimeoutMilliseconds: Int { get }
        /// What to do with a head that has arrived.
        func decide(_ head: HTTPHead?, peerAddress: String) -> Verdict
        /// The descriptor now belongs to the delegate; nothing after the head has been read from it.
        func take(_ descriptor: Int32, _ accepted: AcceptedHandshake)
    }

    struct AcceptedHandshake {
        var request: UpgradeRequest
        var key: String
        var subprotocol: String?
    }

    enum Verdict {
        case accept(AcceptedHandshake)
        /// Send this and close.
        case answer([UInt8])
    }

    private final class Pending {
        let peerAddress: String
        var head: [UInt8] = []
        var timer: Timer?
        var isLingering = false
        init(peerAddress: String) { self.peerAddress = peerAddress }
    }

    private let loop: EventLoop
    private weak var delegate: (any Delegate)?
    private var listener: Int32?
    private var pending: [Int32: Pending] = [:]

    init(loop: EventLoop, listener: ListeningSocket) {
        self.loop = loop
        self.listener = listener.descriptor
    }

    func start(_ delegate: any Delegate) {
        self.delegate = delegate
        watchListener()
    }

    /// Closes the listening socket and what is in the middle of its handshake.
    func stop() {
        if let listener {
            loop.poller.remove(listener)
            close(listener)
        }
        listener = nil
        for descriptor in Array(pending.keys) { discard(descriptor) }
    }

    private func watchListener() {
        guard let listener else { return }
        loop.poller.add(listener, .read) { [weak self] _ in self?.acceptAll() }
    }

    private func acceptAll() {
        guard let listener else { return }
        // A bound, so that a flood of connections leaves room for the others' messages.
        for _ in 0..<64 {
            switch Accepting.next(listener) {
            case .connection(let descriptor, let peerAddress): begin(descriptor, peerAddress)
            case .nothing: return
            case .exhausted:
                loop.poller.remove(listener)
                loop.schedule(afterMilliseconds: 100) { [weak self] in self?.watchListener() }
                return
            }
        }
    }

    private func begin(_ descriptor: Int32, _ peerAddress: String) {
        setOption(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, 1)
        let entry = Pending(peerAddress: peerAddress)
        guard loop.poller.add(descriptor, .read, { [weak self] _ in self?.readable(descriptor) }) else {
            close(descriptor)
            return
        }
        pending[descriptor] = entry
        entry.timer = loop.schedule(afterMilliseconds: delegate?.handshakeTimeoutMilliseconds ?? 10_000) {
            [weak self] in self?.discard(descriptor)
        }
    }

    private func readable(_ descriptor: Int32) {
        guard let entry = pending[descriptor] else { return }
        if entry.isLingering {
            drain(descriptor)
            return
        }
        unsafe withUnsafeTemporaryAllocation(byteCount: 4_096, alignment: 1) { buffer in
            // Look first: what follows the head must stay in the socket for libwebsockets.
            let seen = unsafe recv(descriptor, buffer.baseAddress, buffer.count, Int32(MSG_PEEK))
            if seen < 0 && (errno == EAGAIN || errno == EINTR) { return }
            guard seen > 0 else { return discard(descriptor) }
            let before = entry.head.count
            unsafe entry.head.append(contentsOf: buffer[0..<seen])
            let end = HTTPHead.end(of: entry.head, from: before - 3)
            let used = (end ?? entry.head.count) - before
            guard unsafe recv(descriptor, buffer.baseAddress, used, 0) == used else { return discard(descriptor) }
            if let end {
                complete(descriptor, entry, HTTPHead(entry.head[..<end]))
            } else if entry.head.count > HTTPHead.maxBytes {
                answer(descriptor, entry, HandshakeRefusal(status: 431, reason: "request head too large").bytes)
            }
        }
    }

    private func complete(_ descriptor: Int32, _ entry: Pending, _ head: HTTPHead?) {
        entry.head = []
        guard let delegate else { return discard(descriptor) }
        switch delegate.decide(head, peerAddress: entry.peerAddress) {
        case .answer(let bytes): answer(descriptor, entry, bytes)
        case .accept(let accepted):
            forget(descriptor)
            delegate.take(descriptor, accepted)
        }
    }

    /// Sends what fits at once, which an answer does, and waits a little for the peer to close: closing with unread
    /// input would reset the connection and could take the answer with it.
    private func answer(_ descriptor: Int32, _ entry: Pending, _ bytes: [UInt8]) {
        _ = unsafe Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
        shutdown(descriptor, Int32(SHUT_WR))
        entry.isLingering = true
        entry.timer?.cancel()
        entry.timer = loop.schedule(afterMilliseconds: 2_000) { [weak self] in self?.discard(descriptor) }
        drain(descriptor)
    }

    private func drain(_ descriptor: Int32) {
        unsafe withUnsafeTemporaryAllocation(byteCount: 4_096, alignment: 1) { buffer in
            for _ in 0..<16 {
                let count = unsafe recv(descriptor, buffer.baseAddress, buffer.count, 0)
                if count > 0 { continue }
                if count == 0 || errno != EAGAIN { discard(descriptor) }
                return
            }
        }
    }

    private func forget(_ descriptor: Int32) {
        pending.removeValue(forKey: descriptor)?.timer?.cancel()
        loop.poller.remove(descriptor)
    }

    private func discard(_ descriptor: Int32) {
        guard pending[descriptor] != nil else { return }
        forget(descriptor)
        close(descriptor)
    }
}
