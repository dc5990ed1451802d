import Testing

@testable import WebEndpoints

/// Requests found in bytes, without a socket.
@Suite struct HTTPRequestReaderTests {
    /// What comes out of `text`, fed in pieces: `METHOD path body`, a status, or `…` where more is needed.
    private func read(_ text: String, piece: Int = .max, maxBodyBytes: Int = 100) -> [String] {
        var reader = HTTPRequestReader(maxBodyBytes: maxBodyBytes)
        var rest = Array(text.utf8)[...]
        var results: [String] = []
        while true {
            switch reader.next() {
            case .needsMore:
                guard !rest.isEmpty else { return reader.isMidRequest ? results + ["…"] : results }
                reader.append(rest.prefix(piece))
                rest = rest.dropFirst(piece)
            case .expectsContinue: results.append("continue")
            case .request(let request, let closes):
                let body = String(decoding: request.body, as: UTF8.self)
                results.append("\(request.method) \(request.path) \(body)" + (closes ? " close" : ""))
            case .refusal(let status): return results + ["\(status)"]
            }
        }
    }

    @Test(arguments: [1, 2, 3, 7, .max]) func requestsInPieces(_ piece: Int) {
        let text =
            "\r\n\nGET /a HTTP/1.1\r\nHost: x\r\n\r\nPOST /b HTTP/1.1\nhost: x\ncontent-length: 3\n\nabc"
            + "\r\nPUT /c HTTP/1.1\r\nHost:\r\nContent-Length: 0\r\nConnection: Keep-Alive, Close\r\n\r\nDE"
        #expect(read(text, piece: piece) == ["GET /a ", "POST /b abc", "PUT /c  close", "…"])
    }

    @Test func continueIsToldOnce() {
        let head = "POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-Continue\r\nContent-Length: 4\r\n\r\n"
        #expect(read(head + "ab") == ["continue", "…"])
        #expect(read(head + "abcd", piece: 1) == ["continue", "POST / abcd"])
        #expect(read(head + "abcd") == ["POST / abcd"])
    }

    @Test(arguments: [
        ("GET / HTTP/1.1\r\n\r\n", "400"), ("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", "400"),
        ("GET / HTTP/1.0\r\nHost: a\r\n\r\n", "505"), ("GET / HTTP/2.0\r\nHost: a\r\n\r\n", "505"),
        ("GET /\r\nHost: a\r\n\r\n", "400"), ("GET  / HTTP/1.1\r\nHost: a\r\n\r\n", "400"),
        ("GET / HTTP/1.1 x\r\nHost: a\r\n\r\n", "400"), ("G(T / HTTP/1.1\r\nHost: a\r\n\r\n", "400"),
        ("GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n", "400"), ("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", "400"),
        ("CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n", "400"), ("GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n", "400"),
        ("GET /%f HTTP/1.1\r\nHost: a\r\n\r\n", "400"), ("GET /%ff HTTP/1.1\r\nHost: a\r\n\r\n", "400"),
        ("GET /%00 HTTP/1.1\r\nHost: a\r\n\r\n", "400"), ("GET /?a=%0a HTTP/1.1\r\nHost: a\r\n\r\n", "400"),
        ("GET /é HTTP/1.1\r\nHost: a\r\n\r\n", "400"), ("GET / HTTP/1.1\r\nHost : a\r\n\r\n", "400"),
        ("GET / HTTP/1.1\r\nHost: a\r\n b: c\r\n\r\n", "400"), ("GET / HTTP/1.1\r\nHost: a\r\nno colon\r\n\r\n", "400"),
        ("GET / HTTP/1.1\r\nHost: a\u{0}\r\n\r\n", "400"), ("GET / HTTP/1.1\r\nHost: a\r\r\n\r\n", "400"),
        ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", "411"),
        ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n", "411"),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\n", "400"),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3, 3\r\n\r\n", "400"),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +3\r\n\r\n", "400"),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -3\r\n\r\n", "400"),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\n", "400"),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 101\r\n\r\n", "413"),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999999\r\n\r\n", "413"),
        ("\u{16}\u{3}\u{1}", "400"),
    ]) func refusals(_ text: String, _ status: String) {
        #expect(read(text) == [status])
        #expect(read(text, piece: 1) == [status])
    }

    @Test(arguments: ["", "\r\n\r\n"]) func headsThatAreTooLarge(_ end: String) {
        let text = "GET / HTTP/1.1\r\nHost: a\r\nX: " + String(repeating: "x", count: 17_000) + end
        for piece in [1, 1_000, .max] { #expect(read(text, piece: piece) == ["431"]) }
    }

    @Test func targets() throws {
        let (path, query) = try #require(HTTPRequestReader.target("/a%20b/%C3%A9/../+?q=1+2%2B&r&=z&s=a=b&&?"))
        #expect(path == "/a b/é/../+")
        #expect(query.map { "\($0.name)|\($0.value)" } == ["q|1 2+", "r|", "|z", "s|a=b", "?|"])
    }
}
