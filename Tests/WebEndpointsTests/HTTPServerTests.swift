import Glibc
import Synchronization
import Testing
import TransportSecurity
import WebEndpoints

@Suite(.serialized, .timeLimit(.minutes(1))) struct HTTPServerTests {
    /// A server with its loop, ended at the end.
    private func withHTTP(
        tls: TLSContext? = nil, limits: HTTPServerLimits = HTTPServerLimits(),
        _ handler: @escaping HTTPServer.Handler, _ body: (EventLoop, HTTPServer) async throws -> Void
    ) async throws {
        let loop = try EventLoop()
        do {
            let server = try await loop.run { () throws(EndpointError) in
                try HTTPServer(loop: loop, host: "127.0.0.1", port: 0, tls: tls, limits: limits, handler: handler)
            }
            try await body(loop, server)
        } catch {
            await loop.shutDown(graceMilliseconds: 200)
            throw error
        }
        await loop.shutDown(graceMilliseconds: 1_000)
    }

    /// Answers with what it was asked.
    private static let echo: HTTPServer.Handler = { request, responder in
        responder.answer(.text("\(request.method) \(request.path) \(String(decoding: request.body, as: UTF8.self))"))
    }

    private func get(_ path: String = "/", close: Bool = false, method: String = "GET") -> String {
        "\(method) \(path) HTTP/1.1\r\nHost: test\r\n" + (close ? "Connection: close\r\n" : "") + "\r\n"
    }

    /// All that a connection says to `text`.
    private func ask(_ server: HTTPServer, _ text: String) async throws -> String {
        let socket = try RawSocket(port: server.port)
        try await socket.send(text)
        return try await socket.receiveText()
    }

    @Test func answersOnOneConnection() async throws {
        try await withHTTP(Self.echo) { _, server in
            #expect(server.url == "http://127.0.0.1:\(server.port)")
            let post = "POST /b HTTP/1.1\r\nHost: test\r\nContent-Length: 3\r\n\r\nxyz"
            let text = try await ask(server, get("/a") + post + get("/c", close: true))
            #expect(
                text == """
                    HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 7\r\n\r\nGET /a \
                    HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 11\r\n\r\nPOST /b xyz\
                    HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 7\r\n\
                    Connection: close\r\n\r\nGET /c \

                    """)
        }
    }

    @Test func aThousandRequestsSentAtOnceAreAnsweredInOrder() async throws {
        try await withHTTP({ request, responder in
            responder.answer(HTTPAnswer(status: 200, body: Array((request.path + ";").utf8)))
        }) { _, server in
            let socket = try RawSocket(port: server.port)
            let all = (0..<1_000).map { get("/\($0)", close: $0 == 999) }.joined()
            async let sent: Void = socket.send(all)
            let text = try await socket.receiveText()
            try await sent
            let paths = text.split(separator: "\r\n\r\n").dropFirst().map { $0.prefix { $0 != ";" } }
            #expect(paths.elementsEqual((0..<1_000).map { "/\($0)" }))
        }
    }

    @Test func anAnswerOfAnySizeReachesASlowReader() async throws {
        let body = (0..<8_000_000).map { UInt8(truncatingIfNeeded: $0 &* 7 >> 3) }
        try await withHTTP({ _, responder in responder.answer(HTTPAnswer(body: body)) }) { _, server in
            let socket = try RawSocket(port: server.port, receiveBuffer: 4_096)
            try await socket.send(get(close: true))
            let bytes = try await socket.receive()
            let isWhole = bytes.suffix(body.count).elementsEqual(body)
            #expect(isWhole)
        }
    }

    @Test func headHasNoBody() async throws {
        try await withHTTP(Self.echo) { _, server in
            let text = try await ask(server, get("/a", method: "HEAD") + get("/b", close: true, method: "HEAD"))
            #expect(text.split(separator: "\r\n\r\n").count == 2)
            #expect(text.contains("Content-Length: 8\r\n\r\nHTTP/1.1") && text.hasSuffix("\r\n\r\n"))
        }
    }

    @Test func answersFromElsewhereAndMuchLater() async throws {
        try await withHTTP({ request, responder in
            Background.start { responder.answer(.text(request.path)) }
        }) { _, server in
            let text = try await ask(server, get("/a") + get("/b") + get("/c", close: true))
            #expect(text.split(separator: "\r\n\r\n").dropFirst().map { $0.prefix(2) } == ["/a", "/b", "/c"])
        }
    }

    @Test func whoOnlyClosedItsOwnHalfGetsItsAnswer() async throws {
        let waiting = Inbox<HTTPResponder>()
        try await withHTTP({ _, responder in waiting.put(responder) }) { loop, server in
            let socket = try RawSocket(port: server.port)
            try await socket.send(get())
            shutdown(socket.descriptor, Int32(SHUT_WR))
            let responder = try await waiting.next()
            responder.answer(.text("late"))
            let answer1 = try await socket.receiveText()
            #expect(answer1.hasSuffix("\r\n\r\nlate"))
        }
    }

    @Test func aForgottenRequestIsAnsweredWith500() async throws {
        try await withHTTP({ _, _ in }) { _, server in
            let answer2 = try await ask(server, get(close: true))
            #expect(answer2.hasPrefix("HTTP/1.1 500 "))
        }
    }

    @Test func headersOfAnswersCannotBeSplit() async throws {
        try await withHTTP({ request, responder in
            responder.answer(HTTPAnswer(status: 303, headers: [("Location", request.parameter("to") ?? "\r\nX: y")]))
        }) { _, server in
            let text = try await ask(server, get(close: true))
            #expect(text.contains("Location:   X: y\r\n"))
        }
    }

    @Test func whatCannotBeReadIsAnsweredAndEndsTheConnection() async throws {
        try await withHTTP(Self.echo) { _, server in
            for (text, status) in [
                ("GET / HTTP/1.1\r\n\r\n", 400), ("\u{16}\u{3}\u{1}\u{2}", 400),
                (String(repeating: "a", count: 20_000), 431),
                ("GET / HTTP/1.0\r\nHost: a\r\n\r\n", 505),
                ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 411),
                ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1048577\r\n\r\nabc", 413),
            ] {
                let answer = try await ask(server, text)
                #expect(answer.hasPrefix("HTTP/1.1 \(status) "))
                #expect(answer.contains("Connection: close\r\n"))
            }
        }
    }

    // MARK: Streams

    @Test func aStreamGoesOutPartByPart() async throws {
        let streams = Inbox<HTTPResponder>()
        try await withHTTP({ _, responder in
            responder.begin(contentType: "text/event-stream")
            streams.put(responder)
        }) { loop, server in
            let socket = try RawSocket(port: server.port)
            try await socket.send(get())
            let stream = try await streams.next()
            let answer3 = try await socket.receiveHead()
            #expect(answer3.contains("Transfer-Encoding: chunked\r\n"))
            for part in ["a", "bc"] {
                await loop.run { _ = stream.write(Array(part.utf8)) }
                let expected = "\(part.utf8.count)\r\n\(part)\r\n"
                let got = try await socket.receive { $0.count >= expected.utf8.count }
                #expect(String(decoding: got, as: UTF8.self) == expected)
            }
            await loop.run { stream.end() }
            // The connection lives on.
            let answer4 = try await String(decoding: socket.receive { $0.count >= 5 }, as: UTF8.self)
            #expect(answer4 == "0\r\n\r\n")
            try await socket.send(get(method: "HEAD"))
            _ = try await streams.next()
            let answer5 = try await socket.receiveHead()
            #expect(answer5.hasPrefix("HTTP/1.1 200 OK"))
        }
    }

    @Test func theEndOfAReaderIsTold() async throws {
        let closed = Inbox<String>()
        try await withHTTP({ request, responder in
            responder.onClose = { closed.put(request.path) }
            responder.begin(contentType: "text/event-stream")
            // Somebody must hold it.
            Holder.shared.hold(responder)
        }) { _, server in
            do {
                let socket = try RawSocket(port: server.port)
                try await socket.send(get("/gone"))
                _ = try await socket.receiveHead()
            }
            try await closed.expect("/gone")
        }
    }

    @Test func aReaderThatDoesNotReadIsDropped() async throws {
        let closed = Inbox<Int>()
        var limits = HTTPServerLimits()
        limits.maxBacklogBytes = 100_000
        try await withHTTP(
            limits: limits,
            { _, responder in
                let written = Mutex(0)
                responder.onClose = { closed.put(0) }
                responder.begin(contentType: "text/plain")
                while responder.write([UInt8](repeating: 0x61, count: 10_000)) {
                    written.withLock { $0 += 10_000 }
                    #expect(responder.backlogBytes <= 120_000)
                }
                closed.put(written.withLock { $0 })
            }
        ) { _, server in
            let socket = try RawSocket(port: server.port, receiveBuffer: 4_096)
            try await socket.send(get())
            try await closed.expect(0)
            // Megabytes may lie in the kernel's buffers.
            let answer6 = try await closed.next()
            #expect(answer6 < 50_000_000)
            let bytes = try await socket.receive()
            #expect(!bytes.suffix(5).elementsEqual("0\r\n\r\n".utf8))
        }
    }

    @Test func onDrainFeedsAStreamOfAnySizeInLittleMemory() async throws {
        let total = 400
        let peak = Mutex(0)
        try await withHTTP({ _, responder in
            let left = Mutex(total)
            responder.onDrain = {
                let number = left.withLock { left in
                    left -= 1
                    return left
                }
                guard number >= 0 else {
                    Holder.shared.drop(responder)
                    return responder.end()
                }
                responder.write([UInt8](repeating: 0x61, count: 65_536))
                peak.withLock { $0 = max($0, responder.backlogBytes) }
            }
            Holder.shared.hold(responder)
            responder.begin(contentType: "text/plain")
            responder.write([0x61])
        }) { _, server in
            let socket = try RawSocket(port: server.port, receiveBuffer: 65_536)
            try await socket.send(get(close: true))
            let bytes = try await socket.receive()
            #expect(bytes.suffix(5).elementsEqual("0\r\n\r\n".utf8))
            #expect(bytes.count { $0 == 0x61 } > total * 65_536)
            #expect(peak.withLock { $0 } < 70_000)
        }
    }

    // MARK: Limits

    @Test func timesRunOut() async throws {
        var limits = HTTPServerLimits()
        limits.requestMilliseconds = 200
        limits.idleMilliseconds = 200
        try await withHTTP(limits: limits, Self.echo) { _, server in
            let answer7 = try await ask(server, "")
            #expect(answer7 == "")
            let answer8 = try await ask(server, "GET / HT")
            #expect(answer8.hasPrefix("HTTP/1.1 408 "))
            let answer9 = try await ask(server, "\r\n")
            #expect(answer9 == "")
            let half = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nab"
            let answer10 = try await ask(server, half)
            #expect(answer10.hasPrefix("HTTP/1.1 408 "))
            let answer11 = try await ask(server, get("/a"))
            #expect(answer11.hasSuffix("GET /a "))
        }
    }

    @Test func whoStopsReadingAnAnswerIsDropped() async throws {
        var limits = HTTPServerLimits()
        limits.writeMilliseconds = 200
        let closed = Inbox<Bool>()
        try await withHTTP(
            limits: limits,
            { _, responder in
                responder.onClose = { closed.put(true) }
                responder.begin(contentType: "text/plain")
                responder.write([UInt8](repeating: 0x61, count: 50_000_000))
                Holder.shared.hold(responder)
            }
        ) { _, server in
            let socket = try RawSocket(port: server.port, receiveBuffer: 4_096)
            try await socket.send(get())
            try await closed.expect(true)
        }
    }

    @Test func theIdleMakeRoomAndTheBusyStay() async throws {
        var limits = HTTPServerLimits()
        limits.maxConnections = 3
        let streams = Inbox<HTTPResponder>()
        try await withHTTP(
            limits: limits,
            { request, responder in
                guard request.path == "/stream" else { return Self.echo(request, responder) }
                responder.begin(contentType: "text/plain")
                streams.put(responder)
            }
        ) { loop, server in
            var sockets: [RawSocket] = []
            var held: [HTTPResponder] = []
            for _ in 0..<2 {
                sockets.append(try RawSocket(port: server.port))
                try await sockets.last?.send(get("/stream"))
                held.append(try await streams.next())
            }
            for number in 0..<20 {
                let socket = try RawSocket(port: server.port)
                try await socket.send(get("/\(number)"))
                let answer12 = try await socket.receiveHead()
                #expect(answer12.hasPrefix("HTTP/1.1 200 "))
                sockets.append(socket)
                #expect(await loop.run { server.connectionCount } <= 3)
            }
            sockets.append(try RawSocket(port: server.port))
            try await sockets.last?.send(get("/stream"))
            held.append(try await streams.next())
            // All three are busy: whoever comes now is turned away.
            let answer13 = try await RawSocket(port: server.port).receiveText()
            #expect(answer13 == "")
            let streams = held
            await loop.run { for stream in streams { stream.end() } }
            let answer14 = try await ask(server, get(close: true))
            #expect(answer14.hasPrefix("HTTP/1.1 200 "))
        }
    }

    // MARK: Hostile input

    @Test func nothingBringsItDown() async throws {
        try await withHTTP(Self.echo) { _, server in
            var random = SystemRandomNumberGenerator()
            let seed = random.next()
            var state = seed
            func next(_ bound: Int) -> Int {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return Int(state >> 33) % bound
            }
            let sound = Array("POST /a?b=%20c HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: x\r\n\r\nabcde".utf8)
            for _ in 0..<300 {
                var bytes = sound + sound
                for _ in 0..<(1 + next(6)) {
                    switch next(3) {
                    case 0: bytes[next(bytes.count)] = UInt8(next(256))
                    case 1: bytes.remove(at: next(bytes.count))
                    default: bytes.insert(UInt8(next(256)), at: next(bytes.count))
                    }
                }
                let socket = try RawSocket(port: server.port)
                try await socket.send(bytes)
                shutdown(socket.descriptor, Int32(SHUT_WR))
                let answer = try await socket.receiveText()
                #expect(answer.isEmpty || answer.hasPrefix("HTTP/1.1 "), "seed \(seed)")
            }
            let answer15 = try await ask(server, get("/alive", close: true))
            #expect(answer15.hasSuffix("GET /alive "))
        }
    }

    // MARK: TLS

    @Test func overTLS() async throws {
        let files = try Certificates.shared.get()
        let context = try TLSContext(server: [files.identity("server")], clientCAFile: nil)
        let big = [UInt8](repeating: 0x62, count: 3_000_000)
        try await withHTTP(
            tls: context,
            { request, responder in
                #expect(request.isSecure)
                responder.answer(HTTPAnswer(body: request.path == "/big" ? big : request.body))
            }
        ) { _, server in
            #expect(server.url.hasPrefix("https://127.0.0.1:"))
            let port = server.port
            let trusting = try TLSContext(clientTrusting: files.ca, identity: nil)
            let requests =
                Array("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n".utf8)
                + [UInt8](repeating: 0x61, count: 100_000) + Array((get("/big") + get("/", close: true)).utf8)
            let got = try await blocking {
                let socket = try RawSocket(port: port)
                let session = try TLSSession(trusting, descriptor: socket.descriptor, serverName: "localhost")
                guard session.handshake() == .done else { throw RawSocket.Failure(text: "TLS") }
                var sent = 0
                while sent < requests.count {
                    guard
                        case .bytes(let count) = unsafe requests.withUnsafeBytes({
                            unsafe session.write(UnsafeRawBufferPointer(rebasing: $0[sent...]))
                        })
                    else { throw RawSocket.Failure(text: "TLS write") }
                    sent += count
                }
                var all: [UInt8] = []
                var piece = [UInt8](repeating: 0, count: 16_384)
                while case .bytes(let count) = unsafe piece.withUnsafeMutableBytes({ unsafe session.read(into: $0) }) {
                    all += piece[..<count]
                }
                return all
            }
            #expect(got.count { $0 == 0x62 } == big.count)
            #expect(got.count { $0 == 0x61 } >= 100_000)
            #expect(got.suffix(4).elementsEqual("\r\n\r\n".utf8))
            // Plain text on the port of TLS ends, and harms nobody.
            let plain = try await ask(server, get())
            #expect(!plain.hasPrefix("HTTP/"))
        }
    }
}

/// Keeps responders whose tests have no other place for them.
private final class Holder: Sendable {
    static let shared = Holder()
    private let held = Mutex<[ObjectIdentifier: HTTPResponder]>([:])
    func hold(_ responder: HTTPResponder) { held.withLock { $0[ObjectIdentifier(responder)] = responder } }
    func drop(_ responder: HTTPResponder) { _ = held.withLock { $0.removeValue(forKey: ObjectIdentifier(responder)) } }
}
