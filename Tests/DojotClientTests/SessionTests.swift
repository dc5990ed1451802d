import DojotClient
import Foundation
import OCPPKit
import Testing
import WebEndpoints

struct SessionTests {
    @Test func manyRunsShareOneLogin() async throws {
        let dojot = try StandIn("--user", "ana:pw:belem")
        let directory = try TemporaryDirectory()
        let path = directory.path + "/new/cache/token"
        for _ in 1...4 {
            let session = dojot.session(user: "ana", password: "pw", tokenPath: path)
            #expect(try await session.tenant() == "belem")
            _ = try await session.send("GET", "/device")
        }
        #expect(try await dojot.count("POST /auth") == 1)
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        let files = try FileManager.default.contentsOfDirectory(atPath: directory.path + "/new/cache")
        #expect(files == ["token"])
    }

    @Test func simultaneousRequestsShareOneLogin() async throws {
        let dojot = try StandIn()
        let session = dojot.session()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 1...8 { group.addTask { _ = try await session.send("GET", "/device") } }
            try await group.waitForAll()
        }
        #expect(try await dojot.count("POST /auth") == 1)
    }

    @Test func tokenIsRenewedAtFourFifthsOfItsLife() async throws {
        let dojot = try StandIn()
        let clock = TestClock()
        let session = dojot.session(clock: clock)
        _ = try await session.tenant()
        clock.advance(seconds: 335)
        _ = try await session.tenant()
        #expect(try await dojot.count("POST /auth") == 1)
        clock.advance(seconds: 1)
        _ = try await session.tenant()
        #expect(try await dojot.count("POST /auth") == 2)
    }

    @Test func refusedTokenIsRenewed() async throws {
        let dojot = try StandIn("--token-lifetime", "1000")
        let directory = try TemporaryDirectory()
        let session = dojot.session(tokenPath: directory.path + "/token")
        let other = dojot.session(tokenPath: directory.path + "/token")
        _ = try await session.send("GET", "/device")
        _ = try await other.send("GET", "/device")
        try await dojot.control("tokens", "{}")
        _ = try await session.send("GET", "/device")
        _ = try await other.send("GET", "/device")
        // The other one found the new token on disk.
        #expect(try await dojot.count("POST /auth") == 2)
    }

    @Test func wrongPasswordAndUnknownUserAreToldApart() async throws {
        let dojot = try StandIn()
        await #expect(throws: DojotFailure.wrongPassword(user: "admin")) {
            try await dojot.session(password: "wrong").tenant()
        }
        await #expect(throws: DojotFailure.unknownUser("nobody")) {
            try await dojot.session(user: "nobody").tenant()
        }
    }

    @Test func deniedPermissionIsNamed() async throws {
        let dojot = try StandIn("--reader", "eva:pw")
        let session = dojot.session(user: "eva", password: "pw")
        await #expect(throws: DojotFailure.permissionDenied("DELETE /device/abcdef")) {
            try await session.send("DELETE", "/device/abcdef")
        }
    }

    @Test func refusalsSayWhy() async throws {
        let session = try StandIn().session()
        do {
            _ = try await session.send("POST", "/template", body: .object([("attrs", .array([]))]))
            Issue.record("a template without label was taken")
        } catch {
            let expected =
                "POST /template: 400 failed to parse input {\"label\": [\"Missing data for required field.\"]}"
            #expect(error.description == expected)
        }
    }

    /// On a clock that the wait alone moves on, so that a slow machine's logins do not eat into it.
    @Test(arguments: [(false, 60), (true, 61)])
    func loginLimitIsWaitedOut(tellsWhen: Bool, seconds: Int) async throws {
        let dojot =
            try tellsWhen
            ? StandIn("--rate-limit", "--frozen", "--retry-after")
            : StandIn("--rate-limit", "--frozen")
        for _ in 1...5 { _ = try await dojot.session().tenant() }
        let notices = Gathered<DojotNotice>()
        let session = DojotSession(
            .init(baseURL: dojot.url, user: "admin", password: "admin"), http: dojot.http,
            now: { Timestamp(seconds: 0) },
            sleep: { try await dojot.control("clock", "{\"advanceSeconds\":\($0)}") }, notify: { notices.append($0) })
        _ = try await session.tenant()
        #expect(notices.values == (1...seconds).reversed().map { .waiting(secondsLeft: $0) })
    }

    @Test func waitingHasAnEnd() async throws {
        let dojot = try StandIn("--rate-limit")
        for _ in 1...5 { _ = try await dojot.session().tenant() }
        let session = DojotSession(
            .init(baseURL: dojot.url, user: "admin", password: "admin", longestWaitSeconds: 150),
            http: dojot.http, now: { Timestamp(seconds: 0) }, sleep: { _ in })
        await #expect(throws: DojotFailure.tooManyRequests(waitedSeconds: 120)) { try await session.tenant() }
    }

    @Test func unreachableIsSaid() async throws {
        let session = DojotSession(
            .init(baseURL: "http://127.0.0.1:1/", user: "admin", password: "admin"), http: realHTTP,
            now: { Timestamp(seconds: 0) })
        await #expect { try await session.tenant() } throws: { error in
            guard case DojotFailure.unreachable = error else { return false }
            return true
        }
    }

    @Test func anotherServiceIsNoDojot() async throws {
        struct OtherService: HTTPRequesting {
            func send(_: HTTPRequest, timeoutSeconds _: Int) async throws(HTTPFailure) -> HTTPResponse {
                HTTPResponse(status: 200, contentType: "text/html", body: Array("<html>".utf8))
            }
        }
        let session = DojotSession(
            .init(baseURL: "http://example", user: "admin", password: "admin"), http: OtherService(),
            now: { Timestamp(seconds: 0) })
        await #expect(throws: DojotFailure.unexpectedAnswer("POST /auth gave no JSON")) { try await session.tenant() }
    }

    @Test func tokenFileOfOthersIsNotTaken() async throws {
        let dojot = try StandIn("--user", "ana:pw", "--user", "rui:pw")
        let directory = try TemporaryDirectory()
        let path = directory.path + "/token"
        _ = try await dojot.session(user: "ana", password: "pw", tokenPath: path).tenant()
        #expect(try await dojot.session(user: "rui", password: "pw", tokenPath: path).tenant() == "rui")
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
        _ = try await dojot.session(user: "rui", password: "pw", tokenPath: path).tenant()
        #expect(try await dojot.count("POST /auth") == 3)
    }

    @Test func tokenThatCannotBeKeptIsSaidAndUsed() async throws {
        let dojot = try StandIn()
        let notices = Gathered<DojotNotice>()
        let session = DojotSession(
            .init(baseURL: dojot.url, user: "admin", password: "admin", tokenPath: "/dev/null/token"),
            http: dojot.http, now: { Timestamp(seconds: 0) }, notify: { notices.append($0) })
        #expect(try await session.tenant() == "admin")
        #expect(notices.values == [.tokenNotKept(reason: "/dev/null/token: Not a directory")])
    }
}
