/// Reads fields out of a payload with the patience that real charge points need, and notes what it overlooked.
///
/// A field that cannot be read even so is `nil`, as if it were absent.
struct PayloadReader {
    let node: JSONNode
    /// The names of repairs made, in order, each once.
    private(set) var repairs: [String] = []
    /// Whether `readAll` takes optional texts that say `null` for absent.
    var readsNullTexts = false

    init(_ node: JSONNode?) {
        // An absent payload reads as an empty one, and so does null, which some stations send for {}.
        self.node = node ?? PayloadReader.empty
        if self.node.isNull { note(.nullAsObject) }
    }

    private static let empty = try! JSONTree(parsing: "{}").root

    /// A text; a number or boolean stands for its own text (`numberAsText`), an object or array for its JSON text
    /// (`jsonAsText`).
    mutating func text(_ key: StaticString) -> String? {
        guard let value = value(key) else { return nil }
        guard value.isObject || value.isArray else { return text(of: value) }
        note(.jsonAsText)
        return String(decoding: value.raw, as: UTF8.self)
    }

    /// A text that may be left out; `null` as text says so, too (`nullTextAsAbsent`).
    mutating func optionalText(_ key: StaticString) -> String? {
        guard let text = text(key) else { return nil }
        guard text == "null" else { return text }
        note(.nullTextAsAbsent)
        return nil
    }

    /// An idTag; blanks and control characters that a card reader left at its ends are dropped (`idTagTrimmed`).
    mutating func idToken(_ key: StaticString) -> String? {
        guard let value = value(key), let text = text(of: value) else { return nil }
        let token = trimmed(text)
        guard token.count < text.utf8.count else { return text }
        note(.idTagTrimmed)
        return String(decoding: token, as: UTF8.self)
    }

    /// A number that travels as text, with that text; blanks and control characters around it do no harm
    /// (`numberTrimmed`). A text that is no number stays a text.
    mutating func number(_ key: StaticString) -> (text: String, number: ExactDecimal?)? {
        guard let value = value(key), let text = text(of: value) else { return nil }
        if let number = ExactDecimal(text) { return (text, number) }
        let number = ExactDecimal(trimmed(text))
        if number != nil { note(.numberTrimmed) }
        return (text, number)
    }

    /// One of a list of texts, or the unknown text that stands in its place (`unknownValueKept`); an empty one is absent
    /// (`emptyAsAbsent`).
    mutating func word(_ key: StaticString, among allowed: [String]) -> String? {
        value(key).flatMap { word($0, among: allowed) }
    }

    /// The same of a list that has a table.
    mutating func word(_ key: StaticString, in table: WordTable<String>) -> String? {
        guard let value = value(key) else { return nil }
        if let word = unsafe value.withPlainText({ unsafe table[$0] }), let word { return word }
        return word(value, among: table.texts)
    }

    private mutating func word(_ value: JSONNode, among allowed: [String]) -> String? {
        guard let text = text(of: value) else { return nil }
        guard !text.isEmpty else {
            note(.emptyAsAbsent)
            return nil
        }
        if !allowed.contains(text) { note(.unknownValueKept) }
        return text
    }

    /// A value of an enumeration, or the unknown text that stands in its place.
    mutating func open<Known>(_ key: StaticString) -> Open<Known>? { value(key).flatMap { open($0) } }

    /// The same of an enumeration that has a table.
    mutating func open<Known>(_ key: StaticString, in table: WordTable<Known>) -> Open<Known>? {
        guard let value = value(key) else { return nil }
        if let known = unsafe value.withPlainText({ unsafe table[$0] }), let known { return .known(known) }
        return open(value)
    }

    private mutating func open<Known>(_ value: JSONNode) -> Open<Known>? {
        guard let text = text(of: value) else { return nil }
        guard !text.isEmpty else {
            note(.emptyAsAbsent)
            return nil
        }
        let open = Open<Known>(text)
        if open.known == nil { note(.unknownValueKept) }
        return open
    }

    /// A 64-bit integer; `"12"`, `12.0` and `1.2e1` stand for 12 (`textAsNumber`, `integerWithFraction`). `nil` for
    /// 12.5.
    mutating func integer(_ key: StaticString) -> Int64? {
        guard let value = value(key) else { return nil }
        if let integer = value.integer { return integer }
        guard let whole = number(of: value)?.wholeNumber else { return nil }
        note(value.kind == .number ? .integerWithFraction : .textAsNumber)
        return whole
    }

    /// A number; text that holds one counts, blanks around it too (`textAsNumber`).
    mutating func decimal(_ key: StaticString) -> ExactDecimal? {
        guard let value = value(key), let decimal = number(of: value) else { return nil }
        if value.kind != .number { note(.textAsNumber) }
        return decimal
    }

    /// A meter reading that should be an integer; fractions are kept (`integerWithFraction`).
    mutating func register(_ key: StaticString) -> ExactDecimal? {
        let reading = decimal(key)
        if reading != nil, let value = node[key], value.kind == .number, !value.isIntegerLiteral {
            note(.integerWithFraction)
        }
        return reading
    }

    /// `true` or `false`; their texts in any case count (`textAsBoolean`).
    mutating func boolean(_ key: StaticString) -> Bool? {
        guard let value = value(key) else { return nil }
        if let boolean = value.boolean { return boolean }
        guard let text = value.text?.lowercased(), text == "true" || text == "false" else { return nil }
        note(.textAsBoolean)
        return text == "true"
    }

    /// A time, read as `Timestamp.read` does; each of its repairs is noted under its own name. One that cannot be read,
    /// or of a clock that was never set, leaves the arrival (`arrivalForTime`).
    mutating func time(_ key: StaticString) -> Timestamp? {
        guard let value = value(key) else { return nil }
        guard let (time, timeRepairs) = value.dateTime else {
            note(.arrivalForTime)
            return nil
        }
        for repair in timeRepairs { note(repair.rawValue) }
        if time.isOfUnsetClock { note(.arrivalForTime) }
        return time
    }

    /// An object.
    mutating func object(_ key: StaticString) -> JSONNode? {
        guard let value = value(key), value.isObject else { return nil }
        return value
    }

    /// An array's elements; one object where an array belongs is its only element (`objectForArray`).
    mutating func elements(_ key: StaticString) -> JSONNode.Elements {
        guard let value = value(key) else { return .none }
        guard value.isObject else { return value.elements }
        note(.objectForArray)
        return .only(value)
    }

    /// The texts of an array; one text where an array belongs is its only element (`textForArray`).
    mutating func texts(_ key: StaticString) -> [String] {
        guard let value = value(key) else { return [] }
        if let text = value.text {
            note(.textForArray)
            return [text]
        }
        var texts: [String] = []
        for element in value.elements {
            if let text = text(of: element) { texts.append(text) }
        }
        return texts
    }

    mutating func note(_ repair: Repair) { note(repair.rawValue) }

    /// Takes over what was noted while an object inside this one was read.
    mutating func note(_ more: [String]) {
        for repair in more { note(repair) }
    }

    private mutating func note(_ name: String) {
        if !repairs.contains(name) { repairs.append(name) }
    }

    /// A member's value; null counts as absent (`nullAsAbsent`).
    private mutating func value(_ key: StaticString) -> JSONNode? {
        guard let value = node[key] else { return nil }
        guard value.isNull else { return value }
        note(.nullAsAbsent)
        return nil
    }

    private func number(of value: JSONNode) -> ExactDecimal? {
        value.kind == .number ? value.decimal : value.text.flatMap { ExactDecimal(trimmed($0)) }
    }

    private mutating func text(of value: JSONNode) -> String? {
        switch value.kind {
        case .string: return value.text
        case .number, .true, .false:
            note(.numberAsText)
            return String(decoding: value.raw, as: UTF8.self)
        case .object, .array, .null: return nil
        }
    }
}

/// The text without blanks and control characters at its ends.
func trimmed(_ text: String) -> Substring.UTF8View {
    var rest = text[...].utf8
    while let first = rest.first, isBlankOrControl(first) { rest.removeFirst() }
    while let last = rest.last, isBlankOrControl(last) { rest.removeLast() }
    return rest
}

private func isBlankOrControl(_ byte: UInt8) -> Bool { byte <= 0x20 || byte == 0x7F }
