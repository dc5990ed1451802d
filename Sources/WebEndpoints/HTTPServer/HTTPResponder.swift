import CLibwebsockets
import Glibc

/// How one request is answered: whole by `answer`, or as a stream by `begin`, `write` and `end`.
///
/// A responder that is let go unanswered answers 500, and one that is let go amid its stream ends the connection. `answer` may be called from any thread, everything else is for the
/// loop's thread (`@unchecked Sendable`: all state is the loop's). Once the peer is gone its methods do nothing.
public final class HTTPResponder: @unchecked Sendable {
    private enum Phase {
        case waiting, streaming, done
    }

    private let loop: EventLoop
    private let connection: HTTPServerConnection
    private let isHead: Bool
    private var phase = Phase.waiting
    private var drainIsDue = false

    /// The peer went, or read too slowly, before the answer was whole. Called once, on the loop's thread; set it in the
    /// handler, while the peer is there.
    public var onClose: (@Sendable () -> Void)?
    /// Everything that was written has gone out, and there is room for more. Called after writes, on the loop's thread,
    /// never from within one.
    public var onDrain: (@Sendable () -> Void)?

    init(loop: EventLoop, connection: HTTPServerConnection, request: HTTPServerRequest) {
        self.loop = loop
        self.connection = connection
        isHead = request.method == "HEAD"
    }

    deinit {
        // Nobody else holds it, so this reads what no thread writes any more.
        let (phase, connection, isHead) = (phase, connection, isHead)
        guard phase != .done else { return }
        loop.post {
            guard phase == .waiting else { return connection.end() }
            connection.finish(Self.bytes(of: .status(500), isHead: isHead, closes: connection.closesAfter))
        }
    }

    /// Sends the whole answer. The first one counts.
    public func answer(_ answer: HTTPAnswer) {
        guard loop.isCurrent else { return loop.post { self.answer(answer) } }
        guard phase == .waiting else { return }
        isDone()
        connection.finish(Self.bytes(of: answer, isHead: isHead, closes: connection.closesAfter))
    }

    /// Sends the head of a stream; `write` sends its parts.
    public func begin(status: Int = 200, contentType: String, headers: [(name: String, value: String)] = []) {
        loop.checkIsolated()
        guard phase == .waiting else { return }
        let head = HTTPAnswer(status: status, contentType: contentType, headers: headers)
        let bytes = Self.head(of: head, framing: ("Transfer-Encoding", "chunked"), closes: connection.closesAfter)
        if isHead {
            isDone()
            connection.finish(bytes)
        } else {
            phase = .streaming
            connection.write(bytes)
        }
    }

    /// Sends a part of the stream, at once as far as the peer takes it. What waits has a bound, beyond which the
    /// connection ends: look at `backlogBytes`, or wait for `onDrain`.
    /// - Returns: false when the peer is gone.
    @discardableResult
    public func write(_ bytes: [UInt8]) -> Bool {
        loop.checkIsolated()
        guard phase == .streaming, connection.isOpen else { return false }
        guard !bytes.isEmpty else { return true }
        drainIsDue = true
        connection.write(Array((String(bytes.count, radix: 16) + "\r\n").utf8) + bytes + Array("\r\n".utf8))
        return connection.isOpen
    }

    /// Ends the stream.
    public func end() {
        loop.checkIsolated()
        guard phase == .streaming else { return }
        isDone()
        connection.finish(Array("0\r\n\r\n".utf8))
    }

    /// Ends the connection in the middle of the stream, so that the peer knows that it did not get all.
    public func abort() {
        loop.checkIsolated()
        guard phase != .done else { return }
        isDone()
        connection.end()
    }

    /// Bytes that wait for the peer to read on.
    public var backlogBytes: Int { connection.backlogBytes }

    var isStreaming: Bool { phase == .streaming }

    func drained() {
        guard phase == .streaming, drainIsDue, onDrain != nil else { return }
        drainIsDue = false
        loop.post { [weak self] in
            if let self, phase == .streaming, connection.isOpen { onDrain?() }
        }
    }

    func peerWent() {
        guard phase != .done else { return }
        let told = onClose
        isDone()
        told?()
    }

    /// What its owner holds by the closures may go.
    private func isDone() {
        phase = .done
        onClose = nil
        onDrain = nil
    }

    static func bytes(of answer: HTTPAnswer, isHead: Bool, closes: Bool) -> [UInt8] {
        head(of: answer, framing: ("Content-Length", String(answer.body.count)), closes: closes)
            + (isHead ? [] : answer.body)
    }

    private static func head(
        of answer: HTTPAnswer, framing: (name: String, value: String), closes: Bool
    ) -> [UInt8] {
        // 204 and 304 have no body, and so no length (RFC 9110, 8.6).
        let isBare = answer.status == 204 || answer.status == 304
        var lines = ["HTTP/1.1 \(answer.status) \(HTTPStatus.reason(answer.status))"]
        let own = (isBare ? [] : [framing]) + (closes ? [("Connection", "close")] : [])
        lines += (answer.headers + own).map { "\($0.name): \(clean($0.value))" }
        return Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8)
    }

    private static func clean(_ value: String) -> String {
        String(String.UnicodeScalarView(value.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? " " : $0 }))
    }
}
