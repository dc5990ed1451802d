import CLibwebsockets
import Glibc
import TransportSecurity

/// Takes connections of a listening socket and reads their opening handshake, TLS first where it is asked for, until it
/// is accepted, refused or too late. The loop's thread only.
final class HandshakeFront {
    /// The server's part.
    protocol Delegate: AnyObject {
        var handshakeTimeoutMilliseconds: Int { get }
        var maxPendingHandshakes: Int { get }
        /// How connections are secured; `nil` is plain TCP.
        var tls: TLSContext? { get }
        /// What to do with a head that has arrived.
        /// - Parameter ticket: names the request where the decision is `.later`.
        func decide(_ head: HTTPHead?, peer: HandshakePeer, ticket: UInt64) -> Verdict
        /// The descriptor now belongs to the delegate; nothing after the head has been read from it.
        func take(_ descriptor: Int32, _ accepted: AcceptedHandshake)
        func note(_ event: HandshakeEvent, from peerAddress: String)
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
        /// `settle` will tell.
        case later
    }

    private let loop: EventLoop
    private weak var delegate: (any Delegate)?
    private var listener: Int32?
    private var pending: [UInt64: PendingHandshake] = [:]
    private var lastTicket: UInt64 = 0
    /// No pending handshake has a lower ticket.
    private var oldestTicket: UInt64 = 1

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
        for ticket in Array(pending.keys) { discard(ticket) }
    }

    /// Connections in the middle of their handshake.
    var pendingCount: Int { pending.count }

    /// The decision on a request that was left for later; without effect when its peer is gone.
    func settle(_ ticket: UInt64, _ verdict: Verdict) {
        guard let entry = pending[ticket], entry.phase == .deciding else { return }
        perform(verdict, ticket, entry)
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
        guard let delegate else {
            close(descriptor)
            return
        }
        setOption(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, 1)
        delegate.note(.accepted, from: peerAddress)
        if pending.count >= delegate.maxPendingHandshakes { discardOldest() }
        lastTicket += 1
        let ticket = lastTicket
        let entry = PendingHandshake(descriptor: descriptor, peerAddress: peerAddress, tls: delegate.tls)
        guard loop.poller.add(descriptor, .read, { [weak self] in self?.ready(ticket, $0) }) else {
            close(descriptor)
            return
        }
        pending[ticket] = entry
        entry.timer = loop.schedule(afterMilliseconds: delegate.handshakeTimeoutMilliseconds) { [weak self] in
            self?.delegate?.note(.timedOut, from: peerAddress)
            self?.discard(ticket)
        }
    }

    /// Those that came last are let in: whoever says nothing has waited longest.
    private func discardOldest() {
        while oldestTicket <= lastTicket, pending[oldestTicket] == nil { oldestTicket += 1 }
        guard let entry = pending[oldestTicket] else { return }
        delegate?.note(.crowdedOut, from: entry.peerAddress)
        discard(oldestTicket)
    }

    private func ready(_ ticket: UInt64, _ readiness: DescriptorPoller.Readiness) {
        guard let entry = pending[ticket] else { return }
        switch entry.phase {
        case .lingering:
            if !entry.drain() { discard(ticket) }
        case .deciding:
            if readiness.contains(.hangUp) { discard(ticket) }
        case .securing, .reading:
            read(ticket, entry)
        }
    }

    private func read(_ ticket: UInt64, _ entry: PendingHandshake) {
        guard let delegate else { return discard(ticket) }
        switch entry.turn() {
        case .more(let interest): watch(entry, interest)
        case .ended: discard(ticket)
        case .insecure(let text):
            delegate.note(.insecure(text), from: entry.peerAddress)
            // The alert that tells the peer why is on its way.
            entry.finish(with: [])
            linger(ticket, entry)
        case .tooLarge:
            delegate.note(.malformed, from: entry.peerAddress)
            answer(ticket, entry, HandshakeRefusal(status: 431, reason: "request head too large").bytes)
        case .head(let head):
            let peer = HandshakePeer(address: entry.peerAddress, certificate: entry.session?.peerCertificate)
            entry.phase = .deciding
            perform(delegate.decide(head, peer: peer, ticket: ticket), ticket, entry)
        }
    }

    private func watch(_ entry: PendingHandshake, _ interest: DescriptorPoller.Readiness) {
        guard entry.interest != interest else { return }
        entry.interest = interest
        loop.poller.change(entry.descriptor, interest)
    }

    private func perform(_ verdict: Verdict, _ ticket: UInt64, _ entry: PendingHandshake) {
        switch verdict {
        case .later: watch(entry, [])
        case .answer(let bytes): answer(ticket, entry, bytes)
        case .accept(let accepted):
            guard let delegate else { return discard(ticket) }
            guard let session = entry.session else {
                forget(ticket)
                return delegate.take(entry.descriptor, accepted)
            }
            guard let (inner, outer) = TLSTunnel.pair() else { return discard(ticket) }
            forget(ticket)
            let tunnel = TLSTunnel(
                loop: loop, session: session, outer: entry.descriptor, inner: inner, early: entry.surplus)
            delegate.take(outer, accepted)
            tunnel.start()
        }
    }

    private func answer(_ ticket: UInt64, _ entry: PendingHandshake, _ bytes: [UInt8]) {
        entry.finish(with: bytes)
        linger(ticket, entry)
    }

    /// Waits a little for the peer to close: closing with unread input would reset the connection and could take the
    /// answer with it.
    private func linger(_ ticket: UInt64, _ entry: PendingHandshake) {
        entry.phase = .lingering
        entry.timer?.cancel()
        entry.timer = loop.schedule(afterMilliseconds: 2_000) { [weak self] in self?.discard(ticket) }
        watch(entry, .read)
        if !entry.drain() { discard(ticket) }
    }

    private func forget(_ ticket: UInt64) {
        guard let entry = pending.removeValue(forKey: ticket) else { return }
        entry.timer?.cancel()
        loop.poller.remove(entry.descriptor)
    }

    private func discard(_ ticket: UInt64) {
        guard let entry = pending[ticket] else { return }
        forget(ticket)
        close(entry.descriptor)
    }
}

/// Who asks.
struct HandshakePeer {
    /// Without port.
    var address: String
    var certificate: PeerCertificate?
}

/// What became of a connection before its request was decided on.
enum HandshakeEvent: Equatable {
    case accepted
    /// No whole request within the time.
    case timedOut
    /// Too many were in the middle of their handshake, and this one was the oldest.
    case crowdedOut
    /// TLS could not be agreed on; the text is for people.
    case insecure(String)
    case malformed
}
