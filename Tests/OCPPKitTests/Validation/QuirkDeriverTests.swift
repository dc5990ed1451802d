import Testing

@testable import OCPPKit

/// Profiles worked out from what a capture shows.
@Suite("Derived quirk profiles")
struct QuirkDeriverTests {
    /// The profile of a log of `CP1`: lines of arrival (a minute of 08:00), direction and frame.
    private func file(_ lines: [(minute: Int, direction: Direction, frame: String)]) throws -> JSONNode {
        var resolver = FrameResolver(options: LogOptions())
        var deriver = QuirkDeriver()
        let start = Timestamp(rfc3339: "2026-05-01T08:00:00Z")!
        for line in lines {
            var record = FrameRecord(
                timestamp: start.adding(milliseconds: Int64(line.minute) * 60_000), chargePointId: "CP1",
                direction: line.direction, frame: try Frame.read(Array(line.frame.utf8)))
            resolver.complete(&record, source: FrameRecord.Source(file: "a.log", line: line.minute + 1))
            deriver.add(record)
        }
        let bytes = deriver.file
        // What is written can be read.
        _ = try Quirks(parsing: bytes) { _ in { $0 } }
        return try JSONTree(parsing: bytes).root
    }

    private func rules(_ lines: [(minute: Int, direction: Direction, frame: String)]) throws -> String {
        let profile = try file(lines)["profiles"]?.elements.reversed().first
        return profile?["rules"].map { String(decoding: $0.raw.filter { $0 > 0x20 }, as: UTF8.self) } ?? ""
    }

    private func status(_ minute: Int, _ time: String, _ more: String = "") -> (Int, Direction, String) {
        (
            minute, .fromChargePoint,
            #"[2,"s\#(minute)","StatusNotification",{"connectorId":1,"errorCode":"NoError","status":"Available","timestamp":"\#(time)"\#(more)}]"#
        )
    }

    private func session(_ number: Int, meter: (Int, Int), valuesOf connector: Int = 1) -> [(Int, Direction, String)] {
        let times = #""timestamp":"2026-05-01T08:0\#(number):00Z""#
        return [
            (
                number, .fromChargePoint,
                #"[2,"a\#(number)","StartTransaction",{"connectorId":1,"idTag":"T","meterStart":\#(meter.0),\#(times)}]"#
            ),
            (
                number, .fromCentralSystem,
                #"[3,"a\#(number)",{"transactionId":\#(number),"idTagInfo":{"status":"Accepted"}}]"#
            ),
            (
                number, .fromChargePoint,
                #"[2,"m\#(number)","MeterValues",{"connectorId":\#(connector),"transactionId":\#(number),"meterValue":[{\#(times),"sampledValue":[{"value":"1"}]}]}]"#
            ),
            (
                number, .fromChargePoint,
                #"[2,"b\#(number)","StopTransaction",{"transactionId":\#(number),"meterStop":\#(meter.1),\#(times)}]"#
            ),
        ]
    }

    @Test func aCaptureWithoutDeviationsHasNoProfiles() throws {
        let lines = (0..<5).map { status($0, "2026-05-01T08:0\($0):00Z") } + session(6, meter: (0, 5))
        #expect(try file(lines)["profiles"]?.elements.reversed().isEmpty == true)
    }

    @Test func timesWithoutAZoneTellIt() throws {
        #expect(try rules((0..<3).map { status($0, "2026-05-01T05:0\($0):30") }) == #"{"timezone":"-03:00"}"#)
        #expect(try rules((0..<3).map { status($0, "2026-05-01T13:3\($0):30") }) == #"{"timezone":"+05:30"}"#)
        // Two are too few, and those of a replay say nothing.
        #expect(try rules((0..<2).map { status($0, "2026-05-01T05:0\($0):30") }) == "{}")
        #expect(try rules((0..<4).map { status($0, "2026-05-01T0\($0):07:30") }) == "{}")
    }

    @Test func zonesThatAreLabelledWrongAreSeen() throws {
        let wrong = (0..<3).map { status($0, "2026-05-01T10:0\($0):00Z") }
        #expect(try rules(wrong) == #"{"timezone":"+02:00","zoneLabels":"wrong"}"#)
        #expect(try rules((0..<3).map { status($0, "2026-05-01T10:0\($0):00+02:00", #","x":1"#) }) == "{}")
    }

    @Test func otherNamesAreSeen() throws {
        let stop = #"[2,"1","StopTransaction",{"transactionId":7,"endMeter":5,"timestamp":"2026-05-01T08:00:00Z"}]"#
        #expect(
            try rules([(0, .fromChargePoint, stop)]) == #"{"fields":{"StopTransaction.req":{"endMeter":"meterStop"}}}"#)
        let text = #"[2,"1","StopTransaction",{"transactionId":7,"note":"x","timestamp":"2026-05-01T08:00:00Z"}]"#
        #expect(try rules([(0, .fromChargePoint, text)]) == "{}")
        let values =
            #"[2,"1","MeterValues",{"connectorId":1,"meterValue":[{"timestamp":"2026-05-01T08:00:00Z","sampledValue":[{"value":"1","unit":"wh"},{"value":"1","unit":"Hz"},{"value":"1","unit":"furlong"}]}]}]"#
        #expect(try rules([(0, .fromChargePoint, values)]) == #"{"values":{"unit":{"Hz":"Hertz","wh":"Wh"}}}"#)
    }

    @Test func connectorsAndRegistersAreSeen() throws {
        #expect(
            try rules(session(1, meter: (0, 5), valuesOf: 0) + session(2, meter: (5, 9), valuesOf: 0))
                == #"{"connectors":{"0":1}}"#)
        #expect(
            try rules(session(1, meter: (90_000, 5)) + session(2, meter: (95_000, 9))) == #"{"register":"session"}"#)
        #expect(try file(session(1, meter: (90_000, 5)))["profiles"]?.elements.reversed().isEmpty == true)
    }

    @Test func evidenceIsCountedByMake() throws {
        let boot = #"[2,"b","BootNotification",{"chargePointVendor":"Rivulet","chargePointModel":"R7"}]"#
        let profiles = try file([(0, .fromChargePoint, boot), status(1, "", #","x":1"#), status(2, "")])["profiles"]
        let profile = try #require(profiles?.elements.reversed().first)
        #expect(profile["match"]?["vendor"]?.text == "Rivulet" && profile["match"]?["firmware"] == nil)
        let evidence = try #require(profile["evidence"])
        #expect(evidence["frames"]?.integer == 3 && evidence["chargePoints"]?.integer == 1)
        let format = evidence["violations"]?.elements.first { $0["code"]?.text == "format" }
        #expect(format?["count"]?.integer == 2 && format?["path"]?.text == "$.timestamp")
        #expect(format?["message"]?.text == "StatusNotification.req" && format?["first"]?.text == "a.log:2")
        let repairs = evidence["repairs"]?.elements.map { $0["repair"]?.text ?? "" }
        #expect(repairs == ["arrivalForTime", "unknownFieldIgnored"])
    }
}
