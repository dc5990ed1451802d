@testable import OCPPKit
import Testing

@Suite struct SimulatedCommandTests {
    static let spec = try! SessionSpec(parsing: "connector=1,idTag=TAG1,energy=20kWh,power=50kW")

    /// A charge point that charges at connector 1, in transaction 101.
    static func charging() -> ScriptedCentralSystem {
        var system = ScriptedCentralSystem.booted()
        system.order(.run(spec))
        system.run(seconds: 90)
        return system
    }

    func status(_ system: inout ScriptedCentralSystem, _ action: String, _ payload: String) -> String? {
        let answer = system.command(action, payload)
        #expect(system.violations.isEmpty)
        return answer?.payload?["status"]?.text ?? answer?.error?.code
    }

    @Test(arguments: [
        ("ChangeAvailability", #"{"connectorId":0,"type":"Operative"}"#, "Accepted"),
        ("ChangeAvailability", #"{"connectorId":9,"type":"Operative"}"#, "Rejected"),
        ("ChangeConfiguration", #"{"key":"HeartbeatInterval","value":"60"}"#, "Accepted"),
        ("ChangeConfiguration", #"{"key":"heartbeatinterval","value":"-1"}"#, "Rejected"),
        ("ChangeConfiguration", #"{"key":"LocalAuthorizeOffline","value":"yes"}"#, "Rejected"),
        ("ChangeConfiguration", #"{"key":"NumberOfConnectors","value":"4"}"#, "Rejected"),
        ("ChangeConfiguration", #"{"key":"WebSocketPingInterval","value":"30"}"#, "RebootRequired"),
        (
            "ChangeConfiguration", #"{"key":"StopTxnSampledData","value":"Energy.Active.Import.Register, SoC"}"#,
            "Accepted"
        ),
        ("ChangeConfiguration", #"{"key":"MeterValuesSampledData","value":""}"#, "Accepted"),
        ("ChangeConfiguration", #"{"key":"MeterValuesSampledData","value":"RPM"}"#, "Rejected"),
        ("ChangeConfiguration", #"{"key":"Unheard","value":"1"}"#, "NotSupported"),
        ("ClearCache", "{}", "Accepted"),
        ("DataTransfer", #"{"vendorId":"com.example"}"#, "UnknownVendorId"),
        ("DataTransfer", #"{"vendorId":"com.abb"}"#, "Accepted"),
        ("RemoteStartTransaction", #"{"idTag":"R","connectorId":2}"#, "Accepted"),
        ("RemoteStartTransaction", #"{"idTag":"R","connectorId":7}"#, "Rejected"),
        ("RemoteStopTransaction", #"{"transactionId":1}"#, "Rejected"),
        ("Reset", #"{"type":"Soft"}"#, "Accepted"),
        ("UnlockConnector", #"{"connectorId":1}"#, "Unlocked"),
        ("UnlockConnector", #"{"connectorId":9}"#, "NotSupported"),
        ("TriggerMessage", #"{"requestedMessage":"Heartbeat"}"#, "Accepted"),
        ("TriggerMessage", #"{"requestedMessage":"StatusNotification","connectorId":9}"#, "Rejected"),
        ("TriggerMessage", #"{"requestedMessage":"FirmwareStatusNotification"}"#, "Accepted"),
        ("Authorize", #"{"idTag":"A"}"#, "NotSupported"),
        ("Reboot", "{}", "NotImplemented"),
        ("Reset", "{}", "OccurenceConstraintViolation"),
        ("Reset", #"{"type":1}"#, "TypeConstraintViolation"),
        ("Reset", #"{"type":"Medium"}"#, "PropertyConstraintViolation"),
        ("Reset", #"{"type":"Soft","now":true}"#, "FormationViolation"),
        ("Reset", "7", "FormationViolation"),
    ])
    func answers(action: String, payload: String, expected: String) {
        var system = ScriptedCentralSystem.booted { $0.dataTransferVendors = ["com.abb"] }
        #expect(status(&system, action, payload) == expected)
    }

    @Test func getConfiguration() throws {
        var system = ScriptedCentralSystem.booted()
        let all = try #require(system.command("GetConfiguration", "{}")?.payload?["configurationKey"])
        #expect(all.elements.map { $0 }.count > 20)
        let some = try #require(
            system.command("GetConfiguration", #"{"key":["numberofconnectors","Nothing"]}"#)?.payload)
        let found = some["configurationKey"]?.elements.map { $0 } ?? []
        #expect(found.map { $0["key"]?.text } == ["NumberOfConnectors"])
        #expect(found.first?["value"]?.text == "3")
        #expect(found.first?["readonly"]?.boolean == true)
        #expect(some["unknownKey"]?.elements.map(\.text) == ["Nothing"])
        #expect(system.violations.isEmpty)
    }

    @Test func availabilityWaitsForTheSession() {
        var system = SimulatedCommandTests.charging()
        #expect(status(&system, "ChangeAvailability", #"{"connectorId":0,"type":"Inoperative"}"#) == "Scheduled")
        #expect(system.statuses(ofConnector: 0).last == "Unavailable")
        #expect(system.statuses(ofConnector: 1).last == "Charging")
        #expect(system.statuses(ofConnector: 2).last == "Unavailable")
        #expect(status(&system, "RemoteStartTransaction", #"{"idTag":"R"}"#) == "Rejected")
        system.run(seconds: 3600)
        #expect(system.statuses(ofConnector: 1).last == "Unavailable")
        #expect(status(&system, "ChangeAvailability", #"{"connectorId":1,"type":"Operative"}"#) == "Accepted")
        #expect(system.statuses(ofConnector: 1).last == "Available")
    }

    @Test func remoteStartAndStop() {
        var system = ScriptedCentralSystem.booted()
        #expect(status(&system, "RemoteStartTransaction", #"{"idTag":"R","connectorId":2}"#) == "Accepted")
        #expect(status(&system, "RemoteStartTransaction", #"{"idTag":"R","connectorId":2}"#) == "Rejected")
        system.run(seconds: 300)
        #expect(system.calls("Authorize").isEmpty)
        #expect(system.calls("StartTransaction").first?.payload["idTag"]?.text == "R")
        #expect(status(&system, "RemoteStopTransaction", #"{"transactionId":101}"#) == "Accepted")
        system.run(seconds: 60)
        #expect(system.calls("StopTransaction").first?.payload["reason"]?.text == "Remote")
        #expect(system.statuses(ofConnector: 2) == ["Available", "Preparing", "Charging", "Finishing", "Available"])
        // The answer went before what it made happen.
        let answer = system.frames.firstIndex { $0.frame.kind == .callResult && $0.direction == .fromChargePoint }
        let preparing = system.frames.firstIndex { $0.frame.payload?["status"]?.text == "Preparing" }
        #expect(answer! < preparing!)
    }

    @Test func remoteStartCanBeAuthorized() {
        var system = ScriptedCentralSystem.booted()
        _ = system.command("ChangeConfiguration", #"{"key":"AuthorizeRemoteTxRequests","value":"true"}"#)
        _ = system.command("RemoteStartTransaction", #"{"idTag":"R"}"#)
        #expect(system.calls("Authorize").count == 1)
        #expect(system.calls("StartTransaction").count == 1)
    }

    @Test(arguments: ["Soft", "Hard"])
    func resetStopsTheSessionAndBootsAgain(kind: String) throws {
        var system = SimulatedCommandTests.charging()
        #expect(status(&system, "Reset", #"{"type":"\#(kind)"}"#) == "Accepted")
        system.run(seconds: 60)
        #expect(system.reconnects == 1)
        let actions = system.calls("BootNotification", "StartTransaction", "StopTransaction").map(\.action)
        let boot = "BootNotification"
        #expect(
            actions == [boot, "StartTransaction"]
                + (kind == "Soft" ? ["StopTransaction", boot] : [boot, "StopTransaction"]))
        let stop = try #require(system.calls("StopTransaction").first?.payload)
        #expect(stop["reason"]?.text == "\(kind)Reset")
        #expect(stop["transactionId"]?.integer == 101)
        // 90 s at 50 kW.
        #expect(stop["meterStop"]?.integer == 1250)
        #expect(system.results.map(\.outcome) == [.cutShort])
        #expect(system.chargePoint.isSettled)
    }

    @Test func resetWithoutASessionBootsAtOnce() {
        var system = ScriptedCentralSystem.booted()
        #expect(status(&system, "Reset", #"{"type":"Soft"}"#) == "Accepted")
        #expect(system.calls("BootNotification").count == 2)
        #expect(system.statuses(ofConnector: 3) == ["Available", "Available"])
    }

    @Test func unlockStopsTheSession() {
        var system = SimulatedCommandTests.charging()
        #expect(status(&system, "UnlockConnector", #"{"connectorId":1}"#) == "Unlocked")
        #expect(system.calls("StopTransaction").first?.payload["reason"]?.text == "UnlockCommand")
        system.order(.fault(connectorId: 2, errorCode: .connectorLockFailure))
        #expect(status(&system, "UnlockConnector", #"{"connectorId":2}"#) == "UnlockFailed")
    }

    @Test func triggeredMessages() throws {
        var system = SimulatedCommandTests.charging()
        _ = system.command("TriggerMessage", #"{"requestedMessage":"MeterValues","connectorId":1}"#)
        let sample = try #require(system.calls("MeterValues").last?.payload)
        #expect(sample["transactionId"]?.integer == 101)
        let context = sample["meterValue"]?.elements.map { $0 }.first?["sampledValue"]?.elements.map { $0 }.first?[
            "context"]
        #expect(context?.text == "Trigger")
        _ = system.command("TriggerMessage", #"{"requestedMessage":"StatusNotification"}"#)
        #expect(
            system.calls("StatusNotification").suffix(4).map { $0.payload["connectorId"]?.integer } == [0, 1, 2, 3])
        _ = system.command("TriggerMessage", #"{"requestedMessage":"BootNotification"}"#)
        #expect(system.calls("BootNotification").count == 2)
        #expect(system.violations.isEmpty)
    }

    @Test func stopTxnSampledDataGoesIntoTheStop() throws {
        var system = ScriptedCentralSystem.booted()
        _ = system.command(
            "ChangeConfiguration", #"{"key":"StopTxnSampledData","value":"Energy.Active.Import.Register"}"#)
        _ = system.command("ChangeConfiguration", #"{"key":"MeterValueSampleInterval","value":"600"}"#)
        system.order(.run(SimulatedCommandTests.spec))
        system.run(seconds: 3600)
        let data = try #require(system.calls("StopTransaction").first?.payload["transactionData"]).elements.map { $0 }
        let contexts = data.map { $0["sampledValue"]?.elements.map { $0 }.first?["context"]?.text }
        #expect(contexts == ["Transaction.Begin", "Sample.Periodic", "Sample.Periodic", "Transaction.End"])
        #expect(system.violations.isEmpty)
    }

    @Test func pendingBlocksRemoteStart() {
        var system = ScriptedCentralSystem()
        system.answer = { _, _ in #"{"status":"Pending","currentTime":"2026-11-22T08:00:00Z","interval":20}"# }
        system.connect()
        #expect(status(&system, "RemoteStartTransaction", #"{"idTag":"R"}"#) == "Rejected")
        #expect(status(&system, "GetConfiguration", #"{"key":["Nothing"]}"#) == nil)
        _ = system.command("TriggerMessage", #"{"requestedMessage":"StatusNotification","connectorId":1}"#)
        #expect(system.statuses(ofConnector: 1) == ["Available"])
    }
}
