import Testing

@testable import OCPPKit

@Suite("JSON writer")
struct JSONWriterTests {
    @Test func commasStandBetweenValues() {
        var writer = JSONWriter()
        writer.beginArray()
        writer.integer(2)
        writer.beginObject()
        writer.endObject()
        writer.beginObject()
        writer.member("a", 1)
        writer.key("b")
        writer.beginArray()
        writer.null()
        writer.boolean(true)
        writer.boolean(false)
        writer.endArray()
        writer.member("c", "x")
        writer.endObject()
        writer.raw("[ 1 ]".utf8)
        writer.decimal(ExactDecimal("21.40")!)
        writer.endArray()
        #expect(writer.text == #"[2,{},{"a":1,"b":[null,true,false],"c":"x"},[ 1 ],21.4]"#)
    }

    @Test func absentMembersAreLeftOut() {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("a", nil as String?)
        writer.member("b", nil as Int64?)
        writer.member("c", nil as Bool?)
        writer.member("d", nil as ExactDecimal?)
        writer.member("e", nil as Timestamp?)
        writer.member("f", raw: nil as [UInt8]?)
        writer.member("g", Timestamp(milliseconds: 1))
        writer.member("h", false)
        writer.endObject()
        #expect(writer.text == #"{"g":"1970-01-01T00:00:00.001Z","h":false}"#)
    }

    @Test func linesStandByThemselves() {
        var writer = JSONWriter()
        for number in 1...2 {
            writer.beginObject()
            writer.member("n", number)
            writer.endObject()
            writer.endLine()
        }
        #expect(writer.text == "{\"n\":1}\n{\"n\":2}\n")
    }

    @Test func controlCharactersAreEscaped() {
        var writer = JSONWriter()
        writer.string("\"\\/\u{08}\u{0C}\n\r\t\u{0}\u{1B}\u{1F}\u{7F}é😀\u{2028}")
        #expect(writer.text == #""\"\\/\u0008\u000c\n\r\t\u0000\u001b\u001f\u007fé😀"# + "\u{2028}\"")
    }

    /// Of any length, with or without a value before it.
    @Test func textsOfEscapesAloneAreEscaped() {
        for count in 0...80 {
            var writer = JSONWriter()
            writer.beginArray()
            writer.string(String(repeating: "\u{1}", count: count))
            writer.string(String(repeating: "\"", count: count))
            writer.endArray()
            let (numbers, quotes) = (
                String(repeating: #"\u0001"#, count: count), String(repeating: #"\""#, count: count)
            )
            #expect(writer.text == "[\"\(numbers)\",\"\(quotes)\"]")
        }
    }

    @Test func brokenUTF8BecomesReplacementCharacters() throws {
        var writer = JSONWriter()
        writer.string(utf8: [0x61, 0xFF, 0x62])
        #expect(writer.text == "\"a\u{FFFD}b\"")
    }

    @Test func everyTextComesBack() throws {
        var scalars = String.UnicodeScalarView()
        for value in stride(from: UInt32(0), through: 0x10FFFF, by: 37) {
            if let scalar = Unicode.Scalar(value) { scalars.append(scalar) }
        }
        for value in UInt32(0)..<0x180 { scalars.append(Unicode.Scalar(value)!) }
        let text = String(scalars)
        var writer = JSONWriter()
        writer.string(text)
        let found = try #require(try JSONTree(parsing: writer.bytes).root.text)
        #expect(found.unicodeScalars.elementsEqual(text.unicodeScalars))
    }
}
