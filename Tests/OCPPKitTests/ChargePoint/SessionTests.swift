@testable import OCPPKit
import Testing

@Suite struct SimulatedSessionTests {
    static let spec = try! SessionSpec(parsing: "connector=1,idTag=TAG1,energy=20kWh,power=50kW")

    @Test func wholeSessionOverCCS() throws {
        var system = ScriptedCentralSystem.booted { $0.registerWattHours = 1234 }
        system.order(.run(SimulatedSessionTests.spec))
        system.run(seconds: 3600)

        let actions = system.calls().map(\.action).filter { $0 != "Heartbeat" && $0 != "StatusNotification" }
        #expect(
            actions == ["BootNotification", "Authorize", "StartTransaction"]
                + Array(repeating: "MeterValues", count: 23) + ["StopTransaction"])
        #expect(system.statuses(ofConnector: 1) == ["Available", "Preparing", "Charging", "Finishing", "Available"])
        let start = try #require(system.calls("StartTransaction").first)
        let stop = try #require(system.calls("StopTransaction").first)
        #expect(start.payload["meterStart"]?.integer == 1234)
        #expect(stop.payload["meterStop"]?.integer == 21_234)
        #expect(stop.payload["reason"]?.isText("Local") == true)
        #expect(stop.payload["transactionId"]?.integer == 101)
        // 20 kWh at 50 kW take 24 minutes.
        #expect(stop.time - start.time == 24 * 60_000)

        var register = ExactDecimal(1234)
        var charge: Int64 = 20
        for (index, sample) in system.calls("MeterValues").enumerated() {
            #expect(sample.time - start.time == Int64(index + 1) * 60_000)
            #expect(sample.payload["transactionId"]?.integer == 101)
            let energy = try #require(sample.payload.sampled("Energy.Active.Import.Register"))
            #expect(energy > register)
            register = energy
            #expect(try #require(sample.payload.sampled("Power.Active.Import")) == ExactDecimal(50_000))
            #expect(try #require(sample.payload.sampled("Current.Import")) <= ExactDecimal(125))
            let volts = try #require(sample.payload.sampled("Voltage"))
            #expect(volts > ExactDecimal(400) && volts < ExactDecimal(500))
            let soc = try #require(sample.payload.sampled("SoC")?.wholeNumber)
            #expect(soc >= charge)
            charge = soc
        }
        #expect((51...53).contains(charge))
        let result = SessionResult(
            connectorId: 1, idTag: "TAG1", outcome: .completed, transactionId: 101, meterStart: 1234, meterStop: 21_234,
            reason: "Local")
        #expect(system.results == [result])
        #expect(system.breaches.isEmpty)
        #expect(system.violations.isEmpty)
        #expect(system.chargePoint.isSettled)
    }

    @Test func powerTapersTowardsTheEndAndTheEnergyIsStillExact() throws {
        var system = ScriptedCentralSystem.booted()
        system.order(.run(try SessionSpec(parsing: "energy=17.123kWh,power=50kW,soc=70,capacity=60kWh")))
        system.run(seconds: 7200)
        let powers = system.calls("MeterValues").compactMap { $0.payload.sampled("Power.Active.Import") }
        #expect(powers.first == ExactDecimal(50_000))
        #expect(zip(powers, powers.dropFirst()).allSatisfy { $0 >= $1 })
        #expect(try #require(powers.last) < ExactDecimal(10_000))
        #expect(system.results.first?.meterStop == 17_123)
        #expect(system.results.first?.outcome == .completed)
    }

    @Test func alternatingCurrentIsToldByPhase() throws {
        var system = ScriptedCentralSystem.booted()
        system.order(.run(try SessionSpec(parsing: "connector=3,energy=11kWh,power=22kW")))
        system.run(seconds: 3600)
        let sample = try #require(system.calls("MeterValues").first?.payload)
        #expect(sample.sampled("Power.Active.Import") == ExactDecimal(22_000))
        #expect(sample.sampled("Power.Active.Import", phase: "L1") == ExactDecimal(7334))
        #expect(sample.sampled("Power.Active.Import", phase: "L3") == ExactDecimal(7333))
        #expect(sample.sampled("Voltage", phase: "L2-N") == ExactDecimal(230))
        #expect(sample.sampled("Current.Import", phase: "L1") == ExactDecimal("31.88"))
        #expect(sample.sampled("SoC") == nil)
        #expect(system.violations.isEmpty)
        #expect(system.results.first?.meterStop == 11_000)
    }

    @Test func sessionsOnOneConnectorRunInOrderAndEndByTimeToo() throws {
        var system = ScriptedCentralSystem.booted()
        system.order(.run(try SessionSpec(parsing: "idTag=A,energy=20kWh,power=50kW,duration=10m")))
        system.order(.run(try SessionSpec(parsing: "idTag=B,energy=1kWh,power=50kW,delay=30s")))
        system.order(.run(try SessionSpec(parsing: "idTag=C,connector=2,energy=1kWh,power=50kW")))
        system.run(seconds: 3600)
        #expect(system.results.map(\.idTag) == ["C", "A", "B"])
        #expect(system.results.map(\.meterStop) == [1000, 8333, 9333])
        #expect(system.results.map(\.outcome) == [.completed, .completed, .completed])
        #expect(system.chargePoint.isSettled)
    }

    @Test func theSameInputsGiveTheSameBytesHoweverOftenTheTimerRuns() {
        func run(stepSeconds: Int64) -> [String] {
            var system = ScriptedCentralSystem.booted()
            system.order(.run(SimulatedSessionTests.spec))
            for _ in 0..<(3600 / stepSeconds) { system.run(seconds: stepSeconds) }
            return system.frames.map { "\($0.time) \(String(decoding: $0.frame.raw, as: UTF8.self))" }
        }
        #expect(run(stepSeconds: 3600) == run(stepSeconds: 1))
    }

    @Test func aLateTimerChangesNothingButTheMomentOfSending() throws {
        var system = ScriptedCentralSystem.booted()
        system.order(.run(SimulatedSessionTests.spec))
        system.run(seconds: 1)
        system.now = system.now.adding(milliseconds: 3_600_000)
        system.give(.timer)
        system.run(seconds: 60)
        let start = try #require(system.calls("StartTransaction").first?.payload["timestamp"]?.text)
        let stop = try #require(system.calls("StopTransaction").first?.payload["timestamp"]?.text)
        #expect(start == "2026-11-22T08:00:01.000Z")
        #expect(stop == "2026-11-22T08:24:01.000Z")
        #expect(system.calls("MeterValues").count == 23)
    }

    @Test func refusedTagsDoNotCharge() {
        var system = ScriptedCentralSystem.booted()
        system.answer = { action, _ in action == "Authorize" ? #"{"idTagInfo":{"status":"Blocked"}}"# : "" }
        system.order(.run(SimulatedSessionTests.spec))
        system.run(seconds: 60)
        #expect(system.results.map(\.outcome) == [.refused])
        #expect(system.calls("StartTransaction").isEmpty)
        #expect(system.statuses(ofConnector: 1) == ["Available", "Preparing", "Finishing", "Available"])
    }

    @Test func aStartThatIsNotAcceptedIsStopped() {
        var system = ScriptedCentralSystem.booted { $0.authorizes = false }
        system.answer = { action, _ in
            action == "StartTransaction" ? #"{"transactionId":7,"idTagInfo":{"status":"Invalid"}}"# : ""
        }
        system.order(.run(SimulatedSessionTests.spec))
        system.run(seconds: 60)
        #expect(system.results.map(\.outcome) == [.refused])
        #expect(system.calls("StopTransaction").first?.payload["reason"]?.isText("DeAuthorized") == true)
    }

    @Test func peopleAtTheChargePoint() {
        var system = ScriptedCentralSystem.booted()
        system.order(.presentTag(connectorId: 1, idTag: "A"))
        system.run(seconds: 10)
        system.order(.plugIn(connectorId: 1))
        system.run(seconds: 60)
        system.order(.presentTag(connectorId: 1, idTag: "OTHER"))
        #expect(system.statuses(ofConnector: 1) == ["Available", "Preparing", "Charging"])
        system.order(.presentTag(connectorId: 1, idTag: "A"))
        system.run(seconds: 60)
        #expect(system.statuses(ofConnector: 1).last == "Finishing")
        system.order(.unplug(connectorId: 1))
        #expect(system.statuses(ofConnector: 1).last == "Available")

        system.order(.presentTag(connectorId: 1, idTag: "B"))
        system.run(seconds: 61)
        #expect(system.results.last?.outcome == .cutShort)
        #expect(system.statuses(ofConnector: 1).last == "Available")
    }

    @Test(arguments: [
        (ChargePointInput.Order.unplug(connectorId: 1), "EVDisconnected", "Available"),
        (.fault(connectorId: 1, errorCode: .groundFailure), "Other", "Faulted"),
        (.stop(connectorId: 1), "Local", "Finishing"),
    ])
    func whatEndsASession(order: ChargePointInput.Order, reason: String, status: String) {
        var system = ScriptedCentralSystem.booted()
        system.order(.run(SimulatedSessionTests.spec))
        system.run(seconds: 90)
        system.order(order)
        #expect(system.calls("StopTransaction").first?.payload["reason"]?.text == reason)
        #expect(system.statuses(ofConnector: 1).last == status)
        #expect(system.results.map(\.outcome) == [.cutShort])
    }
}
