import CLibwebsockets
import Glibc
import TransportSecurity

/// One connection of an `HTTPServer`: reads requests, one at a time, and writes what their responders say. The loop's
/// thread only.
final class HTTPServerConnection: @unchecked Sendable {
    private enum Phase {
        case securing
        /// Waits for a request, or for the rest of one.
        case reading
        /// A request is being answered.
        case answering
        /// All is said; what still comes is thrown away until the peer closes, as closing with unread input would reset
        /// the connection and could take the answer with it.
        case lingering
    }

    private let server: HTTPServer
    private let descriptor: Int32
    private let peerAddress: String
    private var session: TLSSession?
    private var reader: HTTPRequestReader
    private var phase: Phase
    private(set) var isOpen = true
    /// When patience ends, in milliseconds of the monotonic clock.
    private(set) var deadline: UInt64?
    /// The request that is being answered is the last one.
    private(set) var closesAfter = false
    private var output: [UInt8] = []
    /// How much of `output` has gone out.
    private var sent = 0
    /// What was handed over is the end of the answer.
    private var isLastOutput = false
    private weak var responder: HTTPResponder?
    /// The peer will send no more.
    private var inputEnded = false
    private var wantsToWriteForReading = false
    private var interest: DescriptorPoller.Readiness = []
    /// Keeps `turn` from being entered by what it calls.
    private var isTurning = false

    init(server: HTTPServer, descriptor: Int32, peerAddress: String) {
        self.server = server
        self.descriptor = descriptor
        self.peerAddress = peerAddress
        reader = HTTPRequestReader(maxBodyBytes: server.limits.maxBodyBytes)
        phase = server.tls == nil ? .reading : .securing
    }

    /// Whether it could be ended without anybody missing an answer.
    var isIdle: Bool { phase == .lingering || phase == .reading && !reader.isMidRequest }
    var backlogBytes: Int { output.count - sent }

    func start() {
        setDeadline(server.tls == nil ? server.limits.idleMilliseconds : server.limits.requestMilliseconds)
        watch()
    }

    // MARK: What responders say

    /// More of an answer.
    func write(_ bytes: [UInt8]) {
        guard isOpen, phase == .answering else { return }
        let hadBacklog = backlogBytes > 0
        output += bytes
        if backlogBytes > server.limits.maxBacklogBytes, hadBacklog { return end() }
        if !hadBacklog { setDeadline(server.limits.writeMilliseconds) }
        turn()
    }

    /// The rest of an answer, of any size.
    func finish(_ bytes: [UInt8]) {
        guard isOpen, phase == .answering, !isLastOutput else { return }
        if backlogBytes == 0 { setDeadline(server.limits.writeMilliseconds) }
        output += bytes
        isLastOutput = true
        turn()
    }

    // MARK: Turns

    /// Does what can be done now, and says what to wait for.
    private func turn() {
        guard isOpen, !isTurning else { return }
        isTurning = true
        unsafe withUnsafeTemporaryAllocation(byteCount: 16_384, alignment: 16) { space in
            // A bound, so that one client leaves room for the others.
            var turns = 0
            while isOpen, phase != .securing || secure() {
                let wrote = flush()
                let took = process()
                let got = unsafe read(into: space)
                guard wrote || took || got else { break }
                turns += 1
                guard turns < 16 else {
                    // What was read already will not be announced again.
                    server.loop.post { self.turn() }
                    break
                }
            }
        }
        isTurning = false
        if isOpen { watch() }
    }

    private func secure() -> Bool {
        if session == nil, let tls = server.tls {
            session = try? TLSSession(tls, descriptor: descriptor)
        }
        guard let session else {
            end()
            return false
        }
        wantsToWriteForReading = false
        switch session.handshake() {
        case .done:
            phase = .reading
            setDeadline(server.limits.idleMilliseconds)
            return true
        case .wantsRead: return false
        case .wantsWrite:
            wantsToWriteForReading = true
            return false
        case .failed:
            // The alert that tells the peer why is on its way.
            linger()
            return false
        }
    }

    /// - Returns: whether an answer became whole, so that there may be something to process.
    private func flush() -> Bool {
        guard phase == .answering else { return false }
        while sent < output.count {
            let count = unsafe output.withUnsafeBytes { bytes in
                unsafe send(UnsafeRawBufferPointer(rebasing: bytes[sent...]))
            }
            guard let count else {
                end()
                return false
            }
            guard count > 0 else { break }
            sent += count
            setDeadline(server.limits.writeMilliseconds)
        }
        guard sent == output.count else {
            if sent > 1 << 16, sent > output.count / 2 {
                output.removeFirst(sent)
                sent = 0
            }
            return false
        }
        output = []
        sent = 0
        guard isLastOutput else {
            deadline = nil
            responder?.drained()
            return false
        }
        isLastOutput = false
        if closesAfter || inputEnded {
            linger()
            return false
        }
        phase = .reading
        setDeadline(reader.isMidRequest ? server.limits.requestMilliseconds : server.limits.idleMilliseconds)
        return true
    }

    /// - Returns: how much went out; 0 when the peer has to read first, `nil` when it is gone.
    private func send(_ bytes: UnsafeRawBufferPointer) -> Int? {
        if let session {
            return switch unsafe session.write(bytes) {
            case .bytes(let count): count
            case .wantsRead, .wantsWrite: 0
            case .ended: nil
            }
        }
        while true {
            let count = unsafe Glibc.send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
            if count >= 0 { return count }
            if errno == EINTR { continue }
            return errno == EAGAIN ? 0 : nil
        }
    }

    /// Takes the next request out of what was read.
    private func process() -> Bool {
        guard phase == .reading else { return false }
        switch reader.next() {
        case .needsMore:
            if inputEnded { end() }
            return false
        case .expectsContinue:
            // A few bytes on a socket to which nothing else waits: they fit.
            let interim = Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)
            if unsafe interim.withUnsafeBytes({ unsafe send($0) }) != interim.count { end() }
            return false
        case .refusal(let status):
            closesAfter = true
            phase = .answering
            finish(HTTPResponder.bytes(of: .status(status), isHead: false, closes: true))
            return true
        case .request(var request, let closes):
            request.peerAddress = peerAddress
            request.isSecure = session != nil
            closesAfter = closes
            phase = .answering
            deadline = nil
            let responder = HTTPResponder(loop: server.loop, connection: self, request: request)
            self.responder = responder
            server.handler(request, responder)
            return true
        }
    }

    private var mayRead: Bool {
        guard !inputEnded else { return false }
        // Requests that came early wait in the socket.
        return phase != .answering || reader.bufferedBytes < HTTPHead.maxBytes
    }

    private func read(into space: UnsafeMutableRawBufferPointer) -> Bool {
        guard isOpen, phase != .securing, mayRead else { return false }
        wantsToWriteForReading = false
        var count = 0
        if let session, phase != .lingering {
            switch unsafe session.read(into: space) {
            case .bytes(let number): count = number
            case .wantsRead: return false
            case .wantsWrite:
                wantsToWriteForReading = true
                return false
            case .ended: break
            }
        } else {
            count = unsafe recv(descriptor, space.baseAddress, space.count, 0)
            if count < 0 && (errno == EAGAIN || errno == EINTR) { return false }
        }
        guard count > 0 else {
            ended()
            return false
        }
        guard phase != .lingering else { return true }
        let begins = phase == .reading && !reader.isMidRequest
        unsafe reader.append(space[..<count])
        if begins { setDeadline(server.limits.requestMilliseconds) }
        return true
    }

    /// The peer has said all. One that only closed its own half still gets the answer to what it asked; the reader of a
    /// stream is gone.
    private func ended() {
        inputEnded = true
        if phase != .answering || responder?.isStreaming == true { end() }
    }

    // MARK: Waiting

    private func watch() {
        var wanted: DescriptorPoller.Readiness = []
        if mayRead { wanted.insert(.read) }
        if backlogBytes > 0 || wantsToWriteForReading { wanted.insert(.write) }
        if wanted != interest {
            // A descriptor of which nothing is wanted leaves the poller, or its end would be told again and again.
            if wanted.isEmpty {
                server.loop.poller.remove(descriptor)
            } else if !interest.isEmpty {
                server.loop.poller.change(descriptor, wanted)
            } else if !server.loop.poller.add(descriptor, wanted, { [self] _ in turn() }) {
                return end()
            }
            interest = wanted
        }
        // OpenSSL may hold plain text that no event will announce.
        if wanted.contains(.read), session?.hasPending == true { server.loop.post { self.turn() } }
    }

    private func setDeadline(_ milliseconds: Int) { deadline = monotonicMilliseconds() + UInt64(milliseconds) }

    /// The server's timer says that patience has ended.
    func timeIsUp() {
        guard phase == .reading, reader.isMidRequest else { return end() }
        closesAfter = true
        phase = .answering
        finish(HTTPResponder.bytes(of: .status(408), isHead: false, closes: true))
    }

    private func linger() {
        phase = .lingering
        session?.shutDown()
        shutdown(descriptor, Int32(SHUT_WR))
        if inputEnded { return end() }
        setDeadline(2_000)
    }

    func end() {
        guard isOpen else { return }
        isOpen = false
        server.loop.poller.remove(descriptor)
        close(descriptor)
        output = []
        sent = 0
        server.ended(self)
        responder?.peerWent()
    }
}
