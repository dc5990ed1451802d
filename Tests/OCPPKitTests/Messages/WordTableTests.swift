import Testing

@testable import OCPPKit

@Suite("Words of samples")
struct WordTableTests {
    /// A field of a sample as it is read, and as its enumeration takes the same text.
    private func field<Known>(
        _ name: String, _ path: KeyPath<SampledValue, Open<Known>?>, _ text: String
    ) throws -> (read: Open<Known>?, expected: Open<Known>) {
        let node = try JSONTree(parsing: #"[{"sampledValue":[{"value":"1","\#(name)":"\#(text)"}]}]"#).root
        var repairs: [String] = []
        let value = MeterValue(try #require(node.elements.first { _ in true }), repairs: &repairs)
        #expect(repairs.contains("unknownValueKept") == (Known(rawValue: text) == nil))
        return (value.samples.first?[keyPath: path], Open(text))
    }

    private func allWords<Known>(_ name: String, _ path: KeyPath<SampledValue, Open<Known>?>) throws
    where Known: CaseIterable {
        for word in Known.allCases.map(\.rawValue) {
            for text in [word, word.lowercased(), word + "s", String(word.dropLast()) + "_", String(word.reversed())] {
                let (read, expected) = try field(name, path, text)
                #expect(read == expected)
            }
        }
    }

    @Test func everyWordMeansWhatItsEnumerationSays() throws {
        try allWords("context", \.context)
        try allWords("format", \.format)
        try allWords("measurand", \.measurand)
        try allWords("phase", \.phase)
        try allWords("location", \.location)
    }

    @Test(arguments: ["Wh", "kWh", "Hertz", "wh", "Watt", "W ", "Fahrenheits", "\\u0057h"])
    func unitsStayAsTheyCame(_ unit: String) throws {
        let node = try JSONTree(parsing: #"{"value":"1","unit":"\#(unit)"}"#).root
        var reader = PayloadReader(node)
        #expect(SampledValue(&reader)?.unit == node["unit"]?.text)
        let isKnown = SampledValue.unitsAndHertz.contains(node["unit"]?.text ?? "")
        #expect(reader.repairs == (isKnown ? [] : ["unknownValueKept"]))
    }

    @Test func textsOfOtherLengthsAreNoWords() {
        let table = WordTable([("ab", 1), ("cd", 2), ("abc", 3)])
        func find(_ text: String) -> Int? { unsafe Array(text.utf8).withUnsafeBufferPointer { unsafe table[$0] } }
        #expect(["ab", "cd", "abc"].map(find) == [1, 2, 3])
        #expect(["", "a", "ad", "abd", "abcd", "é"].allSatisfy { find($0) == nil })
        let none = unsafe Array("".utf8).withUnsafeBufferPointer { unsafe WordTable<Int>([])[$0] }
        #expect(none == nil)
    }
}
