import Foundation
import Glibc
import OCPPKit
import Synchronization
import Testing
import WebEndpoints

@testable import Dashboard

/// The page's interface over real sockets, with a source that says what a test wants.
@Suite(.serialized, .timeLimit(.minutes(10))) struct DashboardServerTests {
    private final class ScriptedSource: DashboardSource {
        let abilities = DashboardAbilities(name: "serve", commands: true, frames: true)
        private let listener = Mutex<(@Sendable (SourceNews) -> Void)?>(nil)
        let frames = Mutex<[StoredFrame]>([])

        func start(isWatched: @escaping @Sendable () -> Bool, _ tell: @escaping @Sendable (SourceNews) -> Void) {
            listener.withLock { $0 = tell }
        }
        func tell(_ news: SourceNews) { listener.withLock { $0 }?(news) }
        func sessionsNewestFirst(
            before number: Int64?, of chargePointId: String?, _ body: (Int64, Session) throws -> Bool
        ) throws { throw SourceFailure("no sessions today") }
        func sessions(_ body: (Session) throws -> Void) throws { throw SourceFailure("no sessions today") }
        func recentFrames(
            of chargePointId: String, afterBlock block: Int64, limit: Int
        ) throws -> (frames: [StoredFrame], lastBlock: Int64) {
            let all = frames.withLock { $0 }
            return (all.dropFirst(Int(block)).suffix(limit), Int64(all.count))
        }
        func send(_ request: CommandRequest) throws -> CommandOutcome { throw SourceFailure("no server") }
    }

    private func withDashboard(_ body: (EventLoop, UInt16, ScriptedSource) async throws -> Void) async throws {
        let loop = try EventLoop()
        let source = ScriptedSource()
        var settings = DashboardSettings(
            host: "127.0.0.1", port: 0, timezone: { _ in nil }, now: { Timestamp(seconds: 1_800_000_000) })
        // Who reads slowly here is a busy machine.
        settings.limits.writeMilliseconds = 180_000
        let configured = settings
        let server = try await loop.run { () throws(EndpointError) in
            try DashboardServer(loop: loop, source: source, settings: configured)
        }
        let port = await loop.run { UInt16(server.url.dropLast().split(separator: ":").last ?? "") ?? 0 }
        do {
            try await body(loop, port, source)
        } catch {
            await loop.shutDown(graceMilliseconds: 200)
            throw error
        }
        await loop.shutDown()
    }

    private func fleet(_ count: Int, vendor: String) -> SourceNews {
        let stations = (0..<count).map { number in
            let id = "CP\(number)"
            return Station(
                chargePointId: id,
                boot: StoredChargePoint(
                    chargePointId: id, vendor: vendor, model: nil, serialNumber: nil, firmwareVersion: nil,
                    registration: "Accepted", lastBoot: Timestamp(seconds: 0)))
        }
        return .fleet(Fleet(stations: stations, running: [], sessionsVersion: 1))
    }

    @Test func everythingOnceThenWhatChanges() async throws {
        try await withDashboard { loop, port, source in
            source.tell(fleet(2, vendor: "ABB"))
            await loop.run {}
            let events = try await EventStream(port: port)
            let first = try await events.next()
            #expect(first["reset"]?.boolean == true && first["stations"]?.elements.map(\.self).count == 2)
            #expect(first["source"]?.text == "serve" && first["link"]?["live"]?.boolean == false)
            source.tell(.link(SourceLink(isLive: true)))
            #expect(try await events.next()["link"]?["live"]?.boolean == true)
            source.tell(fleet(3, vendor: "ABB"))
            let second = try await events.next()
            #expect(second["stations"]?.elements.compactMap { $0["chargePointId"]?.text } == ["CP2"])
            source.tell(fleet(1, vendor: "ABB"))
            let third = try await events.next()
            #expect(third["gone"]?.elements.compactMap(\.text).sorted() == ["CP1", "CP2"])
            #expect(third["stations"]?.elements.map(\.self).isEmpty == true)
            #expect(third["totals"]?["stations"]?.integer == 1)
        }
    }

    @Test func whoReadsSlowlyIsToldEverythingAnewAndNeverAQueue() async throws {
        try await withDashboard { loop, port, source in
            source.tell(fleet(2_000, vendor: "first"))
            await loop.run {}
            let events = try await EventStream(port: port, receiveBuffer: 4_096)
            // Some fifty megabytes, if they were kept.
            for number in 0..<200 { source.tell(fleet(2_000, vendor: "V\(number)")) }
            source.tell(.link(SourceLink(isLive: true)))
            await loop.run {}
            var (resets, updates) = (0, 0)
            while true {
                let event = try await events.next()
                updates += 1
                if event["reset"]?.boolean == true { resets += 1 }
                let vendors = Set((event["stations"]?.elements.map(\.self) ?? []).compactMap { $0["vendor"]?.text })
                if vendors == ["V199"], event["link"]?["live"]?.boolean == true { break }
            }
            #expect(resets >= 2)
            // What the kernel's buffers took, and what was told anew.
            #expect(updates < 100)
        }
    }

    @Test func framesAreToldOnceAndHugeOnesKeepOthersOut() async throws {
        try await withDashboard { _, port, source in
            func ask(_ after: Int64) async throws -> JSONNode {
                try await get(port, "/api/charge-points/CP1/frames?after=\(after)")
            }
            func add(_ raw: String) {
                let frame = StoredFrame(
                    chargePointId: "CP1", direction: .fromChargePoint, arrival: Timestamp(seconds: 1_800_000_000),
                    raw: Array(raw.utf8))
                source.frames.withLock { $0.append(frame) }
            }
            for number in 0..<310 { add(#"[2,"\#(number)","Heartbeat",{}]"#) }
            let first = try await ask(0)
            #expect(first["frames"]?.elements.map(\.self).count == 300)
            #expect(first["last"]?.integer == 300)
            add(#"[2,"x","Heartbeat",{"extra":1}]"#)
            add("[2,")
            let second = try await ask(300)
            let records = (second["frames"]?.elements.map(\.self) ?? []).compactMap { $0["record"] }
            #expect(records.count == 2)
            #expect(records.first?["meta"]?["violations"] != nil && records.last?["record"]?.text == "error")
            let huge = String(repeating: "x", count: 900_000)
            for _ in 0..<5 { add(#"[2,"h","DataTransfer",{"vendorId":"\#(huge)"}]"#) }
            let third = try await ask(second["last"]?.integer ?? 0)
            #expect(third["frames"]?.elements.map(\.self).count == 2)
        }
    }

    @Test func whatDoesNotWorkIsSaid() async throws {
        try await withDashboard { _, port, _ in
            let answer = try await text(port, "/api/sessions")
            #expect(answer.hasPrefix("HTTP/1.1 503 ") && answer.hasSuffix("no sessions today\n"))
            // The head has gone out when it is known: the answer is cut off.
            let csv = try await text(port, "/api/sessions.csv")
            #expect(csv.hasPrefix("HTTP/1.1 200 ") && !csv.hasSuffix("0\r\n\r\n"))
        }
    }

    private func text(_ port: UInt16, _ path: String) async throws -> String {
        let socket = try TCPSocket(port: port)
        try await socket.send("GET \(path) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        var all: [UInt8] = []
        while let bytes = try await socket.receive() { all += bytes }
        return String(decoding: all, as: UTF8.self)
    }

    private func get(_ port: UInt16, _ path: String) async throws -> JSONNode {
        let answer = try await text(port, path)
        let body = answer.split(separator: "\r\n\r\n", maxSplits: 1).last ?? ""
        return try JSONTree(parsing: Array(body.utf8)).root
    }
}

/// Server-Sent Events as they come.
private final class EventStream {
    private let socket: TCPSocket
    private var buffer: [UInt8] = []

    init(port: UInt16, receiveBuffer: Int32? = nil) async throws {
        socket = try TCPSocket(port: port, receiveBuffer: receiveBuffer)
        try await socket.send("GET /api/live HTTP/1.1\r\nHost: localhost\r\n\r\n")
        while !String(decoding: buffer, as: UTF8.self).contains("\r\n\r\n") { try await more() }
        let head = String(decoding: buffer, as: UTF8.self).split(separator: "\r\n\r\n", maxSplits: 1)[0].utf8.count
        buffer.removeFirst(head + 4)
    }

    /// Each part of the stream is one event.
    func next() async throws -> JSONNode {
        while true {
            if let newline = buffer.firstIndex(of: UInt8(ascii: "\n")),
                let count = Int(String(decoding: buffer[..<newline].dropLast(), as: UTF8.self), radix: 16),
                buffer.count >= newline + 1 + count + 2
            {
                let event = Array(buffer[(newline + 1)..<(newline + 1 + count)])
                buffer.removeFirst(newline + 1 + count + 2)
                guard event.starts(with: "data: ".utf8) else { continue }
                return try JSONTree(parsing: Array(event.dropFirst(6).dropLast(2))).root
            }
            try await more()
        }
    }

    private func more() async throws {
        guard let bytes = try await socket.receive() else { throw TCPSocket.Failure(text: "the stream ended") }
        buffer += bytes
    }
}

/// A blocking client, whose calls run on threads of their own.
private final class TCPSocket: Sendable {
    struct Failure: Error { let text: String }
    private let descriptor: Int32

    init(port: UInt16, receiveBuffer: Int32? = nil) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        if var size = receiveBuffer { _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, 4) }
        var patience = timeval(tv_sec: 180, tv_usec: 0)
        _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let status = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                unsafe connect(descriptor, pointer, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard status == 0 else { throw Failure(text: "connect") }
    }

    deinit { close(descriptor) }

    func send(_ text: String) async throws {
        let bytes = Array(text.utf8)
        guard unsafe Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count else {
            throw Failure(text: "send")
        }
    }

    /// `nil` at the end.
    func receive() async throws -> [UInt8]? {
        let descriptor = descriptor
        return try await withCheckedThrowingContinuation { waiter in
            Thread.detachNewThread {
                var piece = [UInt8](repeating: 0, count: 1 << 20)
                let count = unsafe recv(descriptor, &piece, piece.count, 0)
                if count > 0 {
                    waiter.resume(returning: Array(piece[..<count]))
                } else if count == 0 || errno == ECONNRESET {
                    waiter.resume(returning: nil)
                } else {
                    waiter.resume(throwing: Failure(text: "nothing came"))
                }
            }
        }
    }
}
