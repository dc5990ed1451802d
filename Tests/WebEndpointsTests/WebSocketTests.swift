import Synchronization
import Testing
import WebEndpoints

@Suite(.serialized, .timeLimit(.minutes(10))) struct WebSocketTests {
    private func url(_ server: WebSocketServer, _ path: String = "/ocpp/CP1") -> String {
        "ws://127.0.0.1:\(server.boundPort)\(path)"
    }

    @Test func echoesInOrder() async throws {
        try await withServer(RecordingServer(echoes: true)) { loop, server in
            let handler = RecordingClient()
            let client = WebSocketClient.connect(loop: loop, url: url(server), handler: handler)
            try await handler.events.expect(.opened("ocpp1.6"))
            let messages =
                [[UInt8]("[2,\"1\",\"Heartbeat\",{}]".utf8), [], [UInt8]("ä€😀".utf8)]
                + [1_000, 1_024, 1_025, 65_536, 1_048_575].map { [UInt8](repeating: 0x61, count: $0) }
            await loop.run { for message in messages { client.send(message) } }
            for message in messages {
                let event = try await handler.events.next()
                #expect(event == .received(message))
            }
            await loop.run { client.close() }
            try await handler.events.expect(.closed(.byUs(code: 1000)))
        }
    }

    @Test func closesTooBigWith1009() async throws {
        let recorder = RecordingServer()
        try await withServer(recorder, configure: { $0.maxMessageBytes = 1_048_576 }) { loop, server in
            let handler = RecordingClient()
            let client = WebSocketClient.connect(loop: loop, url: url(server), handler: handler)
            try await handler.events.expect(.opened("ocpp1.6"))
            await loop.run { client.send([UInt8](repeating: 0x61, count: 1_048_577)) }
            try await handler.events.expect(.closed(.byPeer(code: 1009, reason: "message too big")))
            _ = try await recorder.events.next()
            try await recorder.events.expect(.closed(id: 1, .byUs(code: 1009)))
        }
    }

    @Test func holds500ConnectionsAndClosesThemWith1001() async throws {
        let recorder = RecordingServer(echoes: true)
        raiseFileDescriptorLimit()
        try await withServer(recorder) { loop, server in
            let handlers = (0..<500).map { _ in RecordingClient() }
            let clients = handlers.enumerated().map { index, handler in
                WebSocketClient.connect(loop: loop, url: url(server, "/CP\(index)"), handler: handler)
            }
            for handler in handlers { try await handler.events.expect(.opened("ocpp1.6")) }
            let open = await loop.run { server.connectionCount }
            #expect(open == 500)
            await loop.run { for client in clients { client.send([0x31]) } }
            for handler in handlers { try await handler.events.expect(.received([0x31])) }
            await loop.run { server.closeAll(reason: "bye") }
            for handler in handlers { try await handler.events.expect(.closed(.byPeer(code: 1001, reason: "bye"))) }
        }
        #expect(recorder.counts.withLock { $0.opened == 500 && $0.closed == 500 })
    }

    @Test func shutDownClosesWith1001AfterTheBacklog() async throws {
        let handler = RecordingClient()
        let big = [UInt8](repeating: 0x62, count: 1_000_000)
        let recorder = RecordingServer(onOpen: { connection in for _ in 0..<3 { connection.send(big) } })
        let loop = try EventLoop()
        try await withServer(recorder) { _, server in
            WebSocketClient.connect(loop: loop, url: url(server), handler: handler)
            try await handler.events.expect(.opened("ocpp1.6"))
        }
        for _ in 0..<3 { try await handler.events.expect(.received(big)) }
        try await handler.events.expect(.closed(.byPeer(code: 1001, reason: "shutting down")))
        #expect(recorder.counts.withLock { $0.opened == 1 && $0.closed == 1 })
        await loop.shutDown()
    }

    @Test(arguments: [400, 401, 403, 404, 503]) func reportsRefusals(status: Int) async throws {
        let recorder = RecordingServer(decide: { _ in .refuse(status: status, reason: "no") })
        try await withServer(recorder) { loop, server in
            let handler = RecordingClient()
            WebSocketClient.connect(
                loop: loop, url: url(server, "/ocpp/CP%201?x=%2F"), authorization: "Basic Zm9v", handler: handler)
            let request = try await recorder.requests.next()
            #expect(request.rawTarget == "/ocpp/CP%201?x=%2F")
            #expect(request.authorization == "Basic Zm9v")
            #expect(request.offeredSubprotocols == ["ocpp1.6"])
            #expect(request.peerAddress == "127.0.0.1")
            guard case .failed(_, let reported) = try await handler.events.next() else {
                Issue.record("not failed")
                return
            }
            #expect(reported == status)
        }
        #expect(recorder.counts.withLock { $0.opened == 0 && $0.closed == 0 })
    }

    /// Wherever else somebody is sent, his password was for the one that he asked for.
    @Test(arguments: [301, 302, 303, 307, 308]) func isNotSentElsewhere(status: Int) async throws {
        let recorder = RecordingServer()
        try await withServer(recorder) { loop, server in
            let first = try TinyHTTPServer([
                "HTTP/1.1 \(status) Elsewhere\r\nLocation: http://127.0.0.1:\(server.boundPort)/ocpp/CP1\r\n"
                    + "Content-Length: 0\r\n\r\n"
            ])
            let handler = RecordingClient()
            WebSocketClient.connect(
                loop: loop, url: "ws://127.0.0.1:\(first.port)/ocpp/CP1", authorization: "Basic Zm9v", handler: handler)
            guard case .failed(_, let reported) = try await handler.events.next() else {
                Issue.record("not failed")
                return
            }
            #expect(reported == status)
            #expect(await loop.run { server.counters.connectionsAccepted } == 0)
        }
        #expect(recorder.counts.withLock { $0.opened == 0 })
    }

    @Test func reportsWhyItCannotConnect() async throws {
        let loop = try EventLoop()
        for url in ["ws://127.0.0.1:1/x", "ws://no-such-host.invalid/x", "wss://localhost/x", "http://x", "ws://u@x/"] {
            let handler = RecordingClient()
            WebSocketClient.connect(loop: loop, url: url, handler: handler)
            guard case .failed(let text, nil) = try await handler.events.next() else {
                Issue.record("\(url) did not fail")
                continue
            }
            #expect(text.hasPrefix(url))
        }
        await loop.shutDown()
    }

    @Test func reportsAnAddressInUse() async throws {
        try await withServer(RecordingServer()) { loop, server in
            var configuration = WebSocketServer.Configuration()
            configuration.port = server.boundPort
            let second = configuration
            await #expect(throws: EndpointError.addressInUse(host: "127.0.0.1", port: server.boundPort)) {
                try await loop.run { () throws(EndpointError) in
                    try WebSocketServer(loop: loop, configuration: second, handler: RecordingServer())
                }
            }
        }
    }

    @Test(arguments: ["::1", "::", "0.0.0.0"]) func listens(host: String) async throws {
        try await withServer(RecordingServer(), configure: { $0.host = host }) { loop, server in
            let handler = RecordingClient()
            let target = host == "0.0.0.0" ? "127.0.0.1" : "[::1]"
            WebSocketClient.connect(loop: loop, url: "ws://\(target):\(server.boundPort)/a", handler: handler)
            try await handler.events.expect(.opened("ocpp1.6"))
        }
    }

    @Test func isAnExecutor() async throws {
        actor Core {
            nonisolated let loop: EventLoop
            nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }
            private var count = 0
            init(_ loop: EventLoop) { self.loop = loop }
            func add() -> Int {
                loop.checkIsolated()
                count += 1
                return count
            }
        }
        let loop = try EventLoop()
        let core = Core(loop)
        for _ in 0..<100 { _ = await core.add() }
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<100 { group.addTask { _ = await core.add() } }
        }
        let fromCallback = await loop.run { core.assumeIsolated { $0.add() } }
        #expect(fromCallback == 201)
        #expect(!loop.isCurrent)
        await loop.shutDown()
        // Late work still runs, so that an actor can finish.
        #expect(await core.add() == 202)
        await loop.shutDown()
    }

    @Test func timersRunInOrderAndCanBeCancelled() async throws {
        let loop = try EventLoop()
        let ran = Inbox<Int>()
        await loop.run {
            loop.schedule(afterMilliseconds: 60_000) { ran.put(99) }
            let cancelled = loop.schedule(afterMilliseconds: 1) { ran.put(98) }
            for delay in [30, 10, 20] { loop.schedule(afterMilliseconds: delay) { ran.put(delay) } }
            cancelled.cancel()
        }
        for delay in [10, 20, 30] { try await ran.expect(delay) }
        await loop.shutDown()
    }
}
