@testable import OCPPKit
import Testing

@Suite struct SimulatedProtocolTests {
    static let spec = try! SessionSpec(parsing: "connector=1,idTag=TAG1,energy=20kWh,power=50kW")

    @Test func bootTellsTheModelAndThenTheStatuses() throws {
        let system = ScriptedCentralSystem.booted()
        let boot = try #require(system.calls("BootNotification").first?.payload)
        #expect(boot["chargePointVendor"]?.text == "ABB")
        #expect(boot["chargePointModel"]?.text == "Terra 54 CJG")
        let told = system.calls("StatusNotification").map { $0.payload["connectorId"]?.integer }
        #expect(told == [0, 1, 2, 3])
        #expect(system.violations.isEmpty)
    }

    @Test(arguments: ["Pending", "Rejected"])
    func bootIsTriedAgainAfterTheInterval(status: String) {
        var system = ScriptedCentralSystem()
        system.answer = { _, _ in #"{"status":"\#(status)","currentTime":"2026-11-22T08:00:00Z","interval":20}"# }
        system.connect()
        system.order(.run(SimulatedProtocolTests.spec))
        system.run(seconds: 65)
        #expect(system.calls().map(\.action) == Array(repeating: "BootNotification", count: 4))
        #expect(system.calls().map { ($0.time - ScriptedCentralSystem.start) / 1000 } == [0, 20, 40, 60])
        system.answer = nil
        system.run(seconds: 3600)
        #expect(system.results.map(\.outcome) == [.completed])
    }

    @Test func withoutAnIntervalTheChargePointChooses() {
        var system = ScriptedCentralSystem()
        system.answer = { _, _ in #"{"status":"Rejected","currentTime":"2026-11-22T08:00:00Z","interval":0}"# }
        system.connect()
        system.run(seconds: 61)
        #expect(system.calls("BootNotification").count == 2)
    }

    @Test func heartbeatsFollowTheIntervalOfTheAnswer() {
        var system = ScriptedCentralSystem()
        system.answer = { action, _ in
            action == "BootNotification"
                ? #"{"status":"Accepted","currentTime":"2026-11-22T08:00:00Z","interval":40}"# : ""
        }
        system.connect()
        system.run(seconds: 125)
        #expect(system.calls("Heartbeat").count == 3)
    }

    @Test func nothingIsLostWhileOffline() throws {
        var system = ScriptedCentralSystem.booted()
        system.order(.run(SimulatedProtocolTests.spec))
        system.run(seconds: 10 * 60)
        system.disconnect()
        let told = system.calls().count
        system.run(seconds: 40 * 60)
        #expect(system.calls().count == told)
        system.connect()
        system.run(seconds: 60)

        let samples = system.calls("MeterValues")
        #expect(samples.count == 23)
        #expect(samples.allSatisfy { $0.payload["transactionId"]?.integer == 101 })
        let times = samples.compactMap { $0.payload["meterValue"]?.elements.map { $0 }.first?["timestamp"]?.text }
        #expect(
            times
                == (1...23).map {
                    ScriptedCentralSystem.start.adding(milliseconds: 1000 + $0 * 60_000).description
                })
        let stop = try #require(system.calls("StopTransaction").first?.payload)
        #expect(stop["timestamp"]?.text == "2026-11-22T08:24:01.000Z")
        #expect(system.calls("StopTransaction").count == 1)
        #expect(system.chargePoint.isSettled)
        // The connector is Available again, and was Charging when it was last told.
        #expect(system.statuses(ofConnector: 1).suffix(2) == ["Charging", "Available"])
    }

    @Test func aStartWhileOfflineGetsItsIdLater() {
        var system = ScriptedCentralSystem.booted()
        system.disconnect()
        system.order(.run(SimulatedProtocolTests.spec))
        system.run(seconds: 600)
        system.connect()
        system.run(seconds: 3600)
        let messages = system.calls("StartTransaction", "MeterValues", "StopTransaction")
        #expect(
            messages.map(\.action) == ["StartTransaction"] + Array(repeating: "MeterValues", count: 23) + [
                "StopTransaction"
            ])
        #expect(messages.dropFirst().allSatisfy { $0.payload["transactionId"]?.integer == 101 })
        #expect(messages.first?.payload["timestamp"]?.text == "2026-11-22T08:00:01.000Z")
        #expect(system.calls("Authorize").isEmpty)
        #expect(system.results.map(\.outcome) == [.completed])
    }

    @Test func offlineStartsCanBeForbidden() {
        var system = ScriptedCentralSystem.booted()
        _ = system.command("ChangeConfiguration", #"{"key":"AllowOfflineTxForUnknownId","value":"false"}"#)
        system.disconnect()
        system.order(.run(SimulatedProtocolTests.spec))
        system.run(seconds: 600)
        #expect(system.results.map(\.outcome) == [.refused])
    }

    @Test func oneCallIsOutstandingAtATime() {
        var system = ScriptedCentralSystem.booted()
        system.answer = { _, _ in nil }
        system.order(.run(SimulatedProtocolTests.spec))
        let before = system.calls().count
        #expect(system.calls().last?.payload["status"]?.text == "Preparing")
        system.run(seconds: 29)
        #expect(system.calls().count == before)
        system.run(seconds: 2)
        #expect(system.calls().count == before + 1)
        #expect(system.events.contains(.timedOut(action: "StatusNotification")))
    }

    @Test func transactionMessagesAreTriedAgainAndThenGivenUp() {
        var system = ScriptedCentralSystem.booted { $0.authorizes = false }
        system.answer = { action, _ in action == "StartTransaction" ? nil : "" }
        system.order(.run(SimulatedProtocolTests.spec))
        system.run(seconds: 3600)
        // Timeouts of 30 s, then 60 s and 120 s to wait.
        #expect(
            system.calls("StartTransaction").map { ($0.time - ScriptedCentralSystem.start) / 1000 } == [1, 91, 241])
        #expect(system.events.contains(.givenUp(action: "StartTransaction")))
        #expect(system.calls("StopTransaction").first?.payload["transactionId"]?.integer == -1)
        #expect(system.calls("MeterValues").allSatisfy { $0.payload["transactionId"] == nil })
        #expect(system.results.map(\.outcome) == [.undelivered])
    }

    @Test func aLateAnswerEndsTheRetries() throws {
        var system = ScriptedCentralSystem.booted { $0.authorizes = false }
        system.answer = { action, _ in action == "StartTransaction" ? nil : "" }
        system.order(.run(SimulatedProtocolTests.spec))
        system.run(seconds: 40)
        let id = try #require(system.frames.last { $0.frame.action == "StartTransaction" }?.frame.messageId)
        system.answer = nil
        system.give(.received(Array(#"[3,"\#(id)",{"transactionId":5,"idTagInfo":{"status":"Accepted"}}]"#.utf8)))
        system.run(seconds: 3600)
        #expect(system.calls("StartTransaction").count == 1)
        #expect(system.results.first?.transactionId == 5)
        #expect(system.breaches.isEmpty)
    }

    @Test func aConnectionLostBeforeTheAnswerIsNoFailure() {
        var system = ScriptedCentralSystem.booted { $0.authorizes = false }
        _ = system.command("ChangeConfiguration", #"{"key":"TransactionMessageAttempts","value":"1"}"#)
        system.answer = { action, _ in action == "StartTransaction" ? nil : "" }
        system.order(.run(SimulatedProtocolTests.spec))
        system.run(seconds: 5)
        system.disconnect()
        system.answer = nil
        system.connect()
        system.run(seconds: 3600)
        #expect(system.calls("StartTransaction").count == 2)
        #expect(system.results.map(\.outcome) == [.completed])
    }

    @Test(arguments: [
        #"[3,"nobody",{}]"#, #"[4,"nobody","GenericError","",{}]"#, "nonsense", #"{"a":1}"#, #"[3,"m1",{}]"#,
        #"[2,"x","Reset",{"type":"Sort"}]"#, #"[2,"x","Reset",7]"#,
    ])
    func breachesAreNoticed(text: String) {
        var system = ScriptedCentralSystem.booted()
        system.give(.received(Array(text.utf8)))
        #expect(system.breaches.count == 1)
    }

    @Test(arguments: [
        ("BootNotification", #"{"status":"Accepted","interval":300}"#),
        ("BootNotification", "ERROR"), ("StartTransaction", #"{"idTagInfo":{"status":"Accepted"}}"#),
        ("Heartbeat", "{}"),
        ("StatusNotification", #"{"extra":1}"#),
    ])
    func invalidAnswersAreBreaches(action: String, answer: String) {
        var system = ScriptedCentralSystem()
        var count = 0
        system.answer = { asked, _ in
            guard asked == action, answer != "ERROR" else { return "" }
            return answer
        }
        if answer == "ERROR" {
            system.answer = { asked, _ in
                count += 1
                return asked == action && count == 1 ? #"[4,"m1","InternalError","no",{}]"# : ""
            }
        }
        system.connect()
        system.order(.run(SimulatedProtocolTests.spec))
        system.run(seconds: 3600)
        #expect(!system.breaches.isEmpty)
    }
}
