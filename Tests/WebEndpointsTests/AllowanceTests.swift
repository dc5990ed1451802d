import Synchronization
import Testing
import WebEndpoints

@Suite(.serialized, .timeLimit(.minutes(1))) struct AllowanceTests {
    /// A flood is read at the allowed pace, whole and in order, while its neighbour is answered at once.
    @Test func slowsAFloodAndLosesNothing() async throws {
        let recorder = RecordingServer(echoes: true)
        try await withServer(
            recorder,
            configure: {
                $0.messagesPerSecond = 500; $0.burstSeconds = 1
            }
        ) { loop, server in
            let url = "ws://127.0.0.1:\(server.boundPort)/ocpp/CP1"
            let flooder = RecordingClient(), neighbour = RecordingClient()
            let flood = WebSocketClient.connect(loop: loop, url: url, handler: flooder)
            let calm = WebSocketClient.connect(loop: loop, url: url, handler: neighbour)
            try await flooder.events.expect(.opened("ocpp1.6"))
            try await neighbour.events.expect(.opened("ocpp1.6"))
            let clock = ContinuousClock()
            let start = clock.now
            let count = 1_250
            await loop.run { for number in 0..<count { flood.send(Array(String(number).utf8)) } }
            await loop.run { calm.send([0x31]) }
            try await neighbour.events.expect(.received([0x31]))
            let neighbourTook = clock.now - start
            for number in 0..<count { try await flooder.events.expect(.received(Array(String(number).utf8))) }
            let floodTook = clock.now - start
            #expect(neighbourTook < floodTook / 2, "\(neighbourTook)")
            // 500 at once, 750 at 500 a second.
            #expect(floodTook > .seconds(1.2), "\(floodTook)")
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
