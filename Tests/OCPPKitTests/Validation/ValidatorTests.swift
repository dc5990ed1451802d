import Testing

@testable import OCPPKit

/// What is wrong with a frame, as `code path: message`.
private func violations(_ raw: String, answering action: String? = nil) throws -> [String] {
    let frame = try Frame.read(Array(raw.utf8))
    return Validator.violations(of: frame, answering: action).map { "\($0.code.rawValue) \($0.path): \($0.message)" }
}

private func request(_ action: String, _ payload: String) throws -> [String] {
    try violations(#"[2,"1","\#(action)",\#(payload)]"#)
}

@Suite("Violations")
struct ValidatorTests {
    @Test func aFrameInOrderHasNone() throws {
        #expect(try request("Heartbeat", "{}") == [])
        #expect(try request("Authorize", #"{"idTag":"0A1B2C3D"}"#) == [])
        #expect(try violations(#"[3,"1",{"currentTime":"2026-11-22T09:45:19Z"}]"#, answering: "Heartbeat") == [])
    }

    @Test func messagesNameTheFact() throws {
        #expect(
            try request("BootNotification", #"{"chargePointVendor":"ABCDEFGHIJKLMNOPQRSTUVW","chargePointModel":"M"}"#)
                == ["length $.chargePointVendor: 23 characters, limit 20"])
        #expect(try request("Authorize", "{}") == ["missing $.idTag: missing; required"])
        #expect(try request("Authorize", #"{"idTag":null}"#) == ["type $.idTag: null, must be a string"])
        #expect(
            try request(
                "StopTransaction", #"{"meterStop":20000.0,"timestamp":"2026-01-01T00:00:00Z","transactionId":1E2}"#)
                == [
                    "type $.meterStop: 20000.0, must be an integer", "type $.transactionId: 1E2, must be an integer",
                ])
        #expect(
            try request("Reset", #"{"type":"soft"}"#) == [#"enum $.type: "soft" is none of Hard, Soft"#])
    }

    @Test func pathsLeadIntoArrays() throws {
        let raw = #"{"connectorId":1,"meterValue":[{"sampledValue":[{"value":"1"},{"value":2,"unit":"C"}]}]}"#
        #expect(
            try request("MeterValues", raw) == [
                "missing $.meterValue[0].timestamp: missing; required",
                "type $.meterValue[0].sampledValue[1].value: 2, must be a string",
                #"enum $.meterValue[0].sampledValue[1].unit: "C" is none of Celcius, Celsius, W, …"#,
            ])
    }

    @Test func emptyArraysViolateOnlyWhereTheSchemaSaysSo() throws {
        #expect(
            try request("MeterValues", #"{"connectorId":1,"meterValue":[]}"#)
                == ["length $.meterValue: 0 elements, at least 1"])
        let stop = #"{"meterStop":1,"timestamp":"2026-01-01T00:00:00Z","transactionId":1,"transactionData":"#
        #expect(try request("StopTransaction", stop + "[]}") == [])
        #expect(
            try request("StopTransaction", stop + #"[{"timestamp":"2026-01-01T00:00:00Z","sampledValue":[]}]}"#) == [])
    }

    @Test func charactersAreUnicodeScalars() throws {
        let twenty = String(repeating: "é", count: 20)
        #expect(try request("Authorize", #"{"idTag":"\#(twenty)"}"#) == [])
        #expect(try request("Authorize", #"{"idTag":"\#(String(repeating: #"\u00e9"#, count: 20))"}"#) == [])
        #expect(
            try request("Authorize", #"{"idTag":"\#(twenty)e"}"#) == ["length $.idTag: 21 characters, limit 20"])
        // One character for people, two scalars.
        #expect(
            try request("Authorize", "{\"idTag\":\"\(String(repeating: "e\u{301}", count: 11))\"}")
                == ["length $.idTag: 22 characters, limit 20"])
    }

    @Test func enumerationsAreComparedByBytes() throws {
        let kelvinSign =
            "{\"connectorId\":1,\"meterValue\":[{\"timestamp\":\"2026-01-01T00:00:00Z\",\"sampledValue\":[{\"value\":\"1\",\"unit\":\"\u{212A}\"}]}]}"
        #expect(try request("MeterValues", kelvinSign).map { $0.prefix(4) } == ["enum"])
    }

    @Test(arguments: [
        ("2025-04-25T15:39:32+03", "an offset has the form +03:00"), ("2025-04-25T15:39:32", "it has no time zone"),
        ("2025-04-25 15:39:32Z", "a T stands between date and time"),
        ("22222-04-25T15:39:32Z", "a year has four digits"),
    ])
    func nearMissesOfTimesAreFormatViolations(_ time: String, _ reason: String) throws {
        let found =
            try request("Heartbeat", "{}") + violations(#"[3,"1",{"currentTime":"\#(time)"}]"#, answering: "Heartbeat")
        #expect(found.first == #"format $.currentTime: "\#(time)" is not RFC 3339: \#(reason)"#)
    }

    @Test func whatMakesNoSenseIsAWarning() throws {
        let frame = try Frame.read(
            Array(
                #"[2,"1","StartTransaction",{"connectorId":-1,"idTag":"","meterStart":0,"timestamp":"1970-01-01T00:00:09Z"}]"#
                    .utf8))
        let found = Validator.violations(of: frame, answering: nil)
        #expect(found.map { $0.path } == ["$.connectorId", "$.idTag", "$.timestamp"])
        #expect(found.allSatisfy { $0.code == .range && $0.severity == .warning })
    }

    @Test func anEmptyConfigurationValueIsAValue() throws {
        #expect(try request("ChangeConfiguration", #"{"key":"MeterValuesAlignedData","value":""}"#) == [])
    }

    @Test func unknownPropertiesAndActionsComeWithHints() throws {
        #expect(
            try violations(
                #"[3,"1",{"status":"Accepted","currentTime":"2026-01-01T00:00:00Z","intervall":3}]"#,
                answering: "BootNotification") == [
                    "unknownProperty $.intervall: not a field of this message; did you mean interval?",
                    "missing $.interval: missing; required",
                ])
        #expect(
            try request("HeartBeat", "{}")
                == [#"unknownAction $: "HeartBeat" is no action of OCPP 1.6; names are case-sensitive: Heartbeat"#])
        #expect(
            try request("Authorize", #"{"idTag":"A","odd key's":1}"#)
                == [#"unknownProperty $['odd key\'s']: not a field of this message"#])
    }

    /// OCPP-J 1.6, section 4.2.3.
    @Test func errorCodesAreThoseOfTheSpecification() throws {
        for code in ErrorCode.allCases { #expect(try violations(#"[4,"1","\#(code.rawValue)","",{}]"#) == []) }
        #expect(
            try violations(#"[4,"1","FormatViolation","",{}]"#)
                == [
                    #"enum $: the error code "FormatViolation" is none of FormationViolation, ProtocolError, TypeConstraintViolation, …"#
                ])
        #expect(try violations(#"[4,"1","","",{}]"#).map { $0.prefix(6) } == ["enum $"])
        #expect(
            try violations(#"{"CallType":4,"UniqueId":"1","ErrorCode":"Oops","ErrorDescription":""}"#)
                .map { $0.prefix(6) } == ["frame ", "enum $"])
    }

    @Test func duplicateKeysAreFoundAnywhereAndTheLastOneIsJudged() throws {
        #expect(
            try request("Authorize", #"{"idTag":1,"idT\u0061g":"A"}"#)
                == ["duplicateKey $.idTag: the key stands twice; the last one counts"])
        #expect(
            try violations(#"[3,"1",{"a":[0,{"b":1,"b":2}]}]"#)
                == ["duplicateKey $.a[1].b: the key stands twice; the last one counts"])
        #expect(
            try violations(#"[4,"1","InternalError","",{"a":1,"a":2}]"#)
                == ["duplicateKey $.a: the key stands twice; the last one counts"])
        let many = (0..<5000).map { #""k\#($0)":0"# }.joined(separator: ",")
        #expect(try violations(#"[3,"1",{\#(many),"k4000":1}]"#).count == 1)
    }

    @Test func answersAreJudgedByTheActionTheyAnswer() throws {
        #expect(try violations(#"[3,"1",{"nonsense":1}]"#) == [])
        #expect(try violations(#"[3,"1",{"nonsense":1}]"#, answering: "NoAction") == [])
        #expect(try violations(#"[3,"1",{}]"#, answering: "Reset") == ["missing $.status: missing; required"])
    }

    @Test func theEnvelopeComesFirst() throws {
        #expect(
            try violations(#"[2,7,"Heartbeat",null]"#).map { $0.prefix(while: { $0 != ":" }) }
                == ["messageId $", "frame $", "type $"])
    }

    @Test(arguments: [
        ("8.0", true), ("8.10", true), ("8.05", false), ("85e-1", true), ("85E-2", false), ("0.00", true),
        ("0.000e-99999999999999999999", true), ("1e-99999999999999999999", false), ("1e99999999999999999999", true),
        ("0.30000000000000004", false), ("123456789012345678901234567890.1", true), ("-0.1", true), ("10e-2", true),
        ("1.05e1", true), ("1.005e1", false),
    ])
    func tenthsAreExact(_ number: String, _ isMultiple: Bool) {
        #expect(isMultipleOfTenth(Array(number.utf8)[...]) == isMultiple)
    }

    @Test(arguments: [
        ("ftp://user:secret@files.example.com:2121/log%20s/?a=b#c", true), ("https://[2001:db8::1]:443/x", true),
        ("mailto:a@example.com", true), ("file:///tmp/x", true), ("urn:x", true), ("", false), ("/relative", false),
        ("www.example.com", false), ("http://exa mple.com", false), ("http://e/%zz", false), ("http://e/#a#b", false),
        ("http://e:80a/", false), ("1http://e", false), ("http://[::1", false), ("http://é.example", false),
        ("ftp:\\\\host", false),
    ])
    func uris(_ text: String, _ isOne: Bool) {
        #expect(isURI(text) == isOne)
    }
}
