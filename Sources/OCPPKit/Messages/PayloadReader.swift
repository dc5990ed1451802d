/// Reads fields out of a payload with the patience that real charge points need, and notes what it overlooked.
///
/// A field that cannot be read even so is `nil`, as if it were absent.
struct PayloadReader {
    let node: JSONNode
    /// The names of repairs made, in order, each once.
    private(set) var repairs: [String] = []

    init(_ node: JSONNode?) {
        // An absent payload reads as an empty one.
        self.node = node ?? PayloadReader.empty
    }

    private static let empty = try! JSONTree(parsing: "{}").root

    /// A text; a number or boolean stands for its own text (`numberAsText`).
    mutating func text(_ key: StaticString) -> String? {
        guard let value = node[key] else { return nil }
        switch value.kind {
        case .string: return value.text
        case .number, .true, .false:
            note("numberAsText")
            return String(decoding: value.raw, as: UTF8.self)
        case .object, .array, .null: return nil
        }
    }

    /// A 64-bit integer; `"12"`, `12.0` and `1.2e1` stand for 12 (`textAsNumber`, `fractionDropped`).
    mutating func integer(_ key: StaticString) -> Int64? {
        guard let value = node[key] else { return nil }
        if let integer = value.integer { return integer }
        guard let decimal = decimal(key) else { return nil }
        if let whole = decimal.wholeNumber {
            if value.kind == .number { note("integerWithFraction") }
            return whole
        }
        return nil
    }

    /// A number; text that holds one counts, blanks around it too (`textAsNumber`).
    mutating func decimal(_ key: StaticString) -> ExactDecimal? {
        guard let value = node[key] else { return nil }
        if value.kind == .number { return value.decimal }
        guard let text = value.text, let decimal = ExactDecimal(trimmed(text)) else { return nil }
        note("textAsNumber")
        return decimal
    }

    /// A time, read as `Timestamp.read` does; each of its repairs is noted under its own name.
    mutating func time(_ key: StaticString) -> Timestamp? {
        guard let text = node[key]?.text, let (time, timeRepairs) = Timestamp.read(text) else { return nil }
        for repair in timeRepairs { note(repair.rawValue) }
        return time
    }

    mutating func note(_ repair: String) {
        if !repairs.contains(repair) { repairs.append(repair) }
    }
}

/// The text without blanks and control characters at its ends.
func trimmed(_ text: String) -> Substring.UTF8View {
    var rest = text[...].utf8
    while let first = rest.first, first <= 0x20 { rest.removeFirst() }
    while let last = rest.last, last <= 0x20 { rest.removeLast() }
    return rest
}
