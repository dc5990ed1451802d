import Testing

@testable import OCPPKit

/// Commands are in the store before they are sent, and a crash leaves none without an outcome.
@Suite("Central system: the journal of commands")
struct JournalTests {
    private func booted() -> Scenario {
        var scenario = Scenario { $0.publishedChargePoints = ["CP1"] }
        scenario.boot()
        return scenario
    }

    @Test func `A command is sent once it is durable, and one at a time waits for that`() throws {
        var scenario = booted()
        scenario.commitsAtOnce = false
        #expect(scenario.command("CP1", "Reset", #"{"type":"Soft"}"#) == nil)
        #expect(scenario.command("CP1", "ClearCache") == nil)
        #expect(scenario.calls(to: scenario.connection["CP1"]).isEmpty)
        #expect(scenario.waiting.flatMap(\.operations).compactMap(\.command?.action) == ["Reset"])

        scenario.commitWaiting()
        let call = try #require(scenario.calls(to: scenario.connection["CP1"]).first)
        #expect(call.action == "Reset")
        let row = try #require(scenario.store.commands.first)
        #expect(row.messageId == call.messageId && row.text == Array(call.raw))
        #expect(scenario.calls(to: scenario.connection["CP1"]).count == 1)
    }

    @Test func `Its time begins when it is sent`() throws {
        var scenario = booted()
        scenario.commitsAtOnce = false
        scenario.command("CP1", "Reset", #"{"type":"Soft"}"#, timeout: 5000)
        scenario.pass(seconds: 60)
        #expect(scenario.outcomes.isEmpty)
        scenario.commitsAtOnce = true
        scenario.commitWaiting()
        scenario.pass(seconds: 4)
        #expect(scenario.outcomes.isEmpty)
        scenario.pass(seconds: 1)
        #expect(scenario.outcomes.map(\.outcome) == [.timeout])
    }

    @Test func `What the journal cannot take is not sent, and the next one may be`() throws {
        var scenario = booted()
        scenario.storeFailure = .failed("no space left")
        scenario.command("CP1", "Reset", #"{"type":"Soft"}"#)
        #expect(scenario.calls(to: scenario.connection["CP1"]).isEmpty)
        let outcome = try #require(scenario.outcomes.first)
        #expect(outcome.outcome == .refused && outcome.messageId == nil)
        #expect(outcome.message == "not sent, since it cannot be stored: no space left")
        scenario.storeFailure = nil
        #expect(scenario.command("CP1", "ClearCache") != nil)
    }

    @Test func `A connection that ends before it is sent leaves nothing on its way`() throws {
        var scenario = booted()
        scenario.commitsAtOnce = false
        scenario.command("CP1", "Reset", #"{"type":"Soft"}"#)
        let gone = scenario.connection["CP1"]
        scenario.disconnect()
        #expect(scenario.outcomes.map(\.outcome) == [.notConnected])
        scenario.boot()
        scenario.commitsAtOnce = true
        scenario.commitWaiting()
        #expect(scenario.calls(to: gone).isEmpty && scenario.calls(to: scenario.connection["CP1"]).isEmpty)
        #expect(scenario.store.knownState.openCommands.isEmpty)
    }

    @Test(arguments: [
        (#"[3,"%",{"status":"Accepted"}]"#, CommandOutcome.Outcome.accepted),
        (#"[3,"%",{"status":"Rejected"}]"#, .refused),
        (#"[4,"%","NotSupported","",{}]"#, .error), ("time", .timeout), ("end", .unknown),
    ])
    func `Every outcome is in the journal`(_ answer: String, _ expected: CommandOutcome.Outcome) throws {
        var scenario = booted()
        let sent = scenario.command("CP1", "Reset", #"{"type":"Soft"}"#)
        let call = try #require(sent)
        switch answer {
        case "time": scenario.pass(seconds: 30)
        case "end": scenario.disconnect()
        default: scenario.send("CP1", answer.split(separator: "%").joined(separator: call.messageId))
        }
        #expect(scenario.outcomes.map(\.outcome) == [expected])
        #expect(scenario.store.commandEnds.map(\.id) == [1])
        #expect(scenario.store.commandEnds.map(\.outcome.outcome) == [expected])
    }

    @Test func `After a crash the outcome is unknown, once, and nothing is sent again`() throws {
        var scenario = booted()
        let sent = scenario.command("CP1", "Reset", #"{"type":"Soft"}"#)
        let call = try #require(sent)
        scenario.restart()
        scenario.begin()
        let told = scenario.records.compactMap { if case .command(let outcome) = $0 { outcome } else { nil } }
        #expect(told.count == 1)
        #expect(told.first?.outcome == .unknown && told.first?.action == "Reset")
        #expect(told.first?.messageId == call.messageId)
        #expect(told.first?.message == "the central system ended before an answer")
        #expect(scenario.notices == ["CP1: Reset was on its way when the last run ended: its outcome is unknown"])
        let published = try #require(scenario.store.published.last)
        #expect(published["lastCommand"]?.text == "Reset" && published["lastCommandResult"]?.text == "unknown")

        // The charge point comes back, and even answers.
        scenario.boot()
        scenario.send("CP1", "[3,\"\(call.messageId)\",{\"status\":\"Accepted\"}]")
        #expect(scenario.calls(to: scenario.connection["CP1"]).isEmpty)

        scenario.restart()
        scenario.begin()
        #expect(scenario.notices.count == 1)
        // Ids of the journal go on.
        scenario.boot()
        scenario.command("CP1", "ClearCache")
        #expect(scenario.store.commands.map(\.id) == [1, 2])
    }
}

extension StoreOperation {
    fileprivate var command: StoredCommand? { if case .command(let row) = self { row } else { nil } }
}
