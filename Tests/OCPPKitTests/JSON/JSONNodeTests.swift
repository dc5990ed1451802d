import Testing

@testable import OCPPKit

@Suite("JSON values")
struct JSONNodeTests {
    private func node(_ text: String) throws -> JSONNode { try JSONTree(parsing: text).root }

    @Test(arguments: [
        (#""""#, ""), (#""a b""#, "a b"), (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{08}\u{0C}\n\r\t"),
        (#""\u0041\u00e9\u20AC""#, "Aé€"),
        (#""\uD83D\uDE00""#, "😀"), (#""\udbff\udfff""#, "\u{10FFFF}"), (#""x\ud800y""#, "x\u{FFFD}y"),
        (#""\ud800\u0041""#, "\u{FFFD}A"), (#""\ud800\ud83d\ude00""#, "\u{FFFD}😀"),
        (#""\udc00\ud800""#, "\u{FFFD}\u{FFFD}"),
        (#""\u0000""#, "\u{0}"), (#""\\u0041""#, #"\u0041"#), (#""\ud83d\\ude00""#, "\u{FFFD}\\ude00"),
        (#""\ud800""#, "\u{FFFD}"),
    ])
    func textsAreUnescaped(_ json: String, _ text: String) throws {
        let found = try #require(try node(json).text)
        #expect(Array(found.utf8) == Array(text.utf8))
    }

    @Test func otherKindsHaveNoText() throws {
        for json in ["1", "true", "null", "[]", "{}"] { #expect(try node(json).text == nil) }
    }

    @Test func integersAreExactlyThat() throws {
        #expect(try node("9223372036854775807").integer == .max)
        #expect(try node("-9223372036854775808").integer == .min)
        #expect(try node("-0").integer == 0)
        for json in ["9223372036854775808", "1.0", "1e2", "20000.0", #""1""#, "true"] {
            #expect(try node(json).integer == nil, "\(json)")
        }
        #expect(try node("9223372036854775808").isIntegerLiteral)
        #expect(try !node("1e2").isIntegerLiteral)
        #expect(try !node(#""1""#).isIntegerLiteral)
    }

    @Test func rawIsTheExactText() throws {
        let array = try node(#" [ 21.40 , {"a" : [ ] } , "x\u0041" ] "#)
        #expect(
            array.elements.map { String(decoding: $0.raw, as: UTF8.self) } == [
                "21.40", #"{"a" : [ ] }"#, #""x\u0041""#,
            ])
        #expect(array.offset == 1)
        #expect(String(decoding: array.raw, as: UTF8.self) == #"[ 21.40 , {"a" : [ ] } , "x\u0041" ]"#)
    }

    @Test func membersAndElementsSkipWhatIsInside() throws {
        let object = try node(#"{"a":{"x":1,"y":[2,3]},"b":[[4],{"c":5}],"d":null}"#)
        #expect(object.members.map { $0.key.text } == ["a", "b", "d"])
        #expect(object["b"]?.elements.map { $0.kind } == [.array, .object])
        #expect(object["a"]?["y"]?.elements.map { $0.integer } == [2, 3])
        #expect(object["d"]?.isNull == true)
        #expect(object["x"] == nil)
        #expect(Array(object.elements).isEmpty && Array(object["b"]!.members).isEmpty)
        #expect(try node("1")["a"] == nil)
    }

    @Test func theLastOfEqualKeysCounts() throws {
        let object = try node(#"{"a":1,"\u0061":2}"#)
        #expect(object["a"]?.integer == 2)
        #expect(object.member(named: "a")?.integer == 2)
    }

    /// Swift's == takes these as the same text; as keys they are not.
    @Test func keysAreComparedScalarByScalar() throws {
        let object = try node("{\"e\u{301}\":1,\"\u{E9}\":2,\"K\":3,\"\u{212A}\":4}")
        #expect(object.member(named: "e\u{301}")?.integer == 1)
        #expect(object.member(named: "\u{E9}")?.integer == 2)
        #expect(object["K"]?.integer == 3)
        let keys = object.members.map { $0.key }
        #expect(!keys[0].hasSameText(as: keys[1]) && keys[0].hasSameText(as: keys[0]))
    }

    @Test func isTextComparesWithoutBuildingOne() throws {
        #expect(try node(#""Heartbeat""#).isText("Heartbeat"))
        #expect(try node(#""Heart\u0062eat""#).isText("Heartbeat"))
        #expect(try !node(#""Heartbea""#).isText("Heartbeat"))
        #expect(try !node(#""Heartbeats""#).isText("Heartbeat"))
        #expect(try !node("7").isText("7"))
        #expect(try node(#""""#).isText(""))
    }

    @Test func prefixesEndWhereTheValueEnds() throws {
        let text = Array(#"x [2,"1"]"[3]12 7"#.utf8)
        let (tree, end) = try JSONTree.parsingPrefix(of: text, from: 2)
        #expect(end == 9 && tree.root.elements.map { $0.kind } == [.number, .string])
        #expect(throws: JSONError.self) { try JSONTree.parsingPrefix(of: text, from: 0) }
        let (number, numberEnd) = try JSONTree.parsingPrefix(of: text, from: 13)
        #expect(numberEnd == 15 && number.root.integer == 12)
        #expect(throws: JSONError(.unexpectedEnd, at: text.count)) {
            try JSONTree.parsingPrefix(of: text, from: text.count)
        }
        // Blanks before the value are skipped, bytes behind it are not looked at, be they UTF-8 or not.
        let dirty: [UInt8] = Array("  {}".utf8) + [0xFF, 0x00]
        #expect(try JSONTree.parsingPrefix(of: dirty, from: 0).end == 4)
    }

    @Test func builtValuesKeepOrderAndDecimals() throws {
        var value = JSONValue(try node(#"{"b":21.40,"a":[1e2,null,true,"x"]}"#))
        value["c"] = .string("é\n")
        value["b"] = .decimal(ExactDecimal("7.50")!)
        value["zz"] = nil
        #expect(String(decoding: value.bytes, as: UTF8.self) == #"{"b":7.5,"a":[1e2,null,true,"x"],"c":"é\n"}"#)
        value["a"] = nil
        #expect(value == .object([("b", .number("7.5")), ("c", .string("é\n"))]))
        #expect(value["b"] == .number("7.5") && value["a"] == nil && value["c"]?.text == "é\n")
        var text = JSONValue.string("x")
        text["a"] = .null
        #expect(text == .string("x"))
    }

    @Test func settingReachesTheMemberThatGettingReads() throws {
        var value = JSONValue(try node(#"{"a":1,"a":2}"#))
        value["a"] = .integer(3)
        #expect(value["a"] == .number("3"))
    }
}
