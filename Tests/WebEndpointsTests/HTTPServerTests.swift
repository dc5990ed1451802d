import Foundation
import Glibc
import Synchronization
import Testing
import TransportSecurity
import WebEndpoints

@Suite(.serialized, .timeLimit(.minutes(10))) struct HTTPServerTests {
    /// A server with its loop, ended at the end.
    func withHTTP(
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
    static let echo: HTTPServer.Handler = { request, responder in
        responder.answer(.text("\(request.method) \(request.path) \(String(decoding: request.body, as: UTF8.self))"))
    }

    func get(_ path: String = "/", close: Bool = false, method: String = "GET") -> String {
        "\(method) \(path) HTTP/1.1\r\nHost: test\r\n" + (close ? "Connection: close\r\n" : "") + "\r\n"
    }

    /// All that a connection says to `text`.
    func ask(_ server: HTTPServer, _ text: String) async throws -> String {
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
            Thread.detachNewThread { responder.answer(.text(request.path)) }
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
