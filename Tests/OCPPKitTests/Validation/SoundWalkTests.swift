import Testing

@testable import OCPPKit

/// The quick look that spares sound payloads the long one.
struct SoundWalkTests {
    /// What the quick look passes, the long one would have passed, and nothing of it is repaired.
    @Test func passesNothingThatBreaksARule() throws {
        var passed = 0
        for line in try Fixtures.lines(SchemaOracleTests.corpus) {
            let definition = try #require(Actions.named(line["action"]?.text ?? ""))
            let isRequest = line["kind"]?.isText("request") == true
            let payload = try JSONTree(parsing: try #require(line["payload"]?.text)).root
            guard Validator.isPlainlySound(payload, action: definition.index, isRequest: isRequest) else { continue }
            passed += 1
            let name = definition.name
            let text = isRequest ? #"[2,"1","\#(name)","# : #"[3,"1","#
            let frame = try Frame.read(Array(text.utf8) + payload.raw + Array("]".utf8))
            #expect(Repair.names(reading: frame, payload: frame.payload, answering: name, violations: []) == [])
            let shape = isRequest ? definition.request : definition.response
            #expect(Validator.violations(ofPayload: payload, shape: shape).isEmpty, "\(definition.name) \(payload.raw)")
        }
        #expect(passed > 0)
    }

    /// It is of use: of the valid fixtures it leaves only those with a URI, a tenth or an escape to the long look.
    @Test func passesMostOfWhatIsValid() throws {
        var left: [String] = []
        for definition in Actions.all {
            for kind in ["request", "response"] {
                let payload = try Fixtures.json("\(definition.name)/\(kind)-valid.json")
                if !Validator.isPlainlySound(payload, action: definition.index, isRequest: kind == "request") {
                    left.append("\(definition.name) \(kind)")
                }
            }
        }
        #expect(left.count <= 10, "\(left)")
    }

    @Test(
        arguments: [
            #" A"#, #"A "#, #"A\t"#, #"\u0041"#, #"A\u0020"#, "null", #"n\u0075ll"#, "A\u{7F}", "\u{7F}A", "",
            #"ABCDEF\u00e9GHIJKLMNOP"#, #"\u0009A"#, #"\u007fA"#, #"A\u007F"#, #"A\\u00e9\n"#, #"A\\u12\n"#, #"\nA"#,
            #"\u006eull"#, #"\u0020\u00e9"#, #"\u00e9\u0020"#, #"\u00e9\t"#,
        ])
    func leavesOddTexts(idTag: String) throws {
        let payload = try JSONTree(parsing: #"{"idTag":"\#(idTag)"}"#).root
        #expect(
            !Validator.isPlainlySound(payload, action: try #require(Actions.named("Authorize")).index, isRequest: true))
    }

    @Test(
        arguments: [
            #"A\u00e9BCDEFG"#, #"\u00e9"#, #"\u00e9AB"#, #"AB\u00e9"#, #"\u00c9\u00e9"#, #"\ud83d\ude00"#, #"A\\u00e9"#,
        ])
    func passesEscapesOfLetters(idTag: String) throws {
        let payload = try JSONTree(parsing: #"{"idTag":"\#(idTag)"}"#).root
        #expect(
            Validator.isPlainlySound(payload, action: try #require(Actions.named("Authorize")).index, isRequest: true))
    }

    @Test(
        arguments: [
            (#"{"a":1,"b":{"c":[{"d":1}]}}"#, true), (#"{"a":1,"a":1}"#, false), (#"{"a":{"b":1,"b":2}}"#, false),
            (#"{"x":[{"b":1,"c":2,"b":2}]}"#, false), (#"{"a":1,"ab":1,"b":1}"#, true), ("{}", true),
            (#"{"a":[]}"#, true), (#"{"a":[{},[[]],"b",-1.5e3,true,false,null]}"#, true), ("[]", false), ("1", false),
            (#"{"a":"\u00e9\"é"}"#, true), (#"{"\u0061":1}"#, false),
        ])
    func tellsUniqueKeys(text: String, isSound: Bool) throws {
        #expect(Validator.isPlainlySound(try JSONTree(parsing: text).root, action: nil, isRequest: false) == isSound)
    }

    /// More keys, and deeper values, than are looked at quickly are no mistake.
    @Test func leavesWhatIsManyOrDeep() throws {
        for count in [15, 16, 17, 200] {
            let members = (0..<count).map { #""k\#($0)":1"# }.joined(separator: ",")
            let many = try JSONTree(parsing: "{\(members)}").root
            #expect(Validator.isPlainlySound(many, action: nil, isRequest: false) == (count <= 16))
            let text = #"{"a":"# + String(repeating: "[", count: count) + String(repeating: "]", count: count) + "}"
            let deep = try JSONTree(parsing: text).root
            #expect(Validator.isPlainlySound(deep, action: nil, isRequest: false) == (count <= 31))
        }
    }

    @Test(
        arguments: [
            "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z", "2026-02-29T00:00:00Z", "2026-02-30T00:00:00Z",
            "2026-02-03T24:00:00Z",
            "2026-02-03T23:60:00Z", "2026-02-03T23:00:60Z", "2026-02-03T23:00:00.Z", "2026-02-03T23:00:00.1xZ",
            "2026-02-03 23:00:00Z", "2026-02-03T23:00:00", "2026-02-03T23:00:00+00:00", "1970-01-01T00:00:00Z",
            "2009-12-31T00:00:00Z", "20260203T230000Z", "", "Z", "2026/02/03T23:00:00Z", "2026-02-03T23.00:00Z",
        ])
    func leavesOddTimes(time: String) throws {
        let payload = try JSONTree(parsing: #"{"currentTime":"\#(time)"}"#).root
        #expect(
            !Validator.isPlainlySound(payload, action: try #require(Actions.named("Heartbeat")).index, isRequest: false)
        )
    }
}
