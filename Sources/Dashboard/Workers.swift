import Dispatch
import Synchronization
import WebEndpoints

/// Threads for what blocks: reading a store, waiting for a charge point.
final class Workers: Sendable {
    private let queue = DispatchQueue(label: "dashboard-worker", attributes: .concurrent)
    private let busy = Atomic<Int>(0)
    private let limit: Int

    init(limit: Int) { self.limit = limit }

    /// Runs `work` and sends what it returns; 503 where all threads are busy.
    func answer(_ responder: HTTPResponder, _ work: @escaping @Sendable () throws -> HTTPAnswer) {
        run(orElse: { responder.answer(.status(503)) }) {
            do {
                responder.answer(try work())
            } catch {
                responder.answer(.failure("\(error)"))
            }
        }
    }

    /// Runs `work` with a writer of its own; what it throws cuts the answer off.
    func stream(
        _ responder: HTTPResponder, on loop: EventLoop, contentType: String, headers: [(name: String, value: String)],
        _ work: @escaping @Sendable (StreamWriter) throws -> Void
    ) {
        let writer = StreamWriter(responder, on: loop)
        run(orElse: { responder.answer(.status(503)) }) {
            loop.post { writer.begin(contentType: contentType, headers: headers) }
            do {
                try work(writer)
                try writer.flush()
                loop.post { responder.end() }
            } catch {
                loop.post { responder.abort() }
            }
        }
    }

    private func run(orElse refuse: () -> Void, _ work: @escaping @Sendable () -> Void) {
        guard busy.wrappingAdd(1, ordering: .relaxed).newValue <= limit else {
            busy.wrappingSubtract(1, ordering: .relaxed)
            return refuse()
        }
        queue.async { [self] in
            work()
            busy.wrappingSubtract(1, ordering: .relaxed)
        }
    }
}

/// Writes a stream from a thread that waits while the reader is slow. One thread at a time.
///
/// `@unchecked Sendable`: the buffer is the writing thread's, the rest is behind a mutex or the loop's.
final class StreamWriter: @unchecked Sendable {
    struct ReaderWent: Error {}

    private let responder: HTTPResponder
    private let loop: EventLoop
    private var buffer: [UInt8] = []
    private let room = DispatchSemaphore(value: 0)
    private let isOver = Mutex(false)

    init(_ responder: HTTPResponder, on loop: EventLoop) {
        self.responder = responder
        self.loop = loop
    }

    /// On the loop's thread.
    fileprivate func begin(contentType: String, headers: [(name: String, value: String)]) {
        responder.onClose = { [weak self] in
            self?.isOver.withLock { $0 = true }
            self?.room.signal()
        }
        responder.onDrain = { [weak self] in _ = self?.room.signal() }
        responder.begin(contentType: contentType, headers: headers)
    }

    func write(_ bytes: [UInt8]) throws {
        buffer += bytes
        if buffer.count >= 1 << 16 { try flush() }
    }

    /// Returns when all has gone out.
    func flush() throws {
        guard !buffer.isEmpty else { return }
        let bytes = buffer
        buffer = []
        loop.post { [self] in
            if !responder.write(bytes) { room.signal() }
        }
        room.wait()
        if isOver.withLock({ $0 }) { throw ReaderWent() }
    }
}

extension HTTPAnswer {
    static func json(_ bytes: [UInt8], status: Int = 200) -> HTTPAnswer {
        HTTPAnswer(status: status, contentType: "application/json", headers: PageHeaders.data, body: bytes)
    }

    /// Something did not work: the text is for people.
    static func failure(_ message: String, status: Int = 503) -> HTTPAnswer {
        var answer = HTTPAnswer.text(message + "\n", status: status)
        answer.headers += PageHeaders.data
        return answer
    }
}
