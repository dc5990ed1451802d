import CentralSystemService
import Foundation
import Glibc
import OCPPKit
import Storage
import Synchronization
import Testing
import WebEndpoints

/// A central system with a store of its own, in this process, on a free port.
final class RunningServer: Sendable {
    let folder: String
    private let state = Mutex<(server: CentralSystemServer?, url: String)>((nil, ""))
    private let nowhere: Int32
    let notices = Notices()

    final class Notices: Sendable {
        private let texts = Mutex<[String]>([])
        func add(_ text: String) { texts.withLock { $0.append(text) } }
        func contain(_ part: String) -> Bool { texts.withLock { $0.contains { $0.contains(part) } } }
    }

    var storePath: String { folder + "/store.db" }
    var controlPath: String { folder + "/control.sock" }
    /// Where charge points connect, without their identity.
    var url: String { state.withLock { $0.url } }

    init() async throws {
        folder = FileManager.default.temporaryDirectory.path + "/ocppctl-\(UUID().uuidString.prefix(8))"
        nowhere = unsafe open("/dev/null", O_WRONLY | O_CLOEXEC)
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try await start()
    }

    deinit {
        close(nowhere)
        try? FileManager.default.removeItem(atPath: folder)
    }

    func start() async throws {
        var settings = ServiceSettings(storePath: storePath, controlPath: controlPath)
        settings.port = 0
        let notices = notices
        let server = try await CentralSystemServer.start(settings, recordDescriptor: nowhere) { notices.add($0) }
        let url = await server.url
        state.withLock { $0 = (server, url) }
    }

    func stop() async { await state.withLock { $0.server }?.stop() }

    func restart() async throws {
        await stop()
        try await start()
    }

    /// Asks over the control socket, and gives all answers up to the last.
    func ask(_ request: ControlRequest) async throws -> [ControlReply] {
        let path = controlPath
        return try await blocking {
            var client = try LineClient(path: path)
            try client.send(request.line)
            var replies: [ControlReply] = []
            while true {
                guard let reply = ControlReply(line: try client.receiveLine(timeoutMilliseconds: 180_000)) else {
                    throw Unexpected(text: "no reply")
                }
                replies.append(reply)
                if case .station = reply { continue }
                return replies
            }
        }
    }

    /// What the store holds, read beside the server.
    func read<Value>(_ body: (SQLiteStoreReader) throws -> Value) throws -> Value {
        try body(SQLiteStoreReader(path: storePath))
    }
}

struct Unexpected: Error { let text: String }

/// A charge point at the other end of a WebSocket. A wait for what does not come ends with the time limit of its suite.
final class ChargePointClient: WebSocketClientHandler {
    enum Event: Sendable {
        case opened
        case frame(Frame)
        case closed(CloseReason)
        case failed(String)
    }

    private let loop: EventLoop
    private let client = Mutex<WebSocketClient?>(nil)
    private let stream: AsyncStream<Event>
    private let continuation: AsyncStream<Event>.Continuation
    private let lastId = Atomic<Int>(0)

    private init(loop: EventLoop) {
        self.loop = loop
        (stream, continuation) = AsyncStream.makeStream()
    }

    static func connect(_ server: RunningServer, _ id: String, on loop: EventLoop) async throws -> ChargePointClient {
        let station = ChargePointClient(loop: loop)
        let client = WebSocketClient.connect(loop: loop, url: "\(server.url)/\(id)", handler: station)
        station.client.withLock { $0 = client }
        guard case .opened = try await station.next() else { throw Unexpected(text: "no connection") }
        return station
    }

    func opened(subprotocol: String?) { continuation.yield(.opened) }
    func received(_ message: [UInt8]) {
        if let frame = try? Frame.read(message) { continuation.yield(.frame(frame)) }
    }
    func closed(reason: CloseReason) { continuation.yield(.closed(reason)) }
    func failed(_ text: String, status: Int?) { continuation.yield(.failed(text)) }

    func next() async throws -> Event {
        for await event in stream { return event }
        throw Unexpected(text: "nothing within the time")
    }

    func send(_ text: String) { onClient { $0.send(Array(text.utf8)) } }

    /// Ends without a word, as a power cut would.
    func drop() { onClient { $0.drop() } }

    private func onClient(_ body: @escaping @Sendable (WebSocketClient) -> Void) {
        guard let client = client.withLock({ $0 }) else { return }
        loop.post { body(client) }
    }

    /// A CALL, and the payload of its CALLRESULT.
    func ask(_ action: String, _ payload: String = "{}") async throws -> JSONNode {
        let id = "m\(lastId.add(1, ordering: .relaxed).newValue)"
        send("[2,\"\(id)\",\"\(action)\",\(payload)]")
        guard case .frame(let frame) = try await next(), frame.messageId == id, frame.kind == .callResult,
            let payload = frame.payload
        else { throw Unexpected(text: "no answer to \(action)") }
        return payload
    }

    /// Whether it is answered; false where it is closed as a second one.
    func isServed() async throws -> Bool {
        send(#"[2,"served","Heartbeat",{}]"#)
        switch try await next() {
        case .frame(let frame) where frame.messageId == "served": return true
        case .closed(let reason) where reason.code == 1008: return false
        case let other: throw Unexpected(text: "\(other)")
        }
    }

    func boot() async throws {
        _ = try await ask(
            "BootNotification", #"{"chargePointVendor":"V","chargePointModel":"M","firmwareVersion":"1.2"}"#)
    }
}

/// Runs what blocks on a thread of its own, not on one of the few that tasks share.
func blocking<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { waiter in
        Thread.detachNewThread { waiter.resume(with: Result { try work() }) }
    }
}

/// A central system, and a loop for its charge points; both end with the test.
func withServer(_ body: (RunningServer, EventLoop) async throws -> Void) async throws {
    let server = try await RunningServer()
    let loop = try EventLoop()
    do {
        try await body(server, loop)
    } catch {
        await loop.shutDown(graceMilliseconds: 200)
        await server.stop()
        throw error
    }
    await loop.shutDown(graceMilliseconds: 1_000)
    await server.stop()
}
