import Testing

@testable import OCPPKit

/// The frames that are no plain CALL, and the errors that answer (rows 31, 32, 34, 35, 36 and 39).
@Suite("Central system: errors and odd frames")
struct CallErrorTests {
    private func booted(_ configure: (inout CentralSystem.Configuration) -> Void = { _ in }) -> Scenario {
        var scenario = Scenario(configure)
        scenario.boot()
        return scenario
    }

    /// Row 34: as OCPP-J 1.6 spells them (section 4.2.3), its own mistake in `Occurence` among them.
    @Test func `The ten error codes are spelled as in the specification`() {
        #expect(
            ErrorCode.allCases.map(\.rawValue) == [
                "NotImplemented", "NotSupported", "InternalError", "ProtocolError", "SecurityError",
                "FormationViolation", "PropertyConstraintViolation", "OccurenceConstraintViolation",
                "TypeConstraintViolation", "GenericError",
            ])
    }

    /// Which of them a strict central system answers to which violation; nothing is stored.
    @Test(arguments: [
        (#"{"meterStop":1,"timestamp":"2026-11-22T08:00:00Z"}"#, "OccurenceConstraintViolation"),
        (#"{"transactionId":"7","meterStop":1,"timestamp":"2026-11-22T08:00:00Z"}"#, "TypeConstraintViolation"),
        (#"{"transactionId":7,"meterStop":1,"timestamp":"yesterday"}"#, "PropertyConstraintViolation"),
        (
            #"{"transactionId":7,"meterStop":1,"timestamp":"2026-11-22T08:00:00Z","reason":"Odd"}"#,
            "PropertyConstraintViolation"
        ),
        (
            #"{"transactionId":7,"meterStop":1,"timestamp":"2026-11-22T08:00:00Z","idTag":"123456789012345678901"}"#,
            "PropertyConstraintViolation"
        ),
        (#"{"transactionId":7,"meterStop":1,"timestamp":"2026-11-22T08:00:00Z","odd":1}"#, "FormationViolation"),
        (
            #"{"transactionId":7,"transactionId":8,"meterStop":1,"timestamp":"2026-11-22T08:00:00Z"}"#,
            "FormationViolation"
        ),
    ])
    func `Under strict a violation has its code`(_ payload: String, _ code: String) {
        var strict = booted { $0.isStrict = true }
        let answer = strict.call("CP1", "StopTransaction", payload)
        #expect(answer?.error?.code == code)
        #expect(answer?.error?.description.hasPrefix("$") == true)
        #expect(strict.store.events.isEmpty)
        var lenient = booted()
        #expect(lenient.call("CP1", "StopTransaction", payload)?.kind == .callResult)
        #expect(lenient.frames.contains { !$0.violations.isEmpty })
        #expect(lenient.store.events.count == 1)
    }

    /// Row 35: whatever is wrong, the error can be written, and read, and is no longer than it may be.
    @Test(arguments: [
        String(repeating: "x", count: 1 << 20), String(repeating: "\u{1F50C}", count: 1000), #"\u0000\"\\"#,
        #"\ud800"#, #"\u007f\u001b[31m"#, String(repeating: "é", count: 300),
    ])
    func `An error about any action is a sound CALLERROR`(_ action: String) throws {
        var scenario = booted()
        let sent = scenario.call("CP1", action)
        let error = try #require(sent)
        #expect(error.error?.code == "NotImplemented")
        #expect(try #require(error.error).description.unicodeScalars.count <= 255)
        #expect(error.node.elements.reduce(0) { count, _ in count + 1 } == 5)
        #expect(error.payload?.isObject == true)
        #expect(isUTF8(Array(error.raw)))
        #expect(scenario.ask("CP1", "Heartbeat") != nil)
    }

    /// What cannot be read is answered where it looks like a CALL with an id, and noted in any case.
    @Test(arguments: [
        (#"[2,"id","Heartbeat"]"#, true), (#"[2,"id","Heartbeat",{},{}]"#, true), (#"[2,"id"]"#, true),
        (#"[2,"id",7,{}]"#, true), (#"[2,"id","Heartbeat",[]]"#, true), (#"[2,"id","Heartbeat",7]"#, true),
        (#"[2,"id","Heartbeat",{"#, true), (#"[2,"id","Heartbeat",{"a":]"#, true), (#"[2,"id"#, false), ("[2]", false),
        ("[]", false), ("{}", false), ("", false), ("null", false), ("hello", false),
        (#"[2,null,"Heartbeat",[]]"#, false),
        (String(repeating: "[", count: 100_000), false), (#"["2","id","Heartbeat",{}]"#, false),
    ])
    func `What is no frame is noted, and answered where it can be`(_ text: String, _ isAnswered: Bool) throws {
        var scenario = booted()
        let before = scenario.sent.count
        scenario.send("CP1", text)
        let answers = try scenario.sent[before...].map { try Frame.read($0.bytes) }
        #expect(answers.map(\.error?.code) == (isAnswered ? ["FormationViolation"] : []))
        #expect(answers.allSatisfy { $0.messageId == "id" })
        #expect(scenario.unreadable.count == 1)
        #expect(scenario.ask("CP1", "Heartbeat") != nil)
    }

    /// Row 35: bytes that are no UTF-8, which the transport stops, and the core survives.
    @Test func `Bytes that are no UTF-8 are no frame`() {
        var scenario = booted()
        let bytes = Array(#"[2,"id",""#.utf8) + [0xC3, 0x28, 0xFF] + Array(#"",{}]"#.utf8)
        let before = scenario.sent.count
        scenario.give(.received(scenario.connection["CP1"]!, bytes))
        #expect(scenario.unreadable.count == 1)
        for answer in scenario.sent[before...] { #expect(isUTF8(answer.bytes)) }
        var writer = JSONWriter()
        for record in scenario.records { record.write(to: &writer) }
        #expect(isUTF8(writer.bytes))
        #expect(scenario.ask("CP1", "Heartbeat") != nil)
    }

    /// Row 32.
    @Test(arguments: [#"[5,"id",{}]"#, #"[1,"id"]"#, #"[-2,"id","Heartbeat",{}]"#, #"[99999999999999999999,"id"]"#])
    func `An unknown MessageTypeId is ignored`(_ text: String) {
        var scenario = booted()
        let before = scenario.sent.count
        scenario.send("CP1", text)
        #expect(scenario.sent.count == before)
        #expect(scenario.closed.isEmpty)
        #expect(scenario.unreadable.count == 1)
        #expect(scenario.ask("CP1", "Heartbeat") != nil)
    }

    /// Row 31.
    @Test(arguments: [
        #"[3,"id",{}]"#, #"[4,"id","GenericError","",{}]"#, #"[4,"id","GenericError",""]"#, #"[3,"id",null]"#,
        #"[3,"s-1",{}]"#,
    ])
    func `An answer that nobody waits for meets silence`(_ text: String) {
        var scenario = booted()
        let before = scenario.sent.count
        scenario.send("CP1", text)
        #expect(scenario.sent.count == before)
        #expect(scenario.outcomes.isEmpty)
        #expect(scenario.frames.last?.direction == .fromChargePoint)
        #expect(scenario.ask("CP1", "Heartbeat") != nil)
    }

    /// Row 39: OCPP-J 1.6, section 4.2.1, allows both.
    @Test(arguments: [false, true])
    func `A null payload is an empty one`(_ isStrict: Bool) {
        var scenario = booted { $0.isStrict = isStrict }
        #expect(scenario.ask("CP1", "Heartbeat", "null")?["currentTime"] != nil)
        let answer = scenario.call("CP1", "Authorize", "null")
        #expect(answer?.error?.code == (isStrict ? "OccurenceConstraintViolation" : nil))
    }

    /// Ids that the specification does not allow get their answer under the same id, or the charge point could not tell.
    @Test(arguments: [
        (#""123456789012345678901234567890123456""#, false), (#""1234567890123456789012345678901234567""#, true),
        ("17", true), (#""36:352""#, false), (#""\u00e9\"\\""#, false),
    ])
    func `An answer has the id of its call`(_ id: String, _ isViolation: Bool) throws {
        let expected = try #require(Frame.idText(try JSONTree(parsing: id).root))
        for isStrict in [false, true] {
            var scenario = booted { $0.isStrict = isStrict }
            scenario.send("CP1", "[2,\(id),\"Heartbeat\",{}]")
            let answer = try Frame.read(try #require(scenario.sent.last).bytes)
            #expect(answer.messageId == expected)
            #expect(answer.error?.code == (isStrict && isViolation ? "FormationViolation" : nil))
        }
    }

    /// The same id for every message, as some stations do.
    @Test func `A message id may come again`() {
        var scenario = booted()
        for _ in 0..<3 {
            #expect(scenario.call("CP1", "Heartbeat", messageId: "867")?.kind == .callResult)
            #expect(
                scenario.call("CP1", "Authorize", #"{"idTag":"T"}"#, messageId: "867")?.payload?["idTagInfo"] != nil)
        }
    }
}

private func isUTF8(_ bytes: [UInt8]) -> Bool { String(validating: bytes, as: UTF8.self) != nil }
