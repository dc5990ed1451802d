import Testing

@testable import OCPPKit

/// Who may say and be told what, before and after the boot (rows 37 and 38).
@Suite("Central system: boot")
struct BootTests {
    static let actions = ActionTests.handled.filter { $0 != "BootNotification" }

    /// Row 37, strict: each action, in each state that is not Accepted.
    @Test(arguments: actions)
    func `Before an accepted boot, everything else is a security error`(_ action: String) throws {
        let request = String(decoding: try Fixtures.json("\(action)/request-valid.json").raw, as: UTF8.self)
        for registration in [nil, RegistrationStatus.pending, .rejected] {
            var scenario = Scenario {
                $0.refusesBeforeBoot = true
                $0.registration = registration ?? .accepted
            }
            scenario.connect()
            if registration != nil { scenario.boot() }
            #expect(scenario.call("CP1", action, request)?.error?.code == "SecurityError")
            #expect(scenario.store.events.isEmpty)
        }
    }

    /// Row 37, lenient: many stations need it.
    @Test(arguments: actions)
    func `By default everything is answered before the boot`(_ action: String) throws {
        let request = String(decoding: try Fixtures.json("\(action)/request-valid.json").raw, as: UTF8.self)
        var scenario = Scenario()
        scenario.connect()
        #expect(scenario.ask("CP1", action, request) != nil)
    }

    @Test(arguments: [RegistrationStatus.accepted, .pending, .rejected])
    func `A boot is answered with the status, the time and the interval`(_ status: RegistrationStatus) {
        var scenario = Scenario {
            $0.registration = status
            $0.heartbeatIntervalSeconds = 77
            $0.refusesBeforeBoot = true
        }
        let answer = scenario.boot()
        #expect(answer?["status"]?.text == status.rawValue)
        #expect(answer?["currentTime"]?.text == "2026-11-22T08:00:00.000Z")
        #expect(answer?["interval"]?.integer == 77)
    }

    /// Section 4.2: a charge point whose boot is pending sends what it was asked for, and nothing else.
    @Test func `A pending charge point may send what it was triggered to`() {
        var scenario = Scenario {
            $0.refusesBeforeBoot = true
            $0.registration = .pending
        }
        scenario.boot()
        let status = #"{"connectorId":0,"errorCode":"NoError","status":"Available"}"#
        #expect(scenario.call("CP1", "StatusNotification", status)?.error?.code == "SecurityError")
        scenario.command(
            "CP1", "TriggerMessage", #"{"requestedMessage":"StatusNotification"}"#, answer: #"{"status":"Rejected"}"#)
        #expect(scenario.call("CP1", "StatusNotification", status)?.error?.code == "SecurityError")
        scenario.command(
            "CP1", "TriggerMessage", #"{"requestedMessage":"StatusNotification"}"#, answer: #"{"status":"Accepted"}"#)
        #expect(scenario.ask("CP1", "StatusNotification", status) != nil)
        // One for each connector.
        #expect(scenario.ask("CP1", "StatusNotification", status) != nil)
        #expect(scenario.call("CP1", "Heartbeat")?.error?.code == "SecurityError")
        // A new boot begins anew.
        scenario.boot()
        #expect(scenario.call("CP1", "StatusNotification", status)?.error?.code == "SecurityError")
    }

    /// Row 38: Pending blocks remote starts and stops and allows the others; Rejected blocks all.
    @Test(arguments: Actions.all.filter { $0.sender != .chargePoint }.map(\.name))
    func `The boot decides what may be sent`(_ action: String) {
        func isSent(_ registration: RegistrationStatus?) -> Bool {
            var scenario = Scenario { $0.registration = registration ?? .accepted }
            scenario.connect()
            if registration != nil { scenario.boot() }
            let call = scenario.command("CP1", action)
            if call == nil {
                #expect(scenario.outcomes.map(\.outcome) == [.refused])
                #expect(scenario.outcomes.first?.status == registration?.rawValue)
                #expect(scenario.outcomes.first?.message != nil)
            }
            return call != nil
        }
        #expect(isSent(.accepted))
        #expect(isSent(.pending) == !["RemoteStartTransaction", "RemoteStopTransaction"].contains(action))
        #expect(!isSent(.rejected))
        // Nothing unsolicited goes to a charge point that has not booted.
        #expect(!isSent(nil))
    }

    /// Row 38: a reconnect without a new boot goes on, after a restart of the server too.
    @Test func `A reconnect without a boot goes on`() {
        var scenario = Scenario { $0.refusesBeforeBoot = true }
        scenario.boot()
        scenario.disconnect()
        scenario.connect()
        #expect(scenario.ask("CP1", "Heartbeat") != nil)
        #expect(scenario.command("CP1", "ClearCache") != nil)
        scenario.restart()
        scenario.connect()
        #expect(scenario.ask("CP1", "Heartbeat") != nil)
        #expect(scenario.command("CP1", "ClearCache") != nil)
    }

    /// Else a kill right after the answer made a stranger of a charge point that does not boot again.
    @Test func `A boot is answered once it is stored`() {
        var scenario = Scenario { $0.refusesBeforeBoot = true }
        scenario.connect()
        scenario.commitsAtOnce = false
        #expect(scenario.boot() == nil)
        scenario.commitWaiting()
        #expect(scenario.sent.count == 1)
        scenario.commitsAtOnce = true
        scenario.restart()
        scenario.connect()
        #expect(scenario.ask("CP1", "Heartbeat") != nil)
    }

    @Test func `A boot that cannot be stored is accepted, and it is said`() throws {
        var scenario = Scenario()
        scenario.connect()
        scenario.commitsAtOnce = false
        scenario.boot()
        let ticket = try #require(scenario.waiting.map(\.ticket).first { $0 != 0 })
        scenario.give(.stored(ticket: ticket, .failed("no space left")))
        let answer = try Frame.read(try #require(scenario.sent.last).bytes)
        #expect(answer.payload?["status"]?.text == "Accepted")
        #expect(scenario.notices.count == 1)
    }

    @Test func `What waits is not sent to a charge point that was rejected meanwhile`() throws {
        var scenario = Scenario()
        scenario.boot()
        let sent = scenario.command("CP1", "ClearCache")
        let first = try #require(sent)
        #expect(scenario.command("CP1", "GetConfiguration") == nil)
        // The rejection is another server's, as after a restart with other flags.
        var rejecting = Scenario { $0.registration = .rejected }
        rejecting.boot()
        scenario.core.chargePoints["CP1"]?.boot = rejecting.core.chargePoints["CP1"]?.boot
        scenario.send("CP1", "[3,\"\(first.messageId)\",{\"status\":\"Accepted\"}]")
        #expect(scenario.outcomes.map(\.outcome) == [.accepted, .refused])
        #expect(scenario.calls(to: scenario.connection["CP1"]).count == 1)
    }

    @Test func `Nothing is sent that nobody asked for`() {
        var scenario = Scenario()
        scenario.connect()
        scenario.pass(seconds: 3600)
        #expect(scenario.sent.isEmpty)
        scenario.boot()
        scenario.pass(seconds: 3600)
        #expect(scenario.calls(to: scenario.connection["CP1"]).isEmpty)
    }

    @Test func `The last boot is kept`() {
        var scenario = Scenario()
        scenario.connect()
        scenario.ask(
            "CP1", "BootNotification",
            #"{"chargePointVendor":"V","chargePointModel":"M","firmwareVersion":"1.2","chargeBoxSerialNumber":"S"}"#)
        scenario.restart()
        let station = scenario.core.stations(at: scenario.now).first
        #expect(station?.boot?.vendor == "V" && station?.boot?.model == "M")
        #expect(station?.boot?.firmwareVersion == "1.2" && station?.boot?.serialNumber == "S")
        #expect(station?.boot?.lastBoot == Scenario.beginning)
        #expect(station?.isOnline == false && station?.link?.connected == Scenario.beginning)
    }
}
