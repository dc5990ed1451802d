/// The words of a list and what they mean, found by their bytes: samples have so many that making a text of each, and
/// comparing it with one word after the other, took a tenth of a server's time.
struct WordTable<Value: Sendable>: Sendable {
    private let words: [(text: [UInt8], value: Value)]
    /// Where the words of each length begin, the shortest first; of those after the longest, the count.
    private let starts: [Int]

    init(_ words: [(text: String, value: Value)]) {
        let words = words.map { (text: Array($0.text.utf8), value: $0.value) }.sorted { $0.text.count < $1.text.count }
        let longest = words.last?.text.count ?? 0
        self.words = words
        starts = (0...longest + 1).map { length in words.firstIndex { $0.text.count >= length } ?? words.count }
    }

    var texts: [String] { words.map { String(decoding: $0.text, as: UTF8.self) } }

    /// `nil` where no word has these bytes.
    subscript(_ bytes: UnsafeBufferPointer<UInt8>) -> Value? {
        let length = bytes.count
        guard let text = bytes.baseAddress, length + 1 < starts.count else { return nil }
        for place in starts[length]..<starts[length + 1] {
            let isFound = unsafe words[place].text.withUnsafeBufferPointer { word in
                unsafe isSameText(text, word.baseAddress ?? text, length)
            }
            if isFound { return words[place].value }
        }
        return nil
    }
}

extension WordTable where Value: RawRepresentable<String> & CaseIterable {
    init(_: Value.Type) { self.init(Value.allCases.map { ($0.rawValue, $0) }) }
}
