import Foundation
import Glibc
import Testing
import WebEndpoints

/// Answers each connection with fixed bytes, and keeps what it was sent.
final class TinyHTTPServer: Sendable {
    let port: UInt16
    let requests = Inbox<String>()
    private let listener: Int32

    /// - Parameter pieces: sent one by one; then the connection is closed, unless it `staysOpen`.
    init(_ pieces: [String], staysOpen: Bool = false) throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        listener = descriptor
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let size = length
        unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                _ = unsafe bind(descriptor, pointer, size)
                _ = listen(descriptor, 64)
                _ = unsafe getsockname(descriptor, pointer, &length)
            }
        }
        port = UInt16(bigEndian: address.sin_port)
        let requests = requests
        Thread.detachNewThread {
            var kept: [Int32] = []
            while true {
                let peer = accept(descriptor, nil, nil)
                if peer < 0 { break }
                requests.put(Self.readRequest(peer))
                for piece in pieces {
                    let bytes = Array(piece.utf8)
                    unsafe send(peer, bytes, bytes.count, Int32(MSG_NOSIGNAL))
                }
                if staysOpen { kept.append(peer) } else { close(peer) }
            }
            for peer in kept { close(peer) }
        }
    }

    deinit {
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
    }

    private static func readRequest(_ peer: Int32) -> String {
        var all: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 65_536)
        while true {
            let text = String(decoding: all, as: UTF8.self)
            if let end = text.firstRange(of: "\r\n\r\n") {
                let length =
                    text.split(separator: "\r\n").first { $0.hasPrefix("Content-Length: ") }
                    .flatMap { Int($0.dropFirst(16)) } ?? 0
                if text[end.upperBound...].utf8.count >= length { return text }
            }
            let count = unsafe recv(peer, &piece, piece.count, 0)
            if count <= 0 { return text }
            all += piece[..<count]
        }
    }
}

@Suite(.serialized, .timeLimit(.minutes(10))) struct HTTPTests {
    private func exchange(
        _ pieces: [String], staysOpen: Bool = false, method: String = "GET", body: [UInt8]? = nil,
        headers: [(name: String, value: String)] = [], timeoutSeconds: Int = deadlineSeconds
    ) async throws -> (Result<HTTPResponse, HTTPFailure>, String) {
        let loop = try EventLoop()
        let server = try TinyHTTPServer(pieces, staysOpen: staysOpen)
        let request = HTTPRequest(
            method: method, url: "http://127.0.0.1:\(server.port)/device?a=%20b", headers: headers, body: body)
        let result: Result<HTTPResponse, HTTPFailure>
        do throws(HTTPFailure) {
            result = .success(try await HTTPClient(loop: loop).send(request, timeoutSeconds: timeoutSeconds))
        } catch {
            result = .failure(error)
        }
        let seen = try await server.requests.next()
        await loop.shutDown()
        return (result, seen.replacing(":\(server.port)", with: ":PORT"))
    }

    @Test func sendsExactlyWhatItWasGiven() async throws {
        let (result, seen) = try await exchange(
            ["HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n", "{}"],
            method: "POST",
            body: Array("{\"a\":1}".utf8),
            headers: [("Content-Type", "application/json"), ("X-Auth", "Bearer abc")])
        #expect(
            seen == """
                POST /device?a=%20b HTTP/1.1\r
                Host: 127.0.0.1:PORT\r
                Content-Type: application/json\r
                X-Auth: Bearer abc\r
                Content-Length: 7\r
                Connection: close\r
                \r
                {"a":1}
                """)
        #expect(
            try result.get() == HTTPResponse(status: 201, contentType: "application/json", body: Array("{}".utf8)))
    }

    @Test(arguments: ["PUT", "PATCH", "DELETE", "GET"]) func sendsNoBodyWhereThereIsNone(method: String) async throws {
        let (result, seen) = try await exchange(["HTTP/1.1 204 No Content\r\n\r\n"], staysOpen: true, method: method)
        #expect(seen == "\(method) /device?a=%20b HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nConnection: close\r\n\r\n")
        #expect(try result.get() == HTTPResponse(status: 204))
    }

    @Test func readsChunks() async throws {
        let (result, _) = try await exchange(
            [
                "HTTP/1.1 200 OK\r\nTransfer-", "Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n", "A\r\n01234",
                "56789\r\n0\r\nT: r\r\n\r\n",
            ],
            staysOpen: true)
        #expect(try result.get().body == Array("abc0123456789".utf8))
    }

    @Test func readsErrorsWithTheirPages() async throws {
        let (error, _) = try await exchange(
            ["HTTP/1.1 500 Internal Server Error\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<html>oops</html>"])
        #expect(
            try error.get()
                == HTTPResponse(
                    status: 500, contentType: "text/html; charset=utf-8", body: Array("<html>oops</html>".utf8)))
        let (missing, _) = try await exchange(["HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"])
        #expect(try missing.get() == HTTPResponse(status: 404))
        let (busy, _) = try await exchange(["HTTP/1.1 503 \r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n"])
        #expect(try busy.get() == HTTPResponse(status: 503, retryAfterSeconds: 7))
        let (moved, _) = try await exchange(["HTTP/1.1 302 Found\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n"])
        #expect(try moved.get().status == 302)
        let (after, _) = try await exchange(
            ["HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx"])
        #expect(try after.get() == HTTPResponse(status: 200, body: [0x78]))
    }

    @Test(arguments: [
        "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n", "HTTP/1.1 200 OK\r\nContent-", "",
    ])
    func noticesWhenCutOff(_ answer: String) async throws {
        let (result, _) = try await exchange([answer])
        // Without a length and not chunked, the end of the connection is the end of the body; none of these is that.
        #expect(result == .failure(.cutOff))
    }

    @Test(arguments: ["SSH-2.0-OpenSSH\r\n\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"])
    func refusesWhatIsNotHTTP(_ answer: String) async throws {
        let (result, _) = try await exchange([answer], staysOpen: true)
        guard case .failure(.unreachable) = result else {
            Issue.record("\(result)")
            return
        }
    }

    @Test func capsTheBody() async throws {
        let (result, _) = try await exchange(["HTTP/1.1 200 OK\r\nContent-Length: 10485761\r\n\r\n"], staysOpen: true)
        guard case .failure(.unreachable(let text)) = result else {
            Issue.record("\(result)")
            return
        }
        #expect(text.contains("10 MiB"))
    }

    @Test func timesOut() async throws {
        let (result, _) = try await exchange(["HTTP/1.1 200 OK\r\n"], staysOpen: true, timeoutSeconds: 1)
        #expect(result == .failure(.timedOut))
    }

    @Test func saysWhyItFailed() async throws {
        let loop = try EventLoop()
        let client = HTTPClient(loop: loop)
        func failure(_ url: String) async -> HTTPFailure? {
            do throws(HTTPFailure) {
                _ = try await client.send(HTTPRequest(method: "GET", url: url), timeoutSeconds: deadlineSeconds)
                return nil
            } catch {
                return error
            }
        }
        #expect(await failure("http://127.0.0.1:1/") == .unreachable("127.0.0.1:1: Connection refused"))
        #expect(await failure("127.0.0.1/x") == .badURL("127.0.0.1/x"))
        #expect(await failure("http://a b/") == .badURL("http://a b/"))
        #expect(await failure("ftp://a/") == .badURL("ftp://a/"))
        if case .unreachable(let text) = await failure("http://no-such-host.invalid/") {
            #expect(text.hasPrefix("no-such-host.invalid: "))
        } else {
            Issue.record("resolved")
        }
        await loop.shutDown()
        #expect(await failure("http://127.0.0.1:1/") == .unreachable("the event loop has ended"))
    }

    @Test func isFastEnoughToProvisionAThousand() async throws {
        let loop = try EventLoop()
        let server = try TinyHTTPServer(["HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"])
        let client = HTTPClient(loop: loop)
        let request = HTTPRequest(method: "GET", url: "http://localhost:\(server.port)/")
        for _ in 0..<1_000 {
            let response = try await client.send(request, timeoutSeconds: deadlineSeconds)
            #expect(response.status == 200)
        }
        await loop.shutDown()
    }
}
