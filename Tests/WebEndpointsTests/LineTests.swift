import Foundation
import Glibc
import Testing
import WebEndpoints

private enum LineEvent: Sendable, Equatable {
    case opened
    case received(Int, String)
    case closed
}

private final class RecordingLines: LineServerHandler {
    let events = Inbox<LineEvent>()
    func opened(_ connection: LineConnection) { events.put(.opened) }
    func received(_ connection: LineConnection, line: [UInt8]) {
        events.put(.received(line.count, String(decoding: line.prefix(100), as: UTF8.self)))
        connection.send(line)
        if line == Array("bye".utf8) { connection.close() }
    }
    func closed(_ connection: LineConnection) { events.put(.closed) }
}

@Suite(.serialized, .timeLimit(.minutes(10))) struct LineTests {
    /// A directory of its own, removed at the end.
    private func withDirectory(_ body: (String) async throws -> Void) async throws {
        var template = Array("/tmp/ocppctl-test-XXXXXX".utf8CString)
        _ = unsafe mkdtemp(&template)
        let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        defer {
            for name in ["/a/control", "/a", "/control", ""] { _ = unsafe remove(path + name) }
        }
        try await body(path)
    }

    private func serve(
        _ loop: EventLoop, _ path: String, _ handler: RecordingLines, maxLineBytes: Int = 4_194_304,
        halfLineTimeoutMilliseconds: Int = 30_000
    ) async throws(EndpointError) -> LineServer {
        try await loop.run { () throws(EndpointError) in
            try LineServer(
                loop: loop, path: path, maxLineBytes: maxLineBytes,
                halfLineTimeoutMilliseconds: halfLineTimeoutMilliseconds, handler: handler)
        }
    }

    private func mode(_ path: String) -> UInt32? {
        var facts = stat()
        return unsafe lstat(path, &facts) == 0 ? facts.st_mode & 0o777 : nil
    }

    @Test func carriesLines() async throws {
        try await withDirectory { directory in
            let path = directory + "/a/control"
            let loop = try EventLoop()
            let handler = RecordingLines()
            let server = try await serve(loop, path, handler)
            #expect(mode(path) == 0o600)
            #expect(mode(directory + "/a") == 0o700)
            try await blocking {
                var client = try LineClient(path: path)
                for line in [Array("one".utf8), [], Array("two".utf8), Array("bye".utf8)] {
                    try client.send(line)
                    #expect(try client.receiveLine(timeoutMilliseconds: deadlineSeconds * 1_000) == line)
                }
                #expect(throws: LineClientError.closed) {
                    _ = try client.receiveLine(timeoutMilliseconds: deadlineSeconds * 1_000)
                }
            }
            for event in [
                LineEvent.opened, .received(3, "one"), .received(0, ""), .received(3, "two"), .received(3, "bye"),
                .closed,
            ] {
                try await handler.events.expect(event)
            }
            try await blocking {
                let big = [UInt8](repeating: 0x61, count: 4_194_304)
                var client = try LineClient(path: path)
                #expect(throws: LineClientError.timedOut) { _ = try client.receiveLine(timeoutMilliseconds: 1) }
                try client.send(big)
                let isSame = try client.receiveLine(timeoutMilliseconds: deadlineSeconds * 1_000) == big
                #expect(isSame)
                loop.post { server.stop() }
                #expect(throws: LineClientError.closed) {
                    _ = try client.receiveLine(timeoutMilliseconds: deadlineSeconds * 1_000)
                }
            }
            #expect(mode(path) == nil)
            await loop.shutDown()
        }
    }

    @Test func endsLongAndHalfLines() async throws {
        try await withDirectory { directory in
            let path = directory + "/control"
            let loop = try EventLoop()
            _ = try await serve(loop, path, RecordingLines(), maxLineBytes: 1_000, halfLineTimeoutMilliseconds: 50)
            try await blocking {
                var long = try LineClient(path: path)
                // The server may be gone before all of it is sent.
                try? long.send([UInt8](repeating: 0x61, count: 100_000))
                #expect(throws: LineClientError.closed) {
                    _ = try long.receiveLine(timeoutMilliseconds: deadlineSeconds * 1_000)
                }
            }
            let half = try RawSocket(unixPath: path)
            try await half.send("no newline")
            #expect(try await half.receive().isEmpty)
            await loop.shutDown()
            #expect(mode(path) == nil)
        }
    }

    @Test func replacesADeadSocketAndRespectsALiveOne() async throws {
        try await withDirectory { directory in
            let path = directory + "/control"
            let loop = try EventLoop()
            let first = try await serve(loop, path, RecordingLines())
            await #expect(throws: EndpointError.controlSocketInUse(path: path)) {
                _ = try await self.serve(loop, path, RecordingLines())
            }
            // As after a crash: the file is there, no one listens.
            #expect(unsafe rename(path, path + ".kept") == 0)
            await loop.run { first.stop() }
            #expect(unsafe rename(path + ".kept", path) == 0)
            #expect(throws: LineClientError.notListening("\(path): no server listens there")) {
                _ = try LineClient(path: path)
            }
            let handler = RecordingLines()
            _ = try await serve(loop, path, handler)
            let answer = try await blocking {
                var client = try LineClient(path: path)
                try client.send([0x61])
                return try client.receiveLine(timeoutMilliseconds: deadlineSeconds * 1_000)
            }
            #expect(answer == [0x61])
            await loop.shutDown()
        }
    }

    /// A child that is being started holds a copy of every descriptor until its program runs, as others' tests start
    /// some beside this one: what has ended is ended there, too.
    @Test func isEndedForWhoeverHoldsItsDescriptor() async throws {
        try await withDirectory { directory in
            let path = directory + "/control"
            let loop = try EventLoop()
            let server = try await serve(loop, path, RecordingLines())
            let copies = try openDescriptors().filter { isBound($0, to: path) }.map { dup($0) }
            try #require(copies.count == 1)
            defer { for copy in copies { close(copy) } }
            #expect(unsafe rename(path, path + ".kept") == 0)
            await loop.run { server.stop() }
            #expect(unsafe rename(path + ".kept", path) == 0)
            #expect(throws: LineClientError.notListening("\(path): no server listens there")) {
                _ = try LineClient(path: path)
            }
            await loop.shutDown()
        }
    }

    /// However many other tests have open.
    private func openDescriptors() throws -> [Int32] {
        try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").compactMap { Int32($0) }
    }

    private func isBound(_ descriptor: Int32, to path: String) -> Bool {
        var address = sockaddr_un()
        var length = socklen_t(MemoryLayout<sockaddr_un>.size)
        let status = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                unsafe getsockname(descriptor, pointer, &length)
            }
        }
        guard status == 0, address.sun_family == AF_UNIX else { return false }
        return unsafe withUnsafeBytes(of: &address.sun_path) { unsafe $0.starts(with: Array(path.utf8) + [0]) }
    }

    @Test func refusesPathsThatCannotBe() async throws {
        try await withDirectory { directory in
            let loop = try EventLoop()
            let long = directory + "/" + String(repeating: "x", count: 100)
            await #expect(
                throws: EndpointError.other(
                    "\(long): a socket's path has 1 to 107 bytes, this one has \(long.utf8.count)")
            ) {
                _ = try await self.serve(loop, long, RecordingLines())
            }
            let file = directory + "/control"
            let descriptor = unsafe creat(file, 0o600)
            close(descriptor)
            await #expect(throws: EndpointError.other("\(file) exists and is not a socket")) {
                _ = try await self.serve(loop, file, RecordingLines())
            }
            await loop.shutDown()
        }
    }
}
