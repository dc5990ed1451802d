@testable import OCPPKit
import Testing

/// Charging profiles that really limit a simulated charge point.
@Suite struct SimulatedSmartChargingTests {
    static func set(_ connector: Int, _ profile: String) -> String {
        #"{"connectorId":\#(connector),"csChargingProfiles":\#(profile)}"#
    }

    static func txProfile(_ watts: Int, more: String = "") -> String {
        ChargingProfileTests.profile(
            id: 7, purpose: "TxProfile", kind: "Relative", more: more,
            schedule: ChargingProfileTests.schedule(#"{"startPeriod":0,"limit":\#(watts)}"#))
    }

    func power(_ system: inout ScriptedCentralSystem, _ connector: Int = 1) -> ExactDecimal? {
        _ = system.command("TriggerMessage", #"{"requestedMessage":"MeterValues","connectorId":\#(connector)}"#)
        return system.calls("MeterValues").last?.payload.sampled("Power.Active.Import")
    }

    @Test func aTxProfileNeedsItsTransaction() {
        var system = ScriptedCentralSystem.booted()
        func status(_ payload: String) -> String? {
            system.command("SetChargingProfile", payload)?.payload?["status"]?.text
        }
        #expect(status(Self.set(1, Self.txProfile(5000))) == "Rejected")
        system = SimulatedCommandTests.charging()
        #expect(status(Self.set(2, Self.txProfile(5000))) == "Rejected")
        #expect(status(Self.set(0, Self.txProfile(5000))) == "Rejected")
        #expect(status(Self.set(1, Self.txProfile(5000, more: #","transactionId":99"#))) == "Rejected")
        #expect(power(&system) == ExactDecimal(50_000))
        #expect(status(Self.set(1, Self.txProfile(5000, more: #","transactionId":101"#))) == "Accepted")
        #expect(power(&system) == ExactDecimal(5000))
        system.run(seconds: 5 * 3600)
        #expect(system.results.map(\.outcome) == [.completed])
        let stop = system.calls("StopTransaction").first
        // 90 s at 50 kW, the rest of 20 kWh at 5 kW.
        #expect(stop?.payload["meterStop"]?.integer == 20_000)
        let expected = ScriptedCentralSystem.start.adding(milliseconds: 91_000 + 13_500_000)
        #expect(abs((stop?.time ?? system.now) - expected) < 2_000)
        #expect(status(Self.set(1, Self.txProfile(5000))) == "Rejected")
        let cleared = system.command("ClearChargingProfile", #"{"id":7}"#)
        #expect(cleared?.payload?["status"]?.text == "Unknown", "it went with its transaction")
    }

    @Test func zeroSuspendsAndClearingGoesOn() {
        var system = SimulatedCommandTests.charging()
        let stop = ChargingProfileTests.profile(
            purpose: "ChargePointMaxProfile",
            schedule: ChargingProfileTests.schedule(
                #"{"startPeriod":0,"limit":0}"#, more: #","startSchedule":"2026-11-22T08:00:00Z""#))
        #expect(system.command("SetChargingProfile", Self.set(0, stop))?.payload?["status"]?.text == "Accepted")
        #expect(system.statuses(ofConnector: 1).last == "SuspendedEVSE")
        system.run(seconds: 3 * 86_400)
        #expect(system.calls("StopTransaction").isEmpty)
        #expect(power(&system) == ExactDecimal(0))
        #expect(system.command("ClearChargingProfile", "{}")?.payload?["status"]?.text == "Accepted")
        #expect(system.statuses(ofConnector: 1).last == "Charging")
        system.run(seconds: 3600)
        #expect(system.results.map(\.outcome) == [.completed])
        #expect(system.violations.isEmpty)
    }

    @Test func periodsBeginOnTime() {
        var system = ScriptedCentralSystem.booted()
        let steps = ChargingProfileTests.profile(
            kind: "Relative",
            schedule: ChargingProfileTests.schedule(
                #"{"startPeriod":0,"limit":20000},{"startPeriod":60,"limit":40000},{"startPeriod":120,"limit":10000}"#))
        #expect(system.command("SetChargingProfile", Self.set(0, steps))?.payload?["status"]?.text == "Accepted")
        system.order(.run(SimulatedCommandTests.spec))
        var seen: [ExactDecimal?] = []
        for _ in 0..<3 {
            system.run(seconds: 55)
            seen.append(power(&system))
        }
        #expect(seen == [20_000, 40_000, 10_000].map { ExactDecimal($0) })
    }

    @Test func theChargePointsLimitIsShared() {
        var system = SimulatedCommandTests.charging()
        let whole = ChargingProfileTests.profile(
            purpose: "ChargePointMaxProfile",
            schedule: ChargingProfileTests.schedule(
                #"{"startPeriod":0,"limit":30000}"#, more: #","startSchedule":"2026-11-22T08:00:00Z""#))
        _ = system.command("SetChargingProfile", Self.set(0, whole))
        #expect(power(&system) == ExactDecimal(30_000))
        _ = system.command("RemoteStartTransaction", #"{"idTag":"R","connectorId":2}"#)
        system.run(seconds: 5)
        #expect(power(&system) == ExactDecimal(15_000))
        #expect(power(&system, 2) == ExactDecimal(15_000))
        _ = system.command("RemoteStopTransaction", #"{"transactionId":102}"#)
        #expect(power(&system) == ExactDecimal(30_000))
    }

    @Test func aRemoteStartBringsItsProfile() {
        var system = ScriptedCentralSystem.booted()
        let start = #"{"idTag":"R","connectorId":1,"chargingProfile":\#(Self.txProfile(6000))}"#
        #expect(system.command("RemoteStartTransaction", start)?.payload?["status"]?.text == "Accepted")
        system.run(seconds: 30)
        #expect(power(&system) == ExactDecimal(6000))
        let wrong = start.replacing("TxProfile", with: "TxDefaultProfile").replacing(#"r":1"#, with: #"r":2"#)
        #expect(system.command("RemoteStartTransaction", wrong)?.payload?["status"]?.text == "Rejected")
    }

    @Test func theCompositeSchedule() throws {
        var system = SimulatedCommandTests.charging()
        _ = system.command("SetChargingProfile", Self.set(1, Self.txProfile(7400)))
        let answer = try #require(
            system.command("GetCompositeSchedule", #"{"connectorId":1,"duration":600,"chargingRateUnit":"A"}"#)?.payload
        )
        #expect(answer["status"]?.text == "Accepted")
        #expect(answer["scheduleStart"]?.text == "2026-11-22T08:01:31.000Z")
        let period = answer["chargingSchedule"]?["chargingSchedulePeriod"]?.elements.first { _ in true }
        #expect(period?["limit"].map { String(decoding: $0.raw, as: UTF8.self) } == "10.7")
        #expect(answer["chargingSchedule"]?["duration"]?.integer == 600)
        let wrong = system.command("GetCompositeSchedule", #"{"connectorId":9,"duration":600}"#)
        #expect(wrong?.payload?["status"]?.text == "Rejected")
        #expect(system.violations.isEmpty)
    }
}
