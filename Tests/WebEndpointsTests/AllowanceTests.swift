import Synchronization
import Testing
import WebEndpoints

/// Messages in the order in which several clients got them, all on one loop.
private final class SharedClient: WebSocketClientHandler {
    let name: String
    let events: Inbox<String>
    init(_ name: String, _ events: Inbox<String>) { (self.name, self.events) = (name, events) }
    func opened(subprotocol: String?) { events.put("\(name) opened") }
    func received(_ message: [UInt8]) { events.put("\(name) \(String(decoding: message, as: UTF8.self))") }
    func closed(reason: CloseReason) { events.put("\(name) closed") }
    func failed(_ text: String, status: Int?) { events.put("\(name) failed") }
}

@Suite(.serialized, .timeLimit(.minutes(10))) struct AllowanceTests {
    /// A flood is read at the allowed pace, whole and in order, while its neighbour is answered.
    ///
    /// Whatever the machine is busy with: the order of the answers tells, and a time that can only be too short.
    @Test func slowsAFloodAndLosesNothing() async throws {
        let recorder = RecordingServer(echoes: true)
        try await withServer(
            recorder,
            configure: {
                $0.messagesPerSecond = 100; $0.burstSeconds = 1
            }
        ) { loop, server in
            let url = "ws://127.0.0.1:\(server.boundPort)/ocpp/CP1"
            let events = Inbox<String>()
            let flood = WebSocketClient.connect(loop: loop, url: url, handler: SharedClient("flood", events))
            #expect(try await events.next() == "flood opened")
            let calm = WebSocketClient.connect(loop: loop, url: url, handler: SharedClient("calm", events))
            #expect(try await events.next() == "calm opened")
            let start = ContinuousClock.now
            let count = 250
            // The neighbour speaks once the whole flood is on its way.
            await loop.run {
                for number in 0..<count { flood.send(Array(String(number).utf8)) }
                calm.send([0x31])
            }
            var answers: [String] = []
            while answers.count < count + 1 { answers.append(try await events.next()) }
            let took = ContinuousClock.now - start
            let place = try #require(answers.firstIndex(of: "calm 1"))
            #expect(place < count, "the neighbour waited for the whole flood")
            answers.remove(at: place)
            #expect(answers == (0..<count).map { "flood \($0)" })
            // 100 at once, 150 at 100 a second.
            #expect(took > .seconds(1.2), "\(took)")
            #expect(await loop.run { server.counters }.readsPaused > 0)
            #expect(recorder.counts.withLock { $0.closed == 0 })
        }
    }

    @Test func slowsBytesToo() async throws {
        let recorder = RecordingServer(echoes: true)
        try await withServer(
            recorder,
            configure: {
                $0.bytesPerSecond = 1_000_000; $0.burstSeconds = 1
            }
        ) { loop, server in
            let handler = RecordingClient()
            let client = WebSocketClient.connect(
                loop: loop, url: "ws://127.0.0.1:\(server.boundPort)/", handler: handler)
            try await handler.events.expect(.opened("ocpp1.6"))
            let start = ContinuousClock.now
            let message = [UInt8](repeating: 0x61, count: 500_000)
            await loop.run { for _ in 0..<5 { client.send(message) } }
            for _ in 0..<5 { try await handler.events.expect(.received(message)) }
            #expect(ContinuousClock.now - start > .seconds(1.2))
        }
    }
}
