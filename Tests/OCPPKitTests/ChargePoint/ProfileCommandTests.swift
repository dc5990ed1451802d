@testable import OCPPKit
import Testing

/// The commands of the profiles other than core, as a central system sees them.
@Suite struct ProfileCommandTests {
    typealias Statuses = [String?]

    static func status(_ system: inout ScriptedCentralSystem, _ action: String, _ payload: String) -> String? {
        let answer = system.command(action, payload)
        #expect(system.violations.isEmpty)
        return answer?.payload?["status"]?.text ?? answer?.error?.code
    }

    static func told(_ system: ScriptedCentralSystem, _ action: String) -> Statuses {
        system.calls(action).map { $0.payload["status"]?.text }
    }

    // MARK: Firmware and logs

    static let update = #"{"location":"ftp://example.com/T54-9.1.bin","retrieveDate":"2026-11-22T08:00:30Z"}"#

    @Test func firmwareIsInstalledAndRuns() {
        var system = ScriptedCentralSystem.booted()
        #expect(system.command("UpdateFirmware", Self.update)?.payload?.raw == ArraySlice("{}".utf8))
        system.run(seconds: 20)
        #expect(system.calls("FirmwareStatusNotification").isEmpty)
        #expect(!system.chargePoint.isSettled)
        system.run(seconds: 60)
        #expect(
            Self.told(system, "FirmwareStatusNotification") == ["Downloading", "Downloaded", "Installing", "Installed"])
        #expect(
            system.calls("BootNotification").map { $0.payload["firmwareVersion"]?.text } == ["5.3.1.0", "T54-9.1"])
        let actions = system.calls("BootNotification", "FirmwareStatusNotification").map(\.action)
        #expect(actions.suffix(2) == ["BootNotification", "FirmwareStatusNotification"])
        #expect(system.chargePoint.isSettled)
        #expect(system.violations.isEmpty && system.breaches.isEmpty)
    }

    @Test(arguments: [
        ("DownloadFailed", ["Downloading", "DownloadFailed"]),
        ("InstallationFailed", ["Downloading", "Downloaded", "Installing", "InstallationFailed"]),
    ])
    func firmwareFails(failure: String, expected: [String]) {
        var system = ScriptedCentralSystem.booted { $0.failures = [failure] }
        _ = system.command("UpdateFirmware", Self.update)
        system.run(seconds: 90)
        #expect(Self.told(system, "FirmwareStatusNotification") == expected)
        #expect(system.calls("BootNotification").count == 1)
    }

    @Test func aPlaceThatCannotBeReached() {
        var system = ScriptedCentralSystem.booted()
        _ = system.command("UpdateFirmware", #"{"location":"file:///x","retrieveDate":"2026-11-22T08:00:00Z"}"#)
        _ = system.command("GetDiagnostics", #"{"location":"mailto:a@example.com"}"#)
        system.run(seconds: 30)
        #expect(Self.told(system, "FirmwareStatusNotification") == ["Downloading", "DownloadFailed"])
        #expect(Self.told(system, "DiagnosticsStatusNotification") == ["Uploading", "UploadFailed"])
    }

    @Test func anInstallationWaitsForTheSession() {
        var system = SimulatedCommandTests.charging()
        _ = system.command("UpdateFirmware", Self.update)
        system.run(seconds: 300)
        #expect(Self.told(system, "FirmwareStatusNotification") == ["Downloading", "Downloaded"])
        system.run(seconds: 3600)
        #expect(Self.told(system, "FirmwareStatusNotification").suffix(2) == ["Installing", "Installed"])
        #expect(system.results.map(\.outcome) == [.completed])
    }

    @Test func aStatusThatTheConnectionTookIsToldAgain() {
        var system = ScriptedCentralSystem.booted()
        _ = system.command("GetDiagnostics", #"{"location":"ftp://example.com/logs"}"#)
        system.answer = { action, _ in action == "DiagnosticsStatusNotification" ? nil : "" }
        system.run(seconds: 2)
        system.disconnect()
        system.run(seconds: 60)
        system.answer = nil
        system.connect()
        system.run(seconds: 20)
        #expect(
            Self.told(system, "DiagnosticsStatusNotification") == ["Uploading", "Uploading", "Uploaded"])
    }

    @Test func diagnosticsAndTriggers() {
        var system = ScriptedCentralSystem.booted()
        let trigger = #"{"requestedMessage":"DiagnosticsStatusNotification"}"#
        #expect(Self.status(&system, "TriggerMessage", trigger) == "Accepted")
        let name = system.command("GetDiagnostics", #"{"location":"ftp://example.com/logs"}"#)?.payload?["fileName"]
        #expect(name?.text == "diagnostics-20261122T080001.log")
        system.run(seconds: 2)
        _ = system.command("TriggerMessage", trigger)
        system.run(seconds: 20)
        _ = system.command("TriggerMessage", #"{"requestedMessage":"FirmwareStatusNotification"}"#)
        #expect(
            Self.told(system, "DiagnosticsStatusNotification") == ["Idle", "Uploading", "Uploading", "Uploaded"])
        #expect(Self.told(system, "FirmwareStatusNotification") == ["Idle"])
        #expect(system.violations.isEmpty)
    }

    @Test func logsAndSignedFirmware() throws {
        var system = ScriptedCentralSystem.booted()
        let log = #"{"log":{"remoteLocation":"https://example.com/up"},"logType":"SecurityLog","requestId":7}"#
        #expect(Self.status(&system, "GetLog", log) == "Accepted")
        #expect(Self.status(&system, "GetLog", log) == "AcceptedCanceled")
        system.run(seconds: 10)
        #expect(Self.told(system, "LogStatusNotification") == ["Uploading", "Uploaded"])
        #expect(system.calls("LogStatusNotification").allSatisfy { $0.payload["requestId"]?.integer == 7 })

        func update(_ certificate: String) -> String {
            JSONValue.object([
                ("requestId", .integer(9)),
                (
                    "firmware",
                    .object([
                        ("location", .string("https://example.com/fw-2.bin")),
                        ("retrieveDateTime", .string("2026-11-22T08:01:00Z")),
                        ("signingCertificate", .string(certificate)), ("signature", .string("c2ln")),
                    ])
                ),
            ]).json
        }
        #expect(Self.status(&system, "SignedUpdateFirmware", update("none")) == "InvalidCertificate")
        #expect(Self.status(&system, "SignedUpdateFirmware", update(CertificateTests.pem)) == "Accepted")
        system.run(seconds: 120)
        #expect(
            Self.told(system, "SignedFirmwareStatusNotification") == [
                "DownloadScheduled", "Downloading", "Downloaded", "SignatureVerified", "Installing", "InstallRebooting",
                "Installed",
            ])
        #expect(system.calls("SignedFirmwareStatusNotification").allSatisfy { $0.payload["requestId"]?.integer == 9 })
        #expect(
            system.calls("SecurityEventNotification").map { $0.payload["type"]?.text } == [
                "InvalidFirmwareSigningCertificate", "FirmwareUpdated",
            ])
        #expect(system.violations.isEmpty)
    }

    // MARK: Certificates

    @Test func certificatesComeAndGo() throws {
        var system = ScriptedCentralSystem.booted()
        let use = #""certificateType":"CentralSystemRootCertificate""#
        let pem = String(decoding: JSONValue.string(CertificateTests.pem).bytes, as: UTF8.self)
        #expect(Self.status(&system, "GetInstalledCertificateIds", "{\(use)}") == "NotFound")
        #expect(Self.status(&system, "InstallCertificate", #"{\#(use),"certificate":"junk"}"#) == "Rejected")
        #expect(Self.status(&system, "InstallCertificate", #"{\#(use),"certificate":\#(pem)}"#) == "Accepted")
        let ids = try #require(system.command("GetInstalledCertificateIds", "{\(use)}")?.payload)
        let hash = try #require(ids["certificateHashData"]?.elements.first { _ in true })
        let named = #"{"certificateHashData":\#(String(decoding: hash.raw, as: UTF8.self))}"#
        #expect(Self.status(&system, "DeleteCertificate", named) == "Accepted")
        #expect(Self.status(&system, "DeleteCertificate", named) == "NotFound")
        #expect(Self.status(&system, "CertificateSigned", #"{"certificateChain":\#(pem)}"#) == "Accepted")
        #expect(Self.status(&system, "CertificateSigned", #"{"certificateChain":"junk"}"#) == "Rejected")
        #expect(system.violations.isEmpty)
    }

    @Test func extendedTriggers() {
        var system = ScriptedCentralSystem.booted()
        for message in [
            "BootNotification", "LogStatusNotification", "FirmwareStatusNotification", "Heartbeat", "MeterValues",
            "SignChargePointCertificate", "StatusNotification",
        ] {
            let before = system.calls().count
            #expect(
                Self.status(&system, "ExtendedTriggerMessage", #"{"requestedMessage":"\#(message)"}"#) == "Accepted")
            #expect(system.calls().count > before, "\(message)")
        }
        #expect(system.calls("SignCertificate").first?.payload["csr"]?.text?.contains("CERTIFICATE REQUEST") == true)
        #expect(Self.told(system, "SignedFirmwareStatusNotification") == ["Idle"])
    }

    // MARK: The local list

    static func list(_ version: Int, _ kind: String, _ entries: String) -> String {
        #"{"listVersion":\#(version),"updateType":"\#(kind)","localAuthorizationList":[\#(entries)]}"#
    }

    @Test func localListVersions() {
        var system = ScriptedCentralSystem.booted()
        func version() -> Int64? {
            system.command("GetLocalListVersion", "{}")?.payload?["listVersion"]?.integer
        }
        let a = #"{"idTag":"A","idTagInfo":{"status":"Accepted"}}"#
        let b = #"{"idTag":"B","idTagInfo":{"status":"Blocked"}}"#
        #expect(version() == 0)
        #expect(Self.status(&system, "SendLocalList", Self.list(0, "Full", a)) == "Failed")
        #expect(Self.status(&system, "SendLocalList", Self.list(5, "Full", a)) == "Accepted")
        #expect(version() == 5)
        #expect(Self.status(&system, "SendLocalList", Self.list(5, "Differential", b)) == "VersionMismatch")
        #expect(Self.status(&system, "SendLocalList", Self.list(6, "Differential", b)) == "Accepted")
        #expect(Self.status(&system, "SendLocalList", Self.list(7, "Differential", #"{"idTag":"b"}"#)) == "Accepted")
        #expect(Self.status(&system, "SendLocalList", Self.list(8, "Full", "\(a),\(a)")) == "Failed")
        #expect(Self.status(&system, "SendLocalList", Self.list(8, "Full", #"{"idTag":"A"}"#)) == "Failed")
        #expect(version() == 7)
        #expect(Self.status(&system, "SendLocalList", Self.list(3, "Full", "")) == "Accepted")
        #expect(version() == 0)
        _ = system.command("ChangeConfiguration", #"{"key":"LocalAuthListEnabled","value":"false"}"#)
        #expect(version() == -1)
        #expect(Self.status(&system, "SendLocalList", Self.list(9, "Full", a)) == "NotSupported")
    }

    @Test func theLocalListDecidesOffline() {
        var system = ScriptedCentralSystem.booted()
        let entries =
            #"{"idTag":"GOOD","idTagInfo":{"status":"Accepted"}},{"idTag":"BAD","idTagInfo":{"status":"Blocked"}}"#
        #expect(Self.status(&system, "SendLocalList", Self.list(1, "Full", entries)) == "Accepted")
        system.disconnect()
        system.order(.run(try! SessionSpec(parsing: "connector=1,idTag=good,energy=1kWh")))
        system.order(.run(try! SessionSpec(parsing: "connector=2,idTag=BAD,energy=1kWh")))
        system.run(seconds: 600)
        #expect(system.results.map(\.idTag) == ["BAD"] && system.results.first?.outcome == .refused)
        system.connect()
        system.run(seconds: 60)
        #expect(system.results.map(\.idTag) == ["BAD", "good"])
        _ = system.command("ChangeConfiguration", #"{"key":"LocalPreAuthorize","value":"true"}"#)
        let asked = system.calls("Authorize").count
        system.order(.run(try! SessionSpec(parsing: "connector=1,idTag=GOOD,energy=1kWh")))
        system.run(seconds: 600)
        #expect(system.calls("Authorize").count == asked)
        #expect(system.results.count == 3)
    }

    // MARK: Reservations

    static func reserve(_ connector: Int, _ tag: String, id: Int = 1, until: String = "08:10:00") -> String {
        #"{"connectorId":\#(connector),"expiryDate":"2026-11-22T\#(until)Z","idTag":"\#(tag)","reservationId":\#(id)}"#
    }

    @Test func aReservationIsKeptUsedAndEnds() {
        var system = ScriptedCentralSystem.booted()
        #expect(Self.status(&system, "ReserveNow", Self.reserve(1, "OWNER")) == "Accepted")
        #expect(system.statuses(ofConnector: 1).last == "Reserved")
        #expect(Self.status(&system, "ReserveNow", Self.reserve(1, "OTHER", id: 2)) == "Occupied")
        #expect(Self.status(&system, "ReserveNow", Self.reserve(1, "OWNER", until: "08:30:00")) == "Accepted")
        #expect(Self.status(&system, "RemoteStartTransaction", #"{"idTag":"OTHER","connectorId":1}"#) == "Rejected")
        #expect(Self.status(&system, "RemoteStartTransaction", #"{"idTag":"owner","connectorId":1}"#) == "Accepted")
        system.run(seconds: 5)
        #expect(system.calls("StartTransaction").first?.payload["reservationId"]?.integer == 1)
        #expect(Self.status(&system, "CancelReservation", #"{"reservationId":1}"#) == "Rejected")
        #expect(Self.status(&system, "ReserveNow", Self.reserve(1, "X", id: 3, until: "09:00:00")) == "Occupied")
        #expect(Self.status(&system, "ReserveNow", Self.reserve(2, "X", id: 4)) == "Accepted")
        system.run(seconds: 900)
        #expect(system.statuses(ofConnector: 2) == ["Available", "Reserved", "Available"])
        #expect(Self.status(&system, "ReserveNow", Self.reserve(2, "X", until: "08:00:00")) == "Rejected")
        #expect(Self.status(&system, "ReserveNow", Self.reserve(9, "X", until: "09:00:00")) == "Rejected")
        _ = system.command("ChangeAvailability", #"{"connectorId":3,"type":"Inoperative"}"#)
        #expect(Self.status(&system, "ReserveNow", Self.reserve(3, "X", until: "09:00:00")) == "Unavailable")
        #expect(Self.status(&system, "ReserveNow", Self.reserve(2, "Y", id: 5, until: "09:00:00")) == "Accepted")
        #expect(Self.status(&system, "CancelReservation", #"{"reservationId":5}"#) == "Accepted")
        #expect(system.statuses(ofConnector: 2).last == "Available")
        system.order(.fault(connectorId: 2, errorCode: .groundFailure))
        #expect(Self.status(&system, "ReserveNow", Self.reserve(2, "X", until: "09:00:00")) == "Faulted")
    }

    @Test func anyConnectorIsKeptFree() {
        var system = ScriptedCentralSystem.booted()
        #expect(Self.status(&system, "ReserveNow", Self.reserve(0, "OWNER")) == "Accepted")
        #expect(Self.status(&system, "RemoteStartTransaction", #"{"idTag":"A"}"#) == "Accepted")
        #expect(Self.status(&system, "RemoteStartTransaction", #"{"idTag":"B"}"#) == "Accepted")
        #expect(Self.status(&system, "RemoteStartTransaction", #"{"idTag":"C"}"#) == "Rejected")
        #expect(Self.status(&system, "ReserveNow", Self.reserve(3, "D", id: 2)) == "Occupied")
        #expect(Self.status(&system, "RemoteStartTransaction", #"{"idTag":"OWNER"}"#) == "Accepted")
    }

    @Test func aSessionWaitsForAnothersReservation() {
        var system = ScriptedCentralSystem.booted()
        _ = system.command("ReserveNow", Self.reserve(1, "OWNER", until: "08:05:00"))
        system.order(.run(SimulatedCommandTests.spec))
        system.run(seconds: 200)
        #expect(system.calls("StartTransaction").isEmpty)
        system.run(seconds: 200)
        #expect(system.calls("StartTransaction").count == 1)
    }
}

extension JSONValue {
    fileprivate var json: String { String(decoding: bytes, as: UTF8.self) }
}
