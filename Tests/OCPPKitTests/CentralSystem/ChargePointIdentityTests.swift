import Testing

@testable import OCPPKit

/// Row 20: one path segment, percent-decoded once, of characters that are allowed.
@Suite("Identity in the URL")
struct ChargePointIdentityTests {
    private func read(_ target: String, below path: String = "/ocpp") -> Result<String, ChargePointIdentity.Failure> {
        Result { () throws(ChargePointIdentity.Failure) in
            try ChargePointIdentity.read(target: target, below: path)
        }
    }

    @Test(arguments: [
        ("/ocpp/CP1", "CP1"), ("/ocpp/CP1/", "CP1"), ("/ocpp/CP1?x=1", "CP1"), ("/ocpp/CP%201", "CP 1"),
        ("/ocpp/CP+2", "CP+2"), ("/ocpp/%43P1", "CP1"), ("/ocpp/a.b-c_d~e:f@g*h=i%7C", "a.b-c_d~e:f@g*h=i|"),
        ("/ocpp/cp1", "cp1"), ("/ocpp//CP1", "CP1"), ("/ocpp///CP1//?x=//", "CP1"), ("//ocpp/CP1", "CP1"),
    ])
    func `An identity is read as it was written`(_ target: String, _ expected: String) {
        #expect(read(target) == .success(expected))
    }

    @Test(arguments: [
        "/ocpp/EVIL%2FCP2", "/ocpp/a/../CP2", "/ocpp/a/b", "/ocpp/CP;x", "/ocpp/CP%3Bx", "/ocpp/CP%0D%0AX", "/ocpp/%FF",
        "/ocpp/CP%", "/ocpp/CP%4", "/ocpp/CP%GG", "/ocpp/.", "/ocpp/..", "/ocpp/%2E%2E", "/ocpp//a//b", "/ocpp/%2FCP1",
        "/ocpp/%20CP",
        "/ocpp/CP%20", "/ocpp/CP%00", "/ocpp/CP%2531/x", "/ocpp/%C3%A9", "/ocpp/" + String(repeating: "x", count: 49),
        "/ocpp/" + String(repeating: "x", count: 1000),
    ])
    func `Anything else is refused`(_ target: String) {
        #expect(read(target) == .failure(.malformed))
    }

    @Test func `It is decoded once`() {
        #expect(read("/ocpp/CP%2531") == .failure(.malformed))
    }

    @Test(arguments: [
        ("/other/CP1", ChargePointIdentity.Failure.wrongPath), ("/ocppCP1", .wrongPath), ("/", .wrongPath),
        ("", .wrongPath), ("/ocpp", .wrongPath), ("/ocpp/", .missing), ("/ocpp/?x", .missing),
        ("/ocpp//", .missing), ("//", .wrongPath),
    ])
    func `A target without an identity says so`(_ target: String, _ expected: ChargePointIdentity.Failure) {
        #expect(read(target) == .failure(expected))
    }

    @Test func `The path may end with a slash`() {
        #expect(read("/a/b/CP1", below: "/a/b/") == .success("CP1"))
        #expect(read("/a//b///CP1", below: "/a/b/") == .success("CP1"))
        #expect(read("/CP1", below: "/") == .success("CP1"))
        #expect(read("//CP1", below: "/") == .success("CP1"))
    }
}
