import DojotClient
import Foundation
import OCPPKit
import Synchronization
import WebEndpoints

/// A DOJOT of Tests/Support in a process of its own, ended with the object.
final class StandIn: Sendable {
    let url: String
    /// Its end ends the stand-in, also where this process is killed. A signal may be blocked in what it starts.
    private let input = Pipe()

    init(_ arguments: String...) throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", root.appending(path: "Support/dojot_standin").path, "--until-eof"] + arguments
        let output = Pipe()
        process.standardOutput = output
        process.standardInput = input
        try process.run()
        let line = Array(output.fileHandleForReading.availableData)
        guard let url = try? JSONTree(parsing: line).root["url"]?.text else {
            throw StandInFailure(what: "the stand-in for DOJOT did not start: it needs python3 3.11")
        }
        self.url = url
    }

    deinit { try? input.fileHandleForWriting.close() }

    /// What only the stand-in does, and no DOJOT.
    func control(_ what: String, _ json: String) async throws {
        let request = HTTPRequest(
            method: "POST", url: "\(url)/_standin/\(what)",
            headers: [(name: "Content-Type", value: "application/json")], body: Array(json.utf8))
        let response = try await http.send(request, timeoutSeconds: 180)
        guard response.status == 204 else { throw StandInFailure(what: "\(what): \(response.status)") }
    }

    /// How often it was asked so, for example `POST /auth`.
    func count(_ request: String) async throws -> Int64 {
        let all = HTTPRequest(method: "GET", url: "\(url)/_standin/requests")
        let response = try await http.send(all, timeoutSeconds: 180)
        return try JSONTree(parsing: response.body).root.member(named: request)?.integer ?? 0
    }

    func session(
        user: String = "admin", password: String = "admin", tokenPath: String? = nil, clock: TestClock = TestClock()
    ) -> DojotSession {
        DojotSession(
            .init(baseURL: url, user: user, password: password, tokenPath: tokenPath), http: http, now: { clock.now })
    }

    /// A client that keeps the stand-in alive.
    var http: any HTTPRequesting { StandInRequester(standIn: self) }
}

private struct StandInRequester: HTTPRequesting {
    let standIn: StandIn

    func send(_ request: HTTPRequest, timeoutSeconds: Int) async throws(HTTPFailure) -> HTTPResponse {
        try await realHTTP.send(request, timeoutSeconds: max(timeoutSeconds, 180))
    }
}

/// What the tool itself uses, on one loop for all tests.
let realHTTP: any HTTPRequesting = {
    do {
        return HTTPClient(loop: try EventLoop())
    } catch {
        fatalError("no event loop: \(error)")
    }
}()

struct StandInFailure: Error { let what: String }

/// A clock that stands still until it is told the time.
final class TestClock: Sendable {
    private let time = Mutex(Timestamp(seconds: 1_795_340_000))

    var now: Timestamp { time.withLock { $0 } }

    func advance(seconds: Int64) {
        time.withLock { $0 = $0.adding(milliseconds: seconds * 1000) }
    }
}

/// A directory that goes with the object.
final class TemporaryDirectory: Sendable {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.appending(path: "dojot-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// Values gathered from a closure that may run anywhere.
final class Gathered<Value: Sendable>: Sendable {
    private let gathered = Mutex<[Value]>([])

    var values: [Value] { gathered.withLock { $0 } }

    func append(_ value: Value) { gathered.withLock { $0.append(value) } }
}
