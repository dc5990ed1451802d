import Synchronization
import Testing
import WebEndpoints

/// What no well-behaved client sends.
@Suite(.serialized, .timeLimit(.minutes(10))) struct HandshakeTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let request: String
        let status: String
        var testDescription: String { name }
    }

    static let refused: [Case] = [
        Case(name: "plain GET", request: "GET /x HTTP/1.1\r\nHost: a\r\n\r\n", status: "426"),
        Case(
            name: "POST with body", request: "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc", status: "405"
        ),
        Case(name: "CONNECT", request: "CONNECT /x HTTP/1.1\r\nHost: a\r\n\r\nraw bytes", status: "405"),
        Case(name: "CONNECT with upgrade", request: upgradeRequest(method: "CONNECT"), status: "405"),
        Case(name: "h2c", request: upgradeRequest(upgrade: "h2c", extra: ["HTTP2-Settings: AAMAAABk"]), status: "426"),
        Case(name: "h2 preface", request: "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", status: "400"),
        Case(name: "foobar", request: upgradeRequest(upgrade: "foobar"), status: "426"),
        Case(name: "no upgrade", request: upgradeRequest(upgrade: nil), status: "426"),
        Case(name: "version 8", request: upgradeRequest(version: "8"), status: "426"),
        Case(name: "HTTP/1.0", request: "GET / HTTP/1.0\r\n\r\n", status: "400"),
        Case(
            name: "two credentials",
            request: upgradeRequest(extra: ["Authorization: Basic YQ==", "Authorization: Basic Yg=="]), status: "400"),
        Case(
            name: "two keys", request: upgradeRequest(extra: ["Sec-WebSocket-Key: AQIDBAUGBwgJCgsMDQ4PEA=="]),
            status: "400"),
        Case(name: "a body", request: upgradeRequest(extra: ["Content-Length: 5"]) + "hello", status: "400"),
        Case(name: "chunked", request: upgradeRequest(extra: ["Transfer-Encoding: chunked"]), status: "400"),
        Case(name: "folded header", request: upgradeRequest(extra: ["X: a", " b"]), status: "400"),
        Case(name: "header without colon", request: upgradeRequest(extra: ["nonsense"]), status: "400"),
        Case(name: "space before colon", request: upgradeRequest(extra: ["Authorization : x"]), status: "400"),
        Case(name: "NUL in header", request: upgradeRequest(extra: ["X: a\0b"]), status: "400"),
        Case(name: "space in target", request: upgradeRequest("/a b"), status: "400"),
        Case(name: "bytes above 127 in target", request: upgradeRequest("/\u{e9}"), status: "400"),
        Case(name: "absolute target", request: upgradeRequest("http://a/b"), status: "400"),
        Case(name: "fragment", request: upgradeRequest("/a#b"), status: "400"),
        Case(name: "empty lines", request: "\r\n\r\n\r\n", status: "400"),
        Case(
            name: "endless head", request: "GET / HTTP/1.1\r\nX: " + String(repeating: "a", count: 20_000),
            status: "431"),
    ]

    @Test(arguments: refused) func refuses(_ example: Case) async throws {
        let recorder = RecordingServer()
        try await withServer(recorder) { _, server in
            let socket = try RawSocket(port: server.boundPort)
            try await socket.send(example.request)
            let answer = try await socket.receiveText()
            #expect(answer.hasPrefix("HTTP/1.1 \(example.status) "), "\(answer)")
            #expect(answer.contains("Connection: close\r\n"))
        }
        #expect(recorder.counts.withLock { $0.opened == 0 && $0.closed == 0 })
    }

    /// Neither decoded nor normalised: what an identity means is the handler's to decide.
    @Test(arguments: [
        "/ocpp/CP%201", "/ocpp/EVIL%2FCP2", "/ocpp/a/../CP2", "/ocpp/CP+2", "/ocpp/CP;x", "/ocpp/CP%0D%0AX", "/%FF",
        "//x//", "/ocpp/CP2/", "/?a=b&c=%20", "/" + String(repeating: "a", count: 1_000),
    ])
    func keepsTheTarget(_ target: String) async throws {
        let recorder = RecordingServer()
        try await withServer(recorder) { _, server in
            let socket = try RawSocket(port: server.boundPort)
            try await socket.send(upgradeRequest(target))
            #expect(try await socket.receiveHead().hasPrefix("HTTP/1.1 101 "))
            try await recorder.events.expect(.opened(id: 1, target: target, subprotocol: "ocpp1.6"))
        }
    }

    @Test func answersTheKeyAndOneSubprotocol() async throws {
        let recorder = RecordingServer(echoes: true)
        try await withServer(recorder, configure: { $0.subprotocols = ["ocpp2.0.1", "ocpp1.6"] }) { _, server in
            let socket = try RawSocket(port: server.boundPort)
            let many = (0..<60).map { "x\($0)" }.joined(separator: ", ")
            // The first frame comes with the request, as impatient stations send it.
            try await socket.send(Array(upgradeRequest(subprotocol: many + " ,ocpp1.6").utf8) + frame([0x61]))
            let answer = try await socket.receive { $0.suffix(3) == [0x81, 1, 0x61] }
            let head = String(decoding: answer.dropLast(3), as: UTF8.self).lowercased()
            #expect(head.contains("sec-websocket-accept: s3pplmbitxaq9kygzzhzrbk+xoo="))
            #expect(head.contains("sec-websocket-protocol: ocpp1.6\r\n"))
            try await recorder.events.expect(.opened(id: 1, target: "/ocpp/CP1", subprotocol: "ocpp1.6"))
        }
    }

    @Test func acceptsARequestInPieces() async throws {
        let recorder = RecordingServer()
        try await withServer(recorder) { _, server in
            let socket = try RawSocket(port: server.boundPort)
            for byte in upgradeRequest().utf8 { try await socket.send([byte]) }
            #expect(try await socket.receiveHead().hasPrefix("HTTP/1.1 101 "))
        }
    }

    @Test func closesUnknownSubprotocolsWith1002() async throws {
        let recorder = RecordingServer()
        try await withServer(recorder) { _, server in
            let socket = try RawSocket(port: server.boundPort)
            try await socket.send(upgradeRequest(subprotocol: "ocpp2.0.1, soap"))
            let answer = try await socket.receive()
            let end = try #require(answer.firstRange(of: Array("\r\n\r\n".utf8)))
            let head = String(decoding: answer[..<end.lowerBound], as: UTF8.self).lowercased()
            #expect(head.hasPrefix("http/1.1 101 "))
            #expect(!head.contains("sec-websocket-protocol"))
            let frame = answer[end.upperBound...]
            #expect(frame.first == 0x88)
            #expect(frame.dropFirst(2).prefix(2) == [0x03, 0xEA])
        }
        #expect(recorder.counts.withLock { $0.opened == 0 && $0.closed == 0 })
    }

    @Test func takesOrClosesThoseWithoutSubprotocol() async throws {
        let recorder = RecordingServer()
        try await withServer(recorder) { _, server in
            let socket = try RawSocket(port: server.boundPort)
            try await socket.send(upgradeRequest(subprotocol: nil))
            let head = try await socket.receiveHead().lowercased()
            #expect(head.hasPrefix("http/1.1 101 "))
            #expect(!head.contains("sec-websocket-protocol"))
            try await recorder.events.expect(.opened(id: 1, target: "/ocpp/CP1", subprotocol: nil))
        }
        let strict = RecordingServer()
        try await withServer(strict, configure: { $0.noSubprotocol = .close }) { _, server in
            let socket = try RawSocket(port: server.boundPort)
            try await socket.send(upgradeRequest(subprotocol: nil))
            #expect(try await socket.receiveText().hasPrefix("HTTP/1.1 101 "))
        }
        #expect(strict.counts.withLock { $0.opened == 0 })
    }

    @Test func asksForCredentials() async throws {
        let recorder = RecordingServer(decide: { _ in .refuse(status: 401, reason: "who?") })
        try await withServer(recorder) { _, server in
            let socket = try RawSocket(port: server.boundPort)
            try await socket.send(upgradeRequest())
            let answer = try await socket.receiveText()
            #expect(answer.hasPrefix("HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic "))
            #expect(answer.hasSuffix("\r\n\r\nwho?\n"))
        }
    }

    @Test func dropsSlowHandshakes() async throws {
        try await withServer(RecordingServer(), configure: { $0.handshakeTimeoutMilliseconds = 50 }) { _, server in
            let silent = try RawSocket(port: server.boundPort)
            let half = try RawSocket(port: server.boundPort)
            try await half.send("GET / HTTP/1.1\r\n")
            #expect(try await silent.receive().isEmpty)
            #expect(try await half.receive().isEmpty)
        }
    }

    @Test func limitsConnections() async throws {
        let recorder = RecordingServer()
        try await withServer(recorder, configure: { $0.maxConnections = 1 }) { _, server in
            let first = try RawSocket(port: server.boundPort)
            try await first.send(upgradeRequest())
            #expect(try await first.receiveHead().hasPrefix("HTTP/1.1 101 "))
            let second = try RawSocket(port: server.boundPort)
            try await second.send(upgradeRequest())
            #expect(try await second.receiveText().hasPrefix("HTTP/1.1 503 "))
        }
    }

    @Test func loopbackIsOnlyLoopback() async throws {
        try await withServer(RecordingServer()) { loop, server in
            let handler = RecordingClient()
            WebSocketClient.connect(loop: loop, url: "ws://127.0.0.2:\(server.boundPort)/", handler: handler)
            guard case .failed = try await handler.events.next() else {
                Issue.record("reachable on another address")
                return
            }
        }
    }
}
