@testable import OCPPKit
import Testing

@Suite struct FrameConditionTests {
    @Test(arguments: [
        ("StartTransaction", "StartTransaction", "{}", true),
        ("StartTransaction", "StopTransaction", "{}", false),
        ("StatusNotification.status=Charging", "StatusNotification", #"{"status":"Charging"}"#, true),
        ("StatusNotification.status=Charging", "StatusNotification", #"{"status":"Preparing"}"#, false),
        (
            "StatusNotification.status=Charging,connectorId=1", "StatusNotification",
            #"{"status":"Charging","connectorId":1}"#, true
        ),
        (
            "StatusNotification.status=Charging,connectorId=1", "StatusNotification",
            #"{"status":"Charging","connectorId":11}"#, false
        ),
        (
            "StatusNotification.connectorId=2 , StatusNotification.status=Finishing|Available", "StatusNotification",
            #"{"status":"Available","connectorId":2}"#, true
        ),
        ("StatusNotification.status=Charging", "StatusNotification", #"{"status":"\u0043harging"}"#, true),
        ("Charging", "StatusNotification", #"{"status":"Charging"}"#, true),
        ("Charging,connectorId=1", "StatusNotification", #"{"status":"Charging","connectorId":2}"#, false),
        ("Installed", "FirmwareStatusNotification", #"{"status":"Installed"}"#, true),
        ("Installed", "SignedFirmwareStatusNotification", #"{"status":"Installed"}"#, true),
        ("Uploaded", "LogStatusNotification", #"{"status":"Uploaded","requestId":3}"#, true),
        (
            "MeterValues.meterValue[0].sampledValue[1].value=5", "MeterValues",
            #"{"meterValue":[{"sampledValue":[{"value":"4"},{"value":"5"}]}]}"#, true
        ),
        ("MeterValues.meterValue[1].timestamp=x", "MeterValues", #"{"meterValue":[{}]}"#, false),
        ("DataTransfer.vendorId=a=b", "DataTransfer", #"{"vendorId":"a=b"}"#, true),
    ])
    func meets(condition: String, action: String, payload: String, isMet: Bool) throws {
        let condition = try FrameCondition(parsing: condition)
        #expect((condition.verdict(action: action, payload: try JSONTree(parsing: payload).root) == .met) == isMet)
    }

    @Test(arguments: [
        ("Installed", "FirmwareStatusNotification", "InstallationFailed", true),
        ("FirmwareStatusNotification.status=Installed", "FirmwareStatusNotification", "DownloadFailed", true),
        ("FirmwareStatusNotification.status=Installed", "FirmwareStatusNotification", "Downloading", false),
        ("FirmwareStatusNotification.status=Installed", "DiagnosticsStatusNotification", "UploadFailed", false),
        ("FirmwareStatusNotification", "FirmwareStatusNotification", "DownloadFailed", false),
        ("Uploaded", "DiagnosticsStatusNotification", "UploadFailed", true),
        ("Uploaded", "LogStatusNotification", "PermissionDenied", true),
        ("Installed", "SignedFirmwareStatusNotification", "InvalidSignature", true),
        ("StatusNotification.status=Charging", "StatusNotification", "Faulted", false),
    ])
    func fails(condition: String, action: String, status: String, hasFailed: Bool) throws {
        let verdict = try FrameCondition(parsing: condition).verdict(
            action: action, payload: try JSONTree(parsing: #"{"status":"\#(status)"}"#).root)
        #expect((verdict == .failed(status)) == hasFailed)
    }

    @Test func aFailureThatIsWaitedForIsMet() throws {
        let condition = try FrameCondition(parsing: "InstallationFailed")
        let payload = try JSONTree(parsing: #"{"status":"InstallationFailed"}"#).root
        #expect(condition.verdict(action: "FirmwareStatusNotification", payload: payload) == .met)
    }

    /// Each of these statuses is one that its action can have.
    @Test func failuresAreStatuses() throws {
        for (name, statuses) in FrameCondition.failures {
            guard case .enumeration(let values)? = Actions.named(name)?.request.field(named: "status")?.kind else {
                Issue.record("\(name) has no status")
                continue
            }
            #expect(statuses.isSubset(of: values), "\(name)")
        }
    }

    @Test(arguments: [
        ("", "'' is neither a message of a charge point nor a status of one"),
        ("Reset", "charge points do not send Reset"),
        (
            "StartTransactoin",
            "'StartTransactoin' is neither a message of a charge point nor a status of one; did you mean StartTransaction?"
        ),
        ("StatusNotification.", "'' is not of the form field=value"),
        ("StatusNotification.status", "'status' is not of the form field=value"),
        ("StatusNotification=Charging", "'StatusNotification=Charging' is not ACTION.field=value"),
        ("StatusNotification.status=Chargin", "StatusNotification.status is never Chargin; did you mean Charging?"),
        ("StatusNotification.status.x=1", "StatusNotification has no field status.x"),
        ("Charging,conectorId=1", "StatusNotification has no field conectorId; did you mean connectorId?"),
    ])
    func isNone(text: String, expected: String) {
        #expect(throws: ConditionError(expected)) { try FrameCondition(parsing: text) }
    }

    @Test(arguments: [
        ("CP001", "CP001", true), ("CP001", "CP*", true), ("CP001", "*", true), ("CP001", "CP?01", true),
        ("CP001", "*0?1*", true), ("CP001", "cp*", false), ("CP001", "CP00", false), ("CP001", "?", false),
        ("", "*", true), ("", "?", false), ("a*b", "a*b", true), ("aab", "a*ab", true), ("ab", "a*ab", false),
    ])
    func patterns(name: String, pattern: String, isMatch: Bool) {
        #expect(NamePattern.matches(name, pattern) == isMatch)
    }

    @Test func watchRequestsTravel() throws {
        let filter = WatchFilter(kind: .frames, chargePoints: ["CP*", "X"])
        guard case .watch(7, let read) = try ControlRequest(line: ControlRequest.watch(number: 7, filter).line) else {
            Issue.record("another request")
            return
        }
        #expect(read == filter)
        #expect(throws: ControlError.self) {
            try ControlRequest(line: Array(#"{"request":"watch","number":1,"records":"nothing"}"#.utf8))
        }
        let line = Array(#"{"record":"error","error":{"code":"x"},"number":3}"#.utf8)
        guard case .record(4, let told)? = ControlReply(line: ControlReply.record(number: 4, line).line) else {
            Issue.record("another reply")
            return
        }
        #expect(told == line)
        guard case .lost(4, 12)? = ControlReply(line: ControlReply.lost(number: 4, count: 12).line),
            case .watching(4)? = ControlReply(line: ControlReply.watching(number: 4).line)
        else {
            Issue.record("another reply")
            return
        }
    }
}
