import Testing
import WebEndpoints

/// Peers that stop, break rules or flood. Raw sockets, as no client of ours would.
@Suite(.serialized, .timeLimit(.minutes(10))) struct LivenessTests {
    /// An open WebSocket without a client behind it.
    private func open(_ server: WebSocketServer, receiveBuffer: Int32? = nil) async throws -> RawSocket {
        let socket = try RawSocket(port: server.boundPort, receiveBuffer: receiveBuffer)
        try await socket.send(upgradeRequest())
        #expect(try await socket.receiveHead().hasPrefix("HTTP/1.1 101 "))
        return socket
    }

    /// Past `opened`.
    private func end(_ recorder: RecordingServer) async throws -> CloseReason? {
        while true {
            if case .closed(_, let reason) = try await recorder.events.next() { return reason }
        }
    }

    @Test func dropsASilentPeer() async throws {
        let recorder = RecordingServer()
        try await withServer(recorder, configure: { $0.pingIntervalMilliseconds = 100 }) { _, server in
            let socket = try RawSocket(port: server.boundPort)
            try await socket.send(upgradeRequest())
            let seen = try await socket.receive()
            #expect(try await end(recorder) == .timedOut)
            // One ping after the head, and no close frame.
            #expect(seen.suffix(7) == Array("\r\n\r\n".utf8) + [0x89, 1, 0x2E])
        }
    }

    @Test func keepsAPeerThatAnswers() async throws {
        let recorder = RecordingServer()
        try await withServer(recorder, configure: { $0.pingIntervalMilliseconds = 250 }) { loop, server in
            let handler = RecordingClient()
            let client = WebSocketClient.connect(
                loop: loop, url: "ws://127.0.0.1:\(server.boundPort)/", handler: handler)
            try await handler.events.expect(.opened("ocpp1.6"))
            // Four intervals.
            await withCheckedContinuation { waiter in
                loop.post { loop.schedule(afterMilliseconds: 1_000) { waiter.resume() } }
            }
            await loop.run { client.send([0x61]) }
            _ = try await recorder.events.next()
            try await recorder.events.expect(.received("a"))
        }
    }

    @Test func givesUpOnHalfAMessage() async throws {
        let recorder = RecordingServer()
        try await withServer(recorder, configure: { $0.halfMessageTimeoutMilliseconds = 50 }) { _, server in
            let fragments = try await open(server)
            try await fragments.send(frame([0x61], final: false))
            #expect(try await end(recorder) == .byUs(code: 1008))
        }
    }

    @Test func joinsFragments() async throws {
        let recorder = RecordingServer()
        try await withServer(recorder) { _, server in
            let socket = try await open(server)
            try await socket.send(
                frame(Array("[2,".utf8), final: false) + frame([], opcode: 9)
                    + frame(Array("\u{e4}".utf8.prefix(1)), opcode: 0, final: false)
                    + frame(Array("\u{e4}".utf8.suffix(1)) + [0x5D], opcode: 0))
            _ = try await recorder.events.next()
            try await recorder.events.expect(.received("[2,\u{e4}]"))
        }
    }

    @Test func answersAPingBetweenFragmentsBeforeTheMessage() async throws {
        try await withServer(RecordingServer(echoes: true)) { _, server in
            let socket = try await open(server)
            try await socket.send(
                frame([0x61], final: false) + frame([0x70], opcode: 9) + frame([0x62], opcode: 0))
            let answer = try await socket.receive { $0.count >= 7 }
            // A pong, then the echo.
            #expect(answer == [0x8A, 1, 0x70, 0x81, 2, 0x61, 0x62])
        }
    }

    struct Breach: Sendable { let bytes: [UInt8], code: UInt16 }

    @Test(arguments: [
        Breach(bytes: frame([1, 2], opcode: 2), code: 1003),
        Breach(bytes: frame([0x61, 0xFF]), code: 1007),
        Breach(bytes: frame([0xED, 0xA0, 0x80]), code: 1007),
        // A close frame's reason.
        Breach(bytes: frame([0x03, 0xE8, 0x61, 0xFF], opcode: 8), code: 1007),
        Breach(bytes: frame([0x61], claimedLength: 1_048_577), code: 1009),
        Breach(bytes: frame([0x61], claimedLength: 1 << 40), code: 1009),
        Breach(bytes: frame([0x61], claimedLength: .max), code: 1009),
    ])
    func closesWithTheRightCode(_ breach: Breach) async throws {
        let recorder = RecordingServer()
        try await withServer(recorder) { _, server in
            do {
                let socket = try await open(server)
                try await socket.send(breach.bytes)
                let answer = try await socket.receive { $0.count >= 4 }
                #expect(answer.first == 0x88)
                #expect(answer.dropFirst(2).prefix(2) == [UInt8(breach.code >> 8), UInt8(breach.code & 255)])
            }
            // Once the socket has gone: the server would wait for an answer to its close frame.
            #expect(try await end(recorder) == .byUs(code: breach.code))
        }
    }

    @Test func reportsThePeersCode() async throws {
        let recorder = RecordingServer()
        try await withServer(recorder) { _, server in
            let polite = try await open(server)
            try await polite.send(frame([0x0B, 0xB8], opcode: 8))
            #expect(try await end(recorder) == .byPeer(code: 3000))
            let talkative = try await open(server)
            try await talkative.send(frame([0x03, 0xF0] + Array("não há".utf8), opcode: 8))
            #expect(try await end(recorder) == .byPeer(code: 1008, reason: "não há"))
            let terse = try await open(server)
            try await terse.send(frame([], opcode: 8))
            #expect(try await end(recorder) == .byPeer(code: nil))
            do { _ = try await open(server) }
            #expect(try await end(recorder) == .lost)
        }
    }

    @Test func dropsAPeerThatDoesNotRead() async throws {
        let recorder = RecordingServer(onOpen: { connection in
            for _ in 0..<100 { connection.send([UInt8](repeating: 0x61, count: 1_000_000)) }
        })
        try await withServer(recorder, configure: { $0.maxBacklogBytes = 3_000_000 }) { _, server in
            let socket = try await open(server, receiveBuffer: 4_096)
            #expect(try await end(recorder) == .byUs(code: 1008))
            withExtendedLifetime(socket) {}
        }
    }

    @Test func survivesHandlersThatCloseInTheirCallbacks() async throws {
        let recorder = RecordingServer(onOpen: { connection in
            connection.send([0x61])
            connection.close(code: 4000, reason: String(repeating: "x", count: 200))
            connection.close(code: 4001, reason: "too late")
            connection.send([0x62])
        })
        try await withServer(recorder) { loop, server in
            let handler = RecordingClient()
            WebSocketClient.connect(loop: loop, url: "ws://127.0.0.1:\(server.boundPort)/", handler: handler)
            try await handler.events.expect(.opened("ocpp1.6"))
            try await handler.events.expect(.received([0x61]))
            try await handler.events.expect(.closed(.byPeer(code: 4000, reason: String(repeating: "x", count: 123))))
            #expect(try await end(recorder) == .byUs(code: 4000))
        }
    }
}
