import Glibc
import Synchronization
import Testing
import WebEndpoints

// Answers that take time: streams, readers that are slow or gone, and limits of both.
extension HTTPServerTests {
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
}

/// Keeps responders whose tests have no other place for them.
private final class Holder: Sendable {
    static let shared = Holder()
    private let held = Mutex<[ObjectIdentifier: HTTPResponder]>([:])
    func hold(_ responder: HTTPResponder) { held.withLock { $0[ObjectIdentifier(responder)] = responder } }
    func drop(_ responder: HTTPResponder) { _ = held.withLock { $0.removeValue(forKey: ObjectIdentifier(responder)) } }
}
