import Testing

@testable import OCPPKit

/// The text of a value that was read is written as a string just as any other text is.
@Suite("Text of a value as a string")
struct QuotedTreeTests {
    /// Values with all that has to be escaped, in texts of every length up to two steps of a copy.
    private static let values =
        [
            "{}", "[]", #""""#, "null", "-1.5e3", #"{"a":[1,"b",{"c":null}]}"#, #"["\"","\\","\n","\u00e9","é","\/"]"#,
            "[\"\u{7F}\"]", "{\"\u{7F}\\n\":\"\u{7F}\"}", "[\n\t\"a\"\r\n]", #" [ "a" , "b" ] "#, #"{"a\"b":"c\\"}"#,
        ] + (0...40).map { #"["\#(String(repeating: "x", count: $0))","\#(String(repeating: "\\\"", count: $0))"]"# }

    @Test(arguments: values) func isWrittenAsAnyText(text: String) throws {
        let root = try JSONTree(parsing: text).root
        var (quick, plain) = (JSONWriter(), JSONWriter())
        for _ in 0..<2 {
            for node in [root] + Array(root.elements) + root.members.flatMap({ [$0.key, $0.value] }) {
                quick.string(textOf: node)
                plain.string(String(decoding: node.raw, as: UTF8.self))
            }
        }
        #expect(quick.text == plain.text)
    }
}
