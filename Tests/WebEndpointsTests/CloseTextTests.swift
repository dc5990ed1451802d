import Testing

@testable import WebEndpoints

@Suite struct CloseTextTests {
    @Test(arguments: ["", "short", String(repeating: "a", count: 123), String(repeating: "é", count: 61) + "x"])
    func whatFitsStaysAsItIs(_ text: String) { #expect(CloseText.bytes(of: text) == Array(text.utf8)) }

    /// Whatever stands before it, a character is there as a whole or not at all.
    @Test(arguments: ["é", "→", "🔌"], 0...4)
    func noCharacterIsCut(_ character: String, _ before: Int) throws {
        let whole = String(repeating: "a", count: before) + String(repeating: character, count: 130)
        let bytes = CloseText.bytes(of: whole)
        let text = try #require(String(validating: bytes, as: UTF8.self))
        #expect(whole.hasPrefix(text))
        #expect(bytes.count <= 123 && bytes.count + character.utf8.count > 123)
    }
}
