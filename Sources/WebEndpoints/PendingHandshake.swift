import CLibwebsockets
import Glibc
import TransportSecurity

/// One accepted connection until its request is answered or handed on. The loop's thread only.
final class PendingHandshake {
    enum Phase {
        case securing, reading, deciding, lingering
    }

    /// What a turn of reading led to.
    enum Outcome {
        case more(DescriptorPoller.Readiness)
        /// A whole head, or what can never become one.
        case head(HTTPHead?)
        case tooLarge
        /// TLS could not be agreed on.
        case insecure(String)
        case ended
    }

    let descriptor: Int32
    let peerAddress: String
    private let tls: TLSContext?
    /// Made when the first bytes are there: who only connects costs next to nothing.
    private(set) var session: TLSSession?
    var phase: Phase
    var timer: Timer?
    /// What is asked of the poller now.
    var interest = DescriptorPoller.Readiness.read
    /// TLS only: plain text that came behind the head.
    private(set) var surplus: [UInt8] = []
    private var head: [UInt8] = []

    init(descriptor: Int32, peerAddress: String, tls: TLSContext?) {
        self.descriptor = descriptor
        self.peerAddress = peerAddress
        self.tls = tls
        phase = tls == nil ? .reading : .securing
    }

    func turn() -> Outcome {
        if phase == .securing, let tls {
            if session == nil { session = try? TLSSession(tls, descriptor: descriptor) }
            guard let session else { return .ended }
            switch session.handshake() {
            case .done: phase = .reading
            case .wantsRead: return .more(.read)
            case .wantsWrite: return .more(.write)
            case .failed(let text): return .insecure(text)
            }
        }
        return session.map { readSecured($0) } ?? readPlain()
    }

    private func readPlain() -> Outcome {
        unsafe withUnsafeTemporaryAllocation(byteCount: 4_096, alignment: 1) { buffer in
            // Look first: what follows the head must stay in the socket for libwebsockets.
            let seen = unsafe recv(descriptor, buffer.baseAddress, buffer.count, Int32(MSG_PEEK))
            if seen < 0 && (errno == EAGAIN || errno == EINTR) { return .more(.read) }
            guard seen > 0 else { return .ended }
            let before = head.count
            unsafe head.append(contentsOf: buffer[0..<seen])
            let end = HTTPHead.end(of: head, from: before - 3)
            let used = (end ?? head.count) - before
            guard unsafe recv(descriptor, buffer.baseAddress, used, 0) == used else { return .ended }
            return outcome(end)
        }
    }

    private func readSecured(_ session: TLSSession) -> Outcome {
        unsafe withUnsafeTemporaryAllocation(byteCount: 4_096, alignment: 1) { buffer in
            while true {
                switch unsafe session.read(into: buffer) {
                case .wantsRead: return .more(.read)
                case .wantsWrite: return .more(.write)
                case .ended: return .ended
                case .bytes(let count):
                    let before = head.count
                    unsafe head.append(contentsOf: buffer[0..<count])
                    let end = HTTPHead.end(of: head, from: before - 3)
                    if let end { surplus = Array(head[end...]) }
                    let result = outcome(end)
                    if case .more = result { continue }
                    return result
                }
            }
        }
    }

    private func outcome(_ end: Int?) -> Outcome {
        if let end {
            defer { head = [] }
            return .head(HTTPHead(head[..<end]))
        }
        // A TLS greeting on a plain port, for one, will never have an end.
        if let first = head.first, first < 0x20, first != 0x0D, first != 0x0A { return .head(nil) }
        guard head.count > HTTPHead.maxBytes else { return .more(.read) }
        head = []
        return .tooLarge
    }

    /// Sends what fits at once, which an answer does, and says that it was all.
    func finish(with answer: [UInt8]) {
        if let session {
            _ = unsafe answer.withUnsafeBytes { unsafe session.write($0) }
            session.shutDown()
        } else {
            _ = unsafe Glibc.send(descriptor, answer, answer.count, Int32(MSG_NOSIGNAL))
        }
        shutdown(descriptor, Int32(SHUT_WR))
        phase = .lingering
    }

    /// Throws away what still comes. False when nothing will.
    func drain() -> Bool {
        unsafe withUnsafeTemporaryAllocation(byteCount: 4_096, alignment: 1) { buffer in
            for _ in 0..<16 {
                let count = unsafe recv(descriptor, buffer.baseAddress, buffer.count, 0)
                if count > 0 { continue }
                return count < 0 && errno == EAGAIN
            }
            return true
        }
    }
}
