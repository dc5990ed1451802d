import Testing

@testable import OCPPKit

/// What RFC 8259 takes and what it does not, case by case.
@Suite("JSON syntax")
struct JSONSyntaxTests {
    private func error(_ bytes: [UInt8]) -> JSONError? {
        do {
            _ = try JSONTree(parsing: bytes)
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: [
        // Values at the top
        "0", "-0", "7", "-7", "true", "false", "null", #""""#, #""a""#, "[]", "{}", " [] ", "\t\r\n {} \n", "42 ",
        // Numbers
        "[0.0]", "[-0.0]", "[0e0]", "[0E+1]", "[1e-2]", "[1.5E10]", "[123456789012345678901234567890]", "[1e400]",
        "[-1.2345e-6]", "[20000.0]", "[0.1000000000000000055511151231257827]",
        // Arrays and objects
        "[1,2,3]", "[ 1 , 2 ]", "[[],[[]],{}]", "[null,true,false]", #"{"a":1}"#, #"{ "a" : 1 , "b" : 2 }"#,
        #"{"a":{"b":{"c":[]}}}"#, #"{"":0}"#, #"{"a":1,"a":2}"#, "[\"a\"\n,\n\"b\"]", #"{"a":[{"b":1},{"b":2}]}"#,
        // Strings
        #"["\"\\\/\b\f\n\r\t"]"#, #"["\u0000"]"#, #"["\u00e9"]"#, #"["\uD83D\uDE00"]"#, #"["\ud800"]"#,
        #"["\uDC00\uD800"]"#,
        #"["\u2028"]"#, "[\"é😀\u{2028}\u{7F}\u{10FFFF}\u{FEFF}\"]", #"["\\u0041"]"#, #"["a\/b"]"#,
    ])
    func valid(_ text: String) {
        #expect(error(Array(text.utf8)) == nil)
    }

    @Test(
        arguments: [
            // Numbers
            ("[01]", .unexpectedByte), ("[-01]", .unexpectedByte), ("[+1]", .unexpectedByte), ("[.5]", .unexpectedByte),
            ("[1.]", .unexpectedByte), ("[-]", .unexpectedByte), ("[1e]", .unexpectedByte), ("[1e+]", .unexpectedByte),
            ("[1.e1]", .unexpectedByte), ("[0x1]", .unexpectedByte), ("[1_000]", .unexpectedByte),
            ("[--1]", .unexpectedByte),
            ("[NaN]", .unexpectedByte), ("[Infinity]", .unexpectedByte), ("[-Infinity]", .unexpectedByte),
            ("[1 000]", .unexpectedByte), ("[1,5.5.5]", .unexpectedByte), ("[１]", .unexpectedByte),
            ("1.", .unexpectedEnd),
            ("-", .unexpectedEnd), ("1e", .unexpectedEnd), ("012", .trailingBytes), ("[2.e3]", .unexpectedByte),
            // Arrays and objects
            ("[1,]", .unexpectedByte), ("[,1]", .unexpectedByte), ("[1,,2]", .unexpectedByte),
            ("[1 2]", .unexpectedByte),
            ("[1", .unexpectedEnd), ("[1,", .unexpectedEnd), ("[", .unexpectedEnd), ("]", .unexpectedByte),
            ("[]]", .trailingBytes), ("[}", .unexpectedByte), ("[1}", .unexpectedByte), (#"{"a":1]"#, .unexpectedByte),
            ("{", .unexpectedEnd), ("}", .unexpectedByte), (#"{"a"}"#, .unexpectedByte), (#"{"a":}"#, .unexpectedByte),
            (#"{"a"::1}"#, .unexpectedByte), (#"{"a":1,}"#, .unexpectedByte), (#"{,"a":1}"#, .unexpectedByte),
            (#"{"a":1 "b":2}"#, .unexpectedByte), ("{a:1}", .unexpectedByte), ("{'a':1}", .unexpectedByte),
            ("{1:1}", .unexpectedByte), (#"{"a":"#, .unexpectedEnd), (#"{"a""#, .unexpectedEnd),
            (#"{"a":1"#, .unexpectedEnd),
            (#"{"a":1}{"b":2}"#, .trailingBytes), ("[][]", .trailingBytes), (#"{"a" "b"}"#, .unexpectedByte),
            // Strings
            (#"["a]"#, .unexpectedEnd), ("['a']", .unexpectedByte), (#"["\x41"]"#, .unexpectedByte),
            (#"["\u12"]"#, .unexpectedByte), (#"["\u12G4"]"#, .unexpectedByte), (#"["\U0041"]"#, .unexpectedByte),
            ("[\"\n\"]", .unexpectedByte), ("[\"\t\"]", .unexpectedByte), ("[\"\u{0}\"]", .unexpectedByte),
            ("[\"\u{1F}\"]", .unexpectedByte), (#"["\"#, .unexpectedEnd), (#"["\u"#, .unexpectedEnd),
            (#""\"#, .unexpectedEnd),
            (#"["\ "]"#, .unexpectedByte), (#"["\a"]"#, .unexpectedByte), ("[\u{201C}a\u{201D}]", .unexpectedByte),
            // Words
            ("[True]", .unexpectedByte), ("[tru]", .unexpectedByte), ("[nul", .unexpectedEnd),
            ("[nulll]", .unexpectedByte),
            ("[undefined]", .unexpectedByte), ("truefalse", .trailingBytes), ("[FALSE]", .unexpectedByte),
            // What stands around
            ("", .unexpectedEnd), (" ", .unexpectedEnd), ("\u{FEFF}[]", .unexpectedByte), ("[]\u{0}", .trailingBytes),
            ("[] x", .trailingBytes), ("// c\n[]", .unexpectedByte), ("[]//", .trailingBytes),
            ("[/**/]", .unexpectedByte),
            ("#", .unexpectedByte), ("[1\u{0C}]", .unexpectedByte), ("[\u{A0}1]", .unexpectedByte),
            ("<json/>", .unexpectedByte),
            // As charge points send it
            (#"[3,"1",{"configurationKey":],"unknownKey":[]}]"#, .unexpectedByte),
            (#"[3,"1",{"a":[,{}]}]"#, .unexpectedByte),
            (#"[2,"1","MeterValues",{"transactionId":,"a":1}]"#, .unexpectedByte),
            (#"[2,"1","Heartbeat",{}"#, .unexpectedEnd),
        ] as [(String, JSONError.Code)])
    func invalid(_ text: String, _ code: JSONError.Code) {
        #expect(error(Array(text.utf8))?.code == code)
    }

    @Test(
        arguments: [
            ([0x80], "a continuation byte alone"), ([0xBF], "a continuation byte alone"), ([0xC0, 0xAF], "overlong"),
            ([0xC1, 0xBF], "overlong"), ([0xE0, 0x80, 0xAF], "overlong"), ([0xE0, 0x9F, 0xBF], "overlong"),
            ([0xF0, 0x80, 0x80, 0xAF], "overlong"), ([0xF0, 0x8F, 0xBF, 0xBF], "overlong"), ([0xC3], "cut"),
            ([0xE2, 0x82], "cut"), ([0xF0, 0x9F, 0x98], "cut"), ([0xC3, 0x28], "a wrong second byte"),
            ([0xE2, 0x28, 0xA1], "a wrong second byte"), ([0xE2, 0x82, 0x28], "a wrong third byte"),
            ([0xF0, 0x9F, 0x98, 0x28], "a wrong fourth byte"), ([0xED, 0xA0, 0x80], "a surrogate"),
            ([0xED, 0xBF, 0xBF], "a surrogate"), ([0xF4, 0x90, 0x80, 0x80], "past U+10FFFF"),
            ([0xF5, 0x80, 0x80, 0x80], "past it"),
            ([0xFE], "never"), ([0xFF], "never"), ([0xE9], "Latin-1"),
        ] as [([UInt8], String)])
    func invalidUTF8(_ bytes: [UInt8], _ what: String) {
        #expect(error(Array("[\"".utf8) + bytes + Array("\"]".utf8))?.code == .unexpectedByte, "\(what)")
        #expect(error(bytes) != nil, "\(what), outside a string")
    }

    @Test(
        arguments: [
            [0x7F], [0xC2, 0x80], [0xDF, 0xBF], [0xE0, 0xA0, 0x80], [0xED, 0x9F, 0xBF], [0xEE, 0x80, 0x80],
            [0xEF, 0xBF, 0xBF],
            [0xF0, 0x90, 0x80, 0x80], [0xF4, 0x8F, 0xBF, 0xBF],
        ] as [[UInt8]])
    func validUTF8AtItsBorders(_ bytes: [UInt8]) throws {
        let text = [UInt8(ascii: "\"")] + bytes + [UInt8(ascii: "\"")]
        #expect(try JSONTree(parsing: text).root.text.map { Array($0.utf8) } == bytes)
    }

    @Test func errorsSayWhere() {
        #expect(error(Array(#"[2,"1",x]"#.utf8)) == JSONError(.unexpectedByte, at: 7))
        #expect(error(Array(#"[2,"1""#.utf8)) == JSONError(.unexpectedEnd, at: 6))
        #expect(error(Array("[] []".utf8)) == JSONError(.trailingBytes, at: 3))
        #expect(error(Array("[01]".utf8)) == JSONError(.unexpectedByte, at: 2))
    }

    @Test func depthIsLimited() {
        func nested(_ depth: Int) -> [UInt8] {
            Array((String(repeating: "[", count: depth) + String(repeating: "]", count: depth)).utf8)
        }
        #expect(error(nested(512)) == nil)
        #expect(error(nested(513)) == JSONError(.tooDeep, at: 512))
        #expect(error([UInt8](repeating: UInt8(ascii: "["), count: 1_000_000)) == JSONError(.tooDeep, at: 512))
        #expect(error(Array(String(repeating: #"{"a":"#, count: 100_000).utf8))?.code == .tooDeep)
        #expect((try? JSONTree(parsing: Array("[[]]".utf8), maximumDepth: 1)) == nil)
        #expect((try? JSONTree(parsing: Array("[1]".utf8), maximumDepth: 1)) != nil)
        #expect((try? JSONTree(parsing: Array("1".utf8), maximumDepth: 0)) != nil)
        // Breadth costs no depth.
        #expect(error(Array(("[" + String(repeating: "[],", count: 10_000) + "[]]").utf8)) == nil)
    }

    /// Whatever is cut off a text, or changed in it, the reader ends with an answer.
    @Test func noTextIsTooBroken() {
        let whole = Array(
            #" [2,"a\u00e9\ud83d\ude00b","MeterValues",{"n":-1.5e+3,"t":[true,false,null,{}],"é":""}] "#.utf8)
        for end in 0..<(whole.count - 2) { #expect(error(Array(whole[..<end]))?.code == .unexpectedEnd, "\(end)") }
        for index in whole.indices {
            for byte in UInt8.min...UInt8.max {
                var changed = whole
                changed[index] = byte
                guard let tree = try? JSONTree(parsing: changed) else { continue }
                #expect(!JSONValue(tree.root).bytes.isEmpty)
            }
        }
    }
}
