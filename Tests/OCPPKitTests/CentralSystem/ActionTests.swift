import Foundation
import Testing

@testable import OCPPKit

/// What each of the 39 actions gets when a charge point sends it (row 33 of the reliability list).
@Suite("Central system: actions")
struct ActionTests {
    static let handled = Actions.all.filter { $0.sender != .centralSystem }.map(\.name)
    static let others = Actions.all.filter { $0.sender == .centralSystem }.map(\.name)

    /// Behaviour is one file an action, and the folder is the list of those that have any.
    @Test func `Each handler has its file and each file its handler`() throws {
        let folder = Fixtures.root.appending(path: "Sources/OCPPKit/CentralSystem/Handlers")
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            .filter { $0.hasSuffix("Handler.swift") }.map { String($0.dropLast("Handler.swift".count)) }
        // Both triggers are followed alike.
        let named = Set(CentralSystem.handlersByName.keys).union(CentralSystem.followers.keys)
        #expect(Set(files) == named.subtracting(["ExtendedTriggerMessage"]))
        #expect(Set(CentralSystem.handlersByName.keys) == Set(Self.handled))
        #expect(Self.handled.count + Self.others.count == 39)
    }

    @Test(arguments: handled)
    func `A charge point's action gets an answer as its table wants it`(_ action: String) throws {
        var scenario = Scenario { $0.isStrict = true }
        scenario.boot()
        let request = try Fixtures.json("\(action)/request-valid.json")
        let sent = scenario.call("CP1", action, String(decoding: request.raw, as: UTF8.self))
        let answer = try #require(sent)
        #expect(answer.kind == .callResult, "\(answer.error?.description ?? "")")
        #expect(Validator.violations(of: answer, answering: action).isEmpty)
    }

    /// Whatever is missing or of another type, the lenient central system answers with a CALLRESULT.
    @Test(arguments: handled)
    func `An empty payload is answered, and refused under strict`(_ action: String) throws {
        var lenient = Scenario()
        lenient.boot()
        #expect(lenient.ask("CP1", action) != nil)
        var strict = Scenario { $0.isStrict = true }
        strict.boot()
        let isAllowed = !Actions.named(action)!.request.fields.contains(where: \.isRequired)
        #expect(
            strict.call("CP1", action)?.error?.code
                == (isAllowed ? nil : ErrorCode.occurenceConstraintViolation.rawValue))
    }

    @Test(arguments: others)
    func `A central system's action is not supported`(_ action: String) throws {
        var scenario = Scenario()
        scenario.boot()
        let request = try Fixtures.json("\(action)/request-valid.json")
        let answer = scenario.call("CP1", action, String(decoding: request.raw, as: UTF8.self))
        #expect(answer?.error?.code == "NotSupported")
    }

    @Test(arguments: ["heartbeat", "HeartBeat", "Nonsense", "", "Heartbeat ", "ＨeartＢeat"])
    func `Any other name is not implemented`(_ action: String) {
        var scenario = Scenario()
        scenario.boot()
        #expect(scenario.call("CP1", action)?.error?.code == "NotImplemented")
    }

    @Test func `On demand the case of a name is overlooked, and said`() throws {
        var scenario = Scenario { $0.readsActionsInAnyCase = true }
        scenario.boot()
        #expect(scenario.ask("CP1", "HeartBeat")?["currentTime"] != nil)
        let record = try #require(scenario.frames.last { $0.direction == .fromChargePoint })
        #expect(record.repairs == ["actionOtherCase"])
        #expect(record.action == "HeartBeat")
        #expect(record.violations.map(\.code) == [.unknownAction])
        #expect(scenario.call("CP1", "reset", #"{"type":"Soft"}"#)?.error?.code == "NotSupported")
        #expect(scenario.call("CP1", "Nonsense")?.error?.code == "NotImplemented")
    }

    @Test func `Under strict the payload of such a name is judged, too`() {
        var scenario = Scenario {
            $0.readsActionsInAnyCase = true
            $0.isStrict = true
        }
        scenario.boot()
        #expect(scenario.ask("CP1", "HeartBeat") != nil)
        #expect(scenario.call("CP1", "authorize")?.error?.code == "OccurenceConstraintViolation")
        #expect(scenario.ask("CP1", "heartbeat", "null") != nil)
    }

    /// Row 50: durable before its answer; a type that nobody knows is kept as it came.
    @Test func `A security event is answered once it is stored`() throws {
        var scenario = Scenario()
        scenario.boot()
        scenario.commitsAtOnce = false
        let event = #"{"type":"OddThingOfAVendor","timestamp":"2026-11-22T08:00:00Z","techInfo":"x"}"#
        #expect(scenario.call("CP1", "SecurityEventNotification", event, messageId: "e") == nil)
        scenario.commitWaiting()
        let answer = try Frame.read(try #require(scenario.sent.last).bytes)
        #expect(answer.kind == .callResult && answer.messageId == "e")
        #expect(scenario.store.events(.securityEvent).map { String(decoding: $0.payload, as: UTF8.self) } == [event])

        scenario.commitsAtOnce = true
        scenario.ask("CP1", "SecurityEventNotification", event)
        #expect(scenario.store.events.count == 1)
    }

    @Test func `A security event that is not stored is to be sent again`() {
        var scenario = Scenario()
        scenario.boot()
        scenario.storeFailure = .failed("no space left")
        let event = #"{"type":"InvalidTLSVersion","timestamp":"2026-11-22T08:00:00Z"}"#
        #expect(scenario.call("CP1", "SecurityEventNotification", event)?.error?.code == "InternalError")
        scenario.storeFailure = nil
        #expect(scenario.ask("CP1", "SecurityEventNotification", event) != nil)
        #expect(scenario.store.events.count == 1)
    }

    @Test func `Firmware, diagnostics and logs are followed`() {
        var scenario = Scenario()
        scenario.boot()
        scenario.ask("CP1", "FirmwareStatusNotification", #"{"status":"Downloading"}"#)
        scenario.ask("CP1", "FirmwareStatusNotification", #"{"status":"Installed"}"#)
        scenario.ask("CP1", "DiagnosticsStatusNotification", #"{"status":"UploadFailed"}"#)
        scenario.ask("CP1", "LogStatusNotification", #"{"status":"OfAVendor","requestId":4}"#)
        scenario.ask("CP1", "SignedFirmwareStatusNotification", #"{"status":"InvalidSignature","requestId":5}"#)
        let expected = [
            "diagnostics UploadFailed", "firmware Installed", "log OfAVendor 4", "signedFirmware InvalidSignature 5",
        ]
        func shown(_ core: CentralSystem) -> [String]? {
            core.stations(at: scenario.now).first?.progress.map { progress in
                "\(progress.task) \(progress.status)" + (progress.requestId.map { " \($0)" } ?? "")
            }
        }
        #expect(shown(scenario.core) == expected)
        scenario.restart()
        #expect(shown(scenario.core) == expected)
    }

    /// A charge point that was told Accepted would wait for a certificate that nobody makes.
    @Test(arguments: [(false, "x", "Rejected"), (true, "x", "Accepted"), (true, "", "Rejected")])
    func `A certificate is promised where somebody signs`(_ isSigned: Bool, _ request: String, _ expected: String) {
        var scenario = Scenario { $0.signsCertificates = isSigned }
        scenario.boot()
        #expect(scenario.ask("CP1", "SignCertificate", #"{"csr":"\#(request)"}"#)?["status"]?.text == expected)
        #expect(scenario.signed == (expected == "Accepted" ? ["CP1 x"] : []))
    }

    @Test func `No vendor's data is known`() {
        var scenario = Scenario()
        scenario.boot()
        #expect(scenario.ask("CP1", "DataTransfer", #"{"vendorId":"V"}"#)?["status"]?.text == "UnknownVendorId")
    }

    /// Row 41: UTC, and any message is a sign of life.
    @Test func `A heartbeat tells the time in UTC`() {
        var scenario = Scenario()
        scenario.boot()
        scenario.now = Timestamp(rfc3339: "2026-11-22T08:00:05.007Z")!
        #expect(scenario.ask("CP1", "Heartbeat")?["currentTime"]?.text == "2026-11-22T08:00:05.007Z")
        scenario.pass(seconds: 5)
        scenario.call("CP1", "Nonsense")
        #expect(scenario.core.stations(at: scenario.now).first?.lastMessage == scenario.now)
    }
}
