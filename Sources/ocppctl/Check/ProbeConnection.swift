import OCPPKit
import WebEndpoints

/// One connection of a probe that plays a charge point: asks one thing at a time, and waits for the answer.
final class ProbeConnection {
    enum Event: Sendable {
        case opened(subprotocol: String?)
        case failed(String, status: Int?)
        case message([UInt8])
        case closed(String)
        case timedOut(Int)
    }

    enum Answer {
        case result(FrameRecord, milliseconds: Int64)
        case error(CallFault)
        /// A text that is no frame, or no answer to what was asked.
        case nonsense(String)
        case closed(String)
        case none
    }

    struct CallFault {
        let code: String
        let description: String
    }

    private final class Handler: WebSocketClientHandler {
        let events: AsyncStream<Event>.Continuation

        init(_ events: AsyncStream<Event>.Continuation) { self.events = events }

        func opened(subprotocol: String?) { events.yield(.opened(subprotocol: subprotocol)) }
        func received(_ message: [UInt8]) { events.yield(.message(message)) }
        func closed(reason: CloseReason) { events.yield(.closed("\(reason)")) }
        func failed(_ text: String, status: Int?) { events.yield(.failed(text, status: status)) }
    }

    private let loop: EventLoop
    private let client: WebSocketClient
    private let timeout: Int64
    private let continuation: AsyncStream<Event>.Continuation
    private var iterator: AsyncStream<Event>.Iterator
    private var number = 0

    /// Starts to connect.
    init(loop: EventLoop, target: CentralSystemTarget, url: String) {
        self.loop = loop
        timeout = target.timeoutMilliseconds
        let (events, continuation) = AsyncStream.makeStream(of: Event.self)
        self.continuation = continuation
        iterator = events.makeAsyncIterator()
        client = WebSocketClient.connect(
            loop: loop, url: url, authorization: target.authorization, tls: target.tls, handler: Handler(continuation))
    }

    /// What happens next; `timedOut` where nothing does within the time.
    func next() async -> Event {
        number += 1
        let (number, continuation, milliseconds) = (number, continuation, Int(timeout))
        loop.post { [loop] in
            loop.schedule(afterMilliseconds: milliseconds) { continuation.yield(.timedOut(number)) }
        }
        while let event = await iterator.next(isolation: #isolation) {
            if case .timedOut(let other) = event, other != number { continue }
            return event
        }
        return .closed("the event loop has ended")
    }

    /// Sends a CALL and waits for its answer. What the other side asks meanwhile is refused, as a charge point may.
    func ask(_ action: String, _ payload: String) async -> Answer {
        let id = "check-\(number)"
        let sent = monotonicMilliseconds()
        send(Frame.call(id: id, action: action, payload: Array(payload.utf8)))
        while true {
            switch await next() {
            case .message(let bytes):
                guard let frame = try? Frame.read(bytes) else {
                    return .nonsense(String(decoding: bytes.prefix(200), as: UTF8.self))
                }
                if frame.kind == .call {
                    send(
                        Frame.callError(
                            id: frame.messageId, code: .notSupported, description: "ocppctl check answers nothing"))
                    continue
                }
                guard frame.messageId == id else {
                    return .nonsense("an answer with the message id \(frame.messageId), where \(id) was asked")
                }
                if let error = frame.error {
                    return .error(CallFault(code: error.code, description: error.description))
                }
                var record = FrameRecord(
                    timestamp: nil, chargePointId: nil, direction: .fromCentralSystem, frame: frame, action: action)
                record.judge()
                return .result(record, milliseconds: monotonicMilliseconds() - sent)
            case .closed(let reason): return .closed(reason)
            case .failed(let text, _): return .closed(text)
            case .timedOut: return .none
            case .opened: continue
            }
        }
    }

    func send(_ bytes: [UInt8]) { loop.post { [client] in client.send(bytes) } }

    /// Closes, and waits until the other side has.
    func close() async {
        loop.post { [client] in client.close() }
        while true {
            switch await next() {
            case .closed, .failed, .timedOut: return
            case .message, .opened: continue
            }
        }
    }
}
