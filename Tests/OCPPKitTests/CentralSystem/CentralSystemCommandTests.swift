import Testing

@testable import OCPPKit

/// Commands to charge points: one at a time each, answered, late or never (rows 28, 29, 30 and 36).
@Suite("Central system: commands")
struct CentralSystemCommandTests {
    private func booted(_ ids: String...) -> Scenario {
        var scenario = Scenario()
        for id in ids { scenario.boot(id) }
        return scenario
    }

    /// Row 28: many at once, and the wire never overlaps.
    @Test func `One command at a time is on its way to each charge point`() throws {
        var scenario = booted("CP1", "CP2")
        for _ in 0..<50 {
            scenario.command("CP1", "ClearCache")
            scenario.command("CP2", "ClearCache")
        }
        let (first, second) = (scenario.connection["CP1"], scenario.connection["CP2"])
        for answered in 0..<50 {
            // Both have one more than they have answered.
            #expect(scenario.calls(to: first).count == answered + 1)
            #expect(scenario.calls(to: second).count == 1)
            let call = try #require(scenario.calls(to: first).last)
            scenario.send("CP1", "[3,\"\(call.messageId)\",{\"status\":\"Accepted\"}]")
        }
        #expect(scenario.outcomes.count == 50)
        #expect(scenario.outcomes.allSatisfy { $0.chargePointId == "CP1" && $0.outcome == .accepted })
        #expect(scenario.calls(to: second).count == 1)
    }

    /// Row 29: crossing calls, no deadlock.
    @Test func `A charge point's own calls are answered while a command waits`() throws {
        var scenario = booted("CP1")
        let sent = scenario.command("CP1", "Reset", #"{"type":"Soft"}"#)
        let call = try #require(sent)
        #expect(scenario.ask("CP1", "Heartbeat") != nil)
        #expect(scenario.start("CP1") != nil)
        // Even under the id of the command.
        #expect(scenario.call("CP1", "Heartbeat", messageId: call.messageId)?.kind == .callResult)
        #expect(scenario.outcomes.isEmpty)
        scenario.send("CP1", "[3,\"\(call.messageId)\",{\"status\":\"Accepted\"}]")
        #expect(scenario.outcomes.map(\.outcome) == [.accepted])
    }

    /// Row 30.
    @Test func `A timeout frees the place, and the late answer is noted and nothing else`() throws {
        var scenario = booted("CP1")
        let sent = scenario.command("CP1", "Reset", #"{"type":"Soft"}"#, timeout: 30_000)
        let late = try #require(sent)
        #expect(scenario.command("CP1", "ClearCache") == nil)
        scenario.pass(seconds: 29)
        #expect(scenario.outcomes.isEmpty)
        #expect(scenario.wakes.contains(Scenario.beginning.adding(milliseconds: 30_000)))
        scenario.pass(seconds: 1)
        #expect(scenario.outcomes.map(\.outcome) == [.timeout])
        let next = try #require(scenario.calls(to: scenario.connection["CP1"]).last)
        #expect(next.action == "ClearCache")

        scenario.pass(seconds: 1)
        scenario.send("CP1", "[3,\"\(late.messageId)\",{\"status\":\"Accepted\"}]")
        #expect(scenario.outcomes.count == 1)
        #expect(scenario.notices == ["CP1: answers Reset after 31000 ms, too late to count"])
        #expect(scenario.frames.last?.action == "Reset")
        #expect(scenario.frames.last?.responseMilliseconds == 31_000)
        // It is late once.
        scenario.send("CP1", "[3,\"\(late.messageId)\",{\"status\":\"Accepted\"}]")
        #expect(scenario.notices.count == 1)

        scenario.send("CP1", "[3,\"\(next.messageId)\",{\"status\":\"Rejected\"}]")
        #expect(scenario.outcomes.map(\.outcome) == [.timeout, .refused])
    }

    @Test func `A late answer changes nothing that a timely one would`() throws {
        var scenario = booted("CP1")
        let sent = scenario.command(
            "CP1", "ReserveNow",
            #"{"connectorId":1,"expiryDate":"2027-01-01T00:00:00Z","idTag":"T","reservationId":1}"#, timeout: 1000)
        let call = try #require(sent)
        scenario.pass(seconds: 2)
        scenario.send("CP1", "[3,\"\(call.messageId)\",{\"status\":\"Accepted\"}]")
        #expect(scenario.store.reservations.isEmpty)
    }

    @Test func `A CALLERROR is an outcome`() throws {
        var scenario = booted("CP1")
        let sent = scenario.command("CP1", "Reset", #"{"type":"Soft"}"#)
        let call = try #require(sent)
        scenario.send("CP1", "[4,\"\(call.messageId)\",\"NotSupported\",\"no such thing\",{}]")
        let outcome = try #require(scenario.outcomes.first)
        #expect(outcome.outcome == .error && outcome.status == "NotSupported" && outcome.message == "no such thing")
    }

    /// Who asks does not wait for ever, and nothing is sent when he has gone.
    @Test func `A command that waits too long for its turn is not sent`() throws {
        var scenario = booted("CP1")
        let sent = scenario.command("CP1", "Reset", #"{"type":"Soft"}"#, timeout: 30_000)
        let call = try #require(sent)
        #expect(scenario.command("CP1", "ClearCache", timeout: 5_000) == nil)
        #expect(scenario.wakes.contains(Scenario.beginning.adding(milliseconds: 5_000)))
        scenario.pass(seconds: 4)
        #expect(scenario.outcomes.isEmpty)
        scenario.pass(seconds: 1)
        let outcome = try #require(scenario.outcomes.first)
        #expect(outcome.action == "ClearCache" && outcome.outcome == .timeout && outcome.messageId == nil)
        #expect(outcome.message == "not sent within 5000 ms: another command was on its way to the charge point")
        scenario.send("CP1", "[3,\"\(call.messageId)\",{\"status\":\"Accepted\"}]")
        #expect(scenario.outcomes.map(\.outcome) == [.timeout, .accepted])
        #expect(scenario.calls(to: scenario.connection["CP1"]).map(\.action) == ["Reset"])
    }

    /// Lines of a file go one after the other, however long each takes.
    @Test func `A patient command waits for its turn`() throws {
        var scenario = booted("CP1")
        scenario.command("CP1", "Reset", #"{"type":"Soft"}"#, timeout: 30_000)
        scenario.give(
            .command(
                CommandRequest(
                    ticket: 99, chargePointId: "CP1", action: "ClearCache", payload: Array("{}".utf8),
                    timeoutMilliseconds: 5_000, isPatient: true)))
        scenario.pass(seconds: 30)
        #expect(scenario.outcomes.map(\.action) == ["Reset"])
        #expect(scenario.calls(to: scenario.connection["CP1"]).map(\.action) == ["Reset", "ClearCache"])
    }

    /// It has answered: nobody need wait until the time is over, and the next command can go.
    @Test(arguments: [
        (#"[3,"ID"]"#, "2 elements; a CALLRESULT has 3"), (#"[3,"ID",[]]"#, "the payload is not an object"),
        (#"[3,"ID",{},{}]"#, "4 elements; a CALLRESULT has 3"), (#"[4,"ID"]"#, "2 elements; a CALLERROR has 5"),
        (#"[3,"ID",{"status":"Accepted""#, "the text ends inside a value, after "),
        (#"[3,"ID",{"configurationKey":]}]"#, "not JSON at byte "),
    ])
    func `An answer that cannot be read is one`(_ answer: String, _ reason: String) throws {
        var scenario = booted("CP1")
        let sent = scenario.command("CP1", "GetConfiguration")
        let call = try #require(sent)
        scenario.command("CP1", "ClearCache")
        scenario.send("CP1", answer.replacing("ID", with: "other"))
        #expect(scenario.outcomes.isEmpty)
        scenario.send("CP1", answer.replacing("ID", with: call.messageId))
        let outcome = try #require(scenario.outcomes.first)
        #expect(outcome.outcome == .error && outcome.status == nil && outcome.messageId == call.messageId)
        #expect(outcome.message?.hasPrefix("the answer cannot be read: \(reason)") == true)
        #expect(scenario.calls(to: scenario.connection["CP1"]).last?.action == "ClearCache")
    }

    /// Row 26.
    @Test(arguments: [
        #"[3,"ID",{"status":"Accepted","value":"5c1f00aa"}"#,
        #"[3,"ID",{"configurationKey":[{"key":"AuthorizationKey","value":"6d2e"}],"unknownKey":]}]"#,
        #"[3,"ID",{"configurationKey":{"key":"AuthorizationKey","value":"6d2e"}}]"#,
    ])
    func `No secret is told of an answer that is no frame`(_ answer: String) throws {
        var scenario = booted("CP1")
        let sent = scenario.command("CP1", "ChangeConfiguration", #"{"key":"AuthorizationKey","value":"5c1f00aa"}"#)
        let call = try #require(sent)
        scenario.send("CP1", answer.replacing("ID", with: call.messageId))
        var writer = JSONWriter()
        for record in scenario.records { record.write(to: &writer) }
        let told = String(decoding: writer.bytes, as: UTF8.self)
        #expect(!told.contains("5c1f00aa") && !told.contains("6d2e"))
        #expect(told.contains("***"))
    }

    @Test(arguments: [
        ("{}", CommandOutcome.Outcome.accepted), (#"{"status":"Accepted"}"#, .accepted),
        (#"{"status":"AcceptedCanceled"}"#, .accepted), (#"{"status":"Scheduled"}"#, .accepted),
        (#"{"status":"RebootRequired"}"#, .accepted), (#"{"status":"Unlocked"}"#, .accepted),
        (#"{"status":"Rejected"}"#, .refused), (#"{"status":"UnlockFailed"}"#, .refused),
        (#"{"status":"accepted"}"#, .refused), ("null", .accepted), (#"{"status":null}"#, .accepted),
        (#"{"status":5}"#, .refused), (#"{"status":""}"#, .refused), (#"{"status":["Accepted"]}"#, .refused),
    ])
    func `A status is a yes or a no`(_ answer: String, _ expected: CommandOutcome.Outcome) {
        var scenario = booted("CP1")
        scenario.command("CP1", "ClearCache", "{}", answer: answer)
        #expect(scenario.outcomes.map(\.outcome) == [expected])
    }

    @Test func `What is on its way when the connection ends has an unknown outcome`() {
        var scenario = booted("CP1")
        scenario.command("CP1", "ClearCache")
        scenario.command("CP1", "GetConfiguration")
        scenario.disconnect("CP1")
        #expect(scenario.outcomes.map(\.outcome) == [.unknown, .notConnected])
        scenario.command("CP1", "ClearCache")
        scenario.command("CP9", "ClearCache")
        #expect(scenario.outcomes.map(\.outcome) == [.unknown, .notConnected, .notConnected, .notConnected])
        // Nothing is sent again by itself.
        scenario.boot("CP1")
        #expect(scenario.calls(to: scenario.connection["CP1"]).isEmpty)
    }

    /// Row 36: at most 36 characters, and never the same again, also after a restart.
    @Test func `Message ids are short and unique`() throws {
        var source = IdentifierSource(seed: "zzzzzzzzzzzzzzz", random: SystemRandomNumberGenerator())
        var seen: Set<String> = []
        for _ in 0..<10_000 { seen.insert(source.messageId()) }
        #expect(seen.count == 10_000)
        // The longest that it would ever give.
        let last = source.messageId()
        let count = try #require(last.split(separator: "-").last.flatMap { Int($0) })
        #expect(count == 10_001)
        #expect(last.utf8.count - String(count).utf8.count + String(Int.max).utf8.count <= 36)

        var scenario = booted("CP1")
        for round in 0..<100 {
            if round == 50 {
                scenario.restart()
                scenario.boot("CP1")
            }
            scenario.command("CP1", "ClearCache", "{}", answer: "{}")
        }
        let ids = try scenario.sent.map { try Frame.read($0.bytes) }.filter { $0.kind == .call }.map(\.messageId)
        #expect(ids.count == 100 && Set(ids).count == 100)
    }

    /// Row 36: what is remembered of calls that were never answered is bounded.
    @Test func `Unanswered commands leave nothing behind`() {
        var scenario = booted("CP1")
        for _ in 0..<1000 {
            scenario.command("CP1", "ClearCache", timeout: 1000)
            scenario.pass(seconds: 1)
        }
        #expect(scenario.outcomes.count == 1000)
        #expect(scenario.core.chargePoints["CP1"]?.overdue.count == 16)
        #expect(scenario.core.chargePoints["CP1"]?.queue.isEmpty == true)
        #expect(scenario.core.outstandingChargePoints.isEmpty)
    }
}
