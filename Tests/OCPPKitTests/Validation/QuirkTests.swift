import Testing

@testable import OCPPKit

/// Reading by quirk profiles.
@Suite("Quirk profiles")
struct QuirkTests {
    private func quirks(rules: String, match: String = "{}") throws -> Quirks {
        try quirks(file: #"{"profiles":[{"match":\#(match),"rules":\#(rules)}]}"#)
    }

    private func quirks(file: String) throws -> Quirks {
        try Quirks(parsing: Array(file.utf8)) { name in
            // Two hours ahead of UTC, or two behind.
            switch name {
            case "+02:00": { $0.adding(milliseconds: -7_200_000) }
            case "-02:00": { $0.adding(milliseconds: 7_200_000) }
            default: nil
            }
        }
    }

    private func record(
        _ frame: String, from direction: Direction? = .fromChargePoint, action: String? = nil, of id: String? = "CP1"
    ) throws -> FrameRecord {
        FrameRecord(
            timestamp: nil, chargePointId: id, direction: direction, frame: try Frame.read(Array(frame.utf8)),
            action: action)
    }

    private func read(_ frame: String, rules: String) throws -> FrameRecord {
        var quirks: Quirks? = try quirks(rules: rules)
        var record = try record(frame)
        record.judge(&quirks)
        return record
    }

    @Test(
        arguments: [
            (
                #"{"timezone":"+02:00"}"#, "StatusNotification", #"{"timestamp":"2026-05-01 10:00:00.5"}"#,
                #"{"timestamp":"2026-05-01T08:00:00.500Z"}"#, ["quirk.timezone", "blankForT"]
            ),
            (
                #"{"timezone":"+02:00"}"#, "StatusNotification", #"{"timestamp":"2026-05-01T10:00:00Z"}"#,
                #"{"timestamp":"2026-05-01T10:00:00Z"}"#, []
            ),
            (
                #"{"timezone":"-02:00","zoneLabels":"wrong"}"#, "StatusNotification",
                #"{"timestamp":"2026-05-01T10:00:00Z"}"#, #"{"timestamp":"2026-05-01T12:00:00.000Z"}"#,
                ["quirk.zoneLabels"]
            ),
            (
                #"{"timezone":"+02:00","zoneLabels":"wrong"}"#, "StatusNotification",
                #"{"timestamp":"2026-05-01T10:00:00-05:00"}"#, #"{"timestamp":"2026-05-01T08:00:00.000Z"}"#,
                ["quirk.zoneLabels"]
            ),
            (
                #"{"timezone":"+02:00","zoneLabels":"wrong"}"#, "StatusNotification",
                #"{"timestamp":"2026-05-01T10:00:00"}"#, #"{"timestamp":"2026-05-01T08:00:00.000Z"}"#,
                ["quirk.timezone"]
            ),
            (
                #"{"fields":{"StopTransaction.req":{"stopReason":"reason"}}}"#, "StopTransaction",
                #"{"stopReason":"Remote","extra":1.50}"#, #"{"reason":"Remote","extra":1.50}"#, ["quirk.fields"]
            ),
            (
                #"{"fields":{"StopTransaction.req":{"stopReason":"reason"}}}"#, "StopTransaction",
                #"{"stopReason":"Remote","reason":"Local"}"#, #"{"stopReason":"Remote","reason":"Local"}"#, []
            ),
            (
                #"{"fields":{"StopTransaction.conf":{"stopReason":"reason"}}}"#, "StopTransaction",
                #"{"stopReason":"Remote"}"#, #"{"stopReason":"Remote"}"#, []
            ),
            (
                #"{"values":{"errorCode":{"Error":"OtherError"}}}"#, "StatusNotification",
                #"{"errorCode":"Error","info":"Error"}"#, #"{"errorCode":"OtherError","info":"Error"}"#,
                ["quirk.values"]
            ),
            (
                #"{"units":{"Power.Active.Import":"kW"}}"#, "MeterValues",
                #"{"meterValue":[{"sampledValue":[{"value":"7","measurand":"Power.Active.Import"},{"value":"1"}]}]}"#,
                #"{"meterValue":[{"sampledValue":[{"value":"7","measurand":"Power.Active.Import","unit":"kW"},{"value":"1"}]}]}"#,
                ["quirk.units"]
            ),
            (
                #"{"measurands":{"kW":"Power.Active.Import"}}"#, "MeterValues",
                #"{"meterValue":{"sampledValue":{"value":"7","unit":"kW"}}}"#,
                #"{"meterValue":{"sampledValue":{"value":"7","unit":"kW","measurand":"Power.Active.Import"}}}"#,
                ["quirk.measurands"]
            ),
            (
                #"{"meterUnit":"kWh"}"#, "StopTransaction", #"{"meterStop":"12.345"}"#, #"{"meterStop":12345}"#,
                ["quirk.meterUnit"]
            ),
            (
                #"{"register":"session"}"#, "StartTransaction", #"{"meterStart":91000}"#, #"{"meterStart":0}"#,
                ["quirk.register"]
            ),
            (#"{"register":"session"}"#, "StartTransaction", #"{"meterStart":0}"#, #"{"meterStart":0}"#, []),
            (#"{"register":"lifetime"}"#, "StartTransaction", #"{"meterStart":9}"#, #"{"meterStart":9}"#, []),
            (
                #"{"connectors":{"0":1}}"#, "MeterValues", #"{"connectorId":0}"#, #"{"connectorId":1}"#,
                ["quirk.connectors"]
            ),
            (#"{"connectors":{"0":1}}"#, "StatusNotification", #"{"connectorId":0}"#, #"{"connectorId":0}"#, []),
            (
                #"{"phases":"total"}"#, "MeterValues",
                #"{"meterValue":[{"sampledValue":[{"value":"9","measurand":"Power.Active.Import","phase":"L1"},{"value":"9","measurand":"Power.Active.Import","phase":"L2"},{"value":"16","measurand":"Current.Import","phase":"L1"}]}]}"#,
                #"{"meterValue":[{"sampledValue":[{"value":"9","measurand":"Power.Active.Import"},{"value":"16","measurand":"Current.Import","phase":"L1"}]}]}"#,
                ["quirk.phases"]
            ),
            (
                #"{"without":["textAsNumber"]}"#, "StopTransaction", #"{"transactionId":"7","meterStop":5}"#,
                #"{"meterStop":5}"#, ["quirk.without"]
            ),
            (
                #"{"without":["objectForArray"]}"#, "MeterValues", #"{"connectorId":1,"meterValue":{}}"#,
                #"{"connectorId":1}"#, ["quirk.without"]
            ),
        ] as [(String, String, String, String, [String])])
    func aRuleChangesWhatIsRead(
        _ rules: String, _ action: String, _ payload: String, _ expected: String, _ names: [String]
    ) throws {
        let raw = #"[2,"1","\#(action)",\#(payload)]"#
        let record = try read(raw, rules: rules)
        #expect(record.payload.map { String(decoding: $0.raw, as: UTF8.self) } == expected)
        #expect(record.repairs.filter { $0.hasPrefix("quirk.") || names.contains($0) } == names)
        // What was sent stays, and is judged.
        #expect(String(decoding: record.frame.raw, as: UTF8.self) == raw)
        var plain = try self.record(raw)
        plain.judge()
        #expect(record.violations == plain.violations)
        var writer = JSONWriter()
        record.write(to: &writer)
        let line = try JSONTree(parsing: writer.bytes).root
        #expect(line["payload"].map { String(decoding: $0.raw, as: UTF8.self) } == payload)
    }

    /// Each rule is in the table above, or has a test of its own.
    @Test func anActionCanHaveAnotherName() throws {
        let record = try read(#"[2,"1","Notify",{"connectorId":0}]"#, rules: #"{"actions":{"Notify":"MeterValues"}}"#)
        #expect(record.meantAction == "MeterValues" && record.frame.action == "Notify" && record.action == "Notify")
        #expect(record.repairs == ["quirk.actions"])
        #expect(record.violations.map(\.code) == [.unknownAction])
    }

    @Test func framesOfTheCentralSystemAreLeftAlone() throws {
        var quirks: Quirks? = try quirks(rules: #"{"timezone":"+02:00"}"#)
        var told = try record(
            #"[3,"1",{"currentTime":"2026-05-01T10:00:00"}]"#, from: .fromCentralSystem, action: "Heartbeat")
        told.judge(&quirks)
        #expect(told.rewrittenPayload == nil && told.repairs == ["missingZone"])
        var untold = try record(#"[3,"1",{"currentTime":"2026-05-01T10:00:00"}]"#, from: nil, action: "Heartbeat")
        untold.judge(&quirks)
        #expect(untold.rewrittenPayload == nil)
    }

    @Test func profilesAreChosenByWhatTheChargePointIs() throws {
        let file = #"""
            {"profiles":[
              {"match":{"vendor":"riv*","model":"R?"},"rules":{"connectors":{"0":1},"meterUnit":"kWh"}},
              {"match":{"firmware":"1.1*"},"rules":{"connectors":{"0":2}}},
              {"match":{"chargePointId":"DEPOT-*"},"rules":{"register":"session"}}
            ]}
            """#
        func connector(_ boot: String, id: String = "CP1") throws -> (Int64?, [String]) {
            var quirks: Quirks? = try quirks(file: file)
            var booted = try record(#"[2,"b","BootNotification",\#(boot)]"#, of: id)
            booted.judge(&quirks)
            var values = try record(#"[2,"1","MeterValues",{"connectorId":0}]"#, of: id)
            values.judge(&quirks)
            var start = try record(#"[2,"1","StartTransaction",{"meterStart":5}]"#, of: id)
            start.judge(&quirks)
            return (values.payload?["connectorId"]?.integer, start.repairs)
        }
        #expect(try connector(#"{"chargePointVendor":"RIVULET","chargePointModel":"R7"}"#) == (1, ["quirk.meterUnit"]))
        #expect(try connector(#"{"chargePointVendor":"RIVULET","chargePointModel":"R77"}"#) == (0, []))
        #expect(try connector(#"{"chargePointVendor":"Other","firmwareVersion":"1.10"}"#) == (2, []))
        #expect(
            try connector(#"{"chargePointVendor":"Rivulet","chargePointModel":"R7","firmwareVersion":"1.12"}"#)
                == (2, ["quirk.meterUnit"]))
        #expect(try connector(#"{"chargePointVendor":"Other"}"#, id: "depot-4") == (0, ["quirk.register"]))
        #expect(try connector("{}") == (0, []))
    }

    @Test(
        arguments: [
            ("[", "", "ends inside"), ("[]", "", "must be an object"), ("{}", "profiles", "missing"),
            (#"{"profiles":{}}"#, "profiles", "no array"), (#"{"profils":[]}"#, "profils", "did you mean profiles?"),
            (#"{"profiles":[{"rules":{}},7]}"#, "profiles[1]", "must be an object"),
            (#"{"profiles":[{"match":{}}]}"#, "profiles[0].rules", "missing"),
            (#"{"profiles":[{"match":{"vendr":"x"},"rules":{}}]}"#, "profiles[0].match.vendr", "did you mean vendor?"),
            (#"{"profiles":[{"match":{"firmware":1.1},"rules":{}}]}"#, "profiles[0].match.firmware", "a text"),
            (#"{"profiles":[{"rules":{"timezon":"UTC"}}]}"#, "profiles[0].rules.timezon", "did you mean timezone?"),
            (#"{"profiles":[{"rules":{"timezone":"Mars"}}]}"#, "profiles[0].rules.timezone", "no time zone"),
            (#"{"profiles":[{"rules":{"zoneLabels":"wrong"}}]}"#, "profiles[0].rules.zoneLabels", "needs a timezone"),
            (
                #"{"profiles":[{"rules":{"register":"boot"}}]}"#, "profiles[0].rules.register",
                "none of session, lifetime"
            ),
            (#"{"profiles":[{"rules":{"connectors":{"a":1}}}]}"#, "profiles[0].rules.connectors.a", "numbers"),
            (#"{"profiles":[{"rules":{"connectors":{"0":"1"}}}]}"#, "profiles[0].rules.connectors.0", "numbers"),
            (#"{"profiles":[{"rules":{"actions":{"a":"Nothing"}}}]}"#, "profiles[0].rules.actions.a", "no action"),
            (#"{"profiles":[{"rules":{"fields":{"Reset":{}}}}]}"#, "profiles[0].rules.fields.Reset", "no message"),
            (#"{"profiles":[{"rules":{"without":["nullAsObject"]}}]}"#, "profiles[0].rules.without[0]", "none of"),
            (#"{"profiles":[{"rules":{"units":{"a":1}}}]}"#, "profiles[0].rules.units.a", "a text"),
            (#"{"profiles":[{"rules":{},"rules":{}}]}"#, "profiles[0].rules", "stands twice"),
        ])
    func aFileThatIsWrongIsRefusedWithItsPlace(_ file: String, _ path: String, _ message: String) {
        do {
            _ = try quirks(file: file)
            Issue.record("taken: \(file)")
        } catch let error as QuirkFileError {
            #expect(error.path == path && error.message.contains(message), "\(error)")
        } catch {
            Issue.record("\(error)")
        }
    }

    @Test func hostilePatternsEnd() throws {
        let stars = String(repeating: "*a", count: 200)
        var quirks: Quirks? = try quirks(rules: "{}", match: #"{"chargePointId":"\#(stars)"}"#)
        var record = try record(#"[2,"1","Heartbeat",{}]"#, of: String(repeating: "a", count: 20_000) + "b")
        record.judge(&quirks)
        #expect(record.repairs == [])
    }
}
