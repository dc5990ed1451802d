import Synchronization
import Testing
import TransportSecurity
import WebEndpoints

@Suite(.serialized, .timeLimit(.minutes(10))) struct TLSTests {
    private func url(_ server: WebSocketServer, host: String = "localhost") -> String {
        "wss://\(host):\(server.boundPort)/ocpp/CP1"
    }

    private func withTLS(
        _ recorder: RecordingServer, server name: String = "server", clientCA: Bool = false,
        configure: @Sendable (inout WebSocketServer.Configuration) -> Void = { _ in },
        _ body: (EventLoop, WebSocketServer, Certificates) async throws -> Void
    ) async throws {
        let files = try Certificates.shared.get()
        let context = try TLSContext(
            server: [files.identity(name)], clientCAFile: clientCA ? files.ca : nil)
        try await withServer(recorder, configure: configure) { loop, server in
            await loop.run { server.tls = context }
            try await body(loop, server, files)
        }
    }

    private func connect(
        _ loop: EventLoop, _ url: String, _ context: TLSContext
    ) -> (WebSocketClient, RecordingClient) {
        let handler = RecordingClient()
        return (WebSocketClient.connect(loop: loop, url: url, tls: context, handler: handler), handler)
    }

    @Test(arguments: ["localhost", "127.0.0.1"]) func echoesInOrder(_ host: String) async throws {
        try await withTLS(RecordingServer(echoes: true)) { loop, server, files in
            let trusting = try TLSContext(clientTrusting: files.ca, identity: nil)
            let (client, handler) = connect(loop, url(server, host: host), trusting)
            try await handler.events.expect(.opened("ocpp1.6"))
            let messages =
                [[UInt8]("[2,\"1\",\"Heartbeat\",{}]".utf8), []]
                + [1_000, 16_383, 16_385, 65_536, 1_048_575].map { [UInt8](repeating: 0x61, count: $0) }
            await loop.run { for message in messages { client.send(message) } }
            for message in messages { try await handler.events.expect(.received(message)) }
            await loop.run { client.close() }
            try await handler.events.expect(.closed(.byUs(code: 1000)))
        }
    }

    @Test func closesWith1001AfterTheBacklog() async throws {
        let big = [UInt8](repeating: 0x62, count: 900_000)
        let recorder = RecordingServer(onOpen: { connection in
            connection.send(big)
            connection.send(big)
            connection.close(code: 1001, reason: "bye")
        })
        try await withTLS(recorder) { loop, server, files in
            let trusting = try TLSContext(clientTrusting: files.ca, identity: nil)
            let (_, handler) = connect(loop, url(server), trusting)
            try await handler.events.expect(.opened("ocpp1.6"))
            try await handler.events.expect(.received(big))
            try await handler.events.expect(.received(big))
            try await handler.events.expect(.closed(.byPeer(code: 1001, reason: "bye")))
        }
    }

    @Test func manyConnections() async throws {
        try await withTLS(RecordingServer(echoes: true)) { loop, server, files in
            let trusting = try TLSContext(clientTrusting: files.ca, identity: nil)
            let all = (0..<60).map { _ in connect(loop, url(server), trusting) }
            for (_, handler) in all { try await handler.events.expect(.opened("ocpp1.6")) }
            await loop.run { for (client, _) in all { client.send([0x31]) } }
            for (_, handler) in all { try await handler.events.expect(.received([0x31])) }
            await loop.run { server.closeAll(reason: "bye") }
            for (_, handler) in all { try await handler.events.expect(.closed(.byPeer(code: 1001, reason: "bye"))) }
        }
    }

    @Test func theClientRefusesAServerThatIsNotTheOne() async throws {
        try await withTLS(RecordingServer(), server: "elsewhere") { loop, server, files in
            let trusting = try TLSContext(clientTrusting: files.ca, identity: nil)
            let (_, handler) = connect(loop, url(server), trusting)
            guard case .failed(let text, nil) = try await handler.events.next() else {
                Issue.record("it connected")
                return
            }
            #expect(text.lowercased().contains("hostname mismatch"), "\(text)")
        }
        try await withTLS(RecordingServer()) { loop, server, files in
            let trusting = try TLSContext(clientTrusting: files.otherCA, identity: nil)
            let (_, handler) = connect(loop, url(server), trusting)
            guard case .failed(let text, nil) = try await handler.events.next() else {
                Issue.record("it connected")
                return
            }
            #expect(text.contains("certificate refused"), "\(text)")
        }
    }

    @Test func tellsTheClientsCertificate() async throws {
        let recorder = RecordingServer()
        try await withTLS(recorder, clientCA: true) { loop, server, files in
            let known = try TLSContext(clientTrusting: files.ca, identity: files.identity("client"))
            let (_, handler) = connect(loop, url(server), known)
            try await handler.events.expect(.opened("ocpp1.6"))
            let request = try await recorder.requests.next()
            #expect(request.clientCertificate?.commonName == "CP1")
            #expect(request.clientCertificate?.organization == "Energy")
            #expect(request.clientCertificate?.serialNumber.isEmpty == false)

            let unknown = try TLSContext(clientTrusting: files.ca, identity: nil)
            let (_, other) = connect(loop, url(server), unknown)
            guard case .failed = try await other.events.next() else {
                Issue.record("it connected without a certificate")
                return
            }
            let counters = await loop.run { server.counters }
            #expect(counters.tlsFailures == 1)
        }
    }

    @Test func plainTextOnTheSecuredPortIsNoRequest() async throws {
        let recorder = RecordingServer()
        try await withTLS(recorder) { loop, server, _ in
            let socket = try RawSocket(port: server.boundPort)
            try await socket.send(upgradeRequest())
            let answer = try await socket.receive()
            #expect(!String(decoding: answer, as: UTF8.self).contains("HTTP/1.1 101"))
            #expect(await loop.run { server.counters }.tlsFailures == 1)
        }
        #expect(recorder.counts.withLock { $0.opened == 0 })
    }

    @Test func aSecuredClientOnThePlainPortIsRefused() async throws {
        let recorder = RecordingServer()
        let files = try Certificates.shared.get()
        let trusting = try TLSContext(clientTrusting: files.ca, identity: nil)
        try await withServer(recorder) { loop, server in
            let (_, handler) = connect(loop, url(server), trusting)
            guard case .failed = try await handler.events.next() else {
                Issue.record("it connected")
                return
            }
        }
        #expect(recorder.counts.withLock { $0.opened == 0 })
    }
}
