/// A text in quotes, its control characters escaped; a long one cut.
func quoted(_ text: String) -> String {
    let limit = 60
    let scalars = text.unicodeScalars
    guard scalars.count > limit else { return text.debugDescription }
    return String(String.UnicodeScalarView(scalars.prefix(limit))).debugDescription + "…"
}

/// A number's text, a long one cut.
func excerpt(_ node: JSONNode) -> String {
    String(decoding: node.raw.prefix(40), as: UTF8.self) + (node.raw.count > 40 ? "…" : "")
}

/// The values that may stand there; of many the nearest three.
func list(_ values: [String], nearestTo text: String) -> String {
    guard values.count > 6 else { return values.joined(separator: ", ") }
    let ranked = values.map { (value: $0, distance: distance($0, text)) }.enumerated()
        .sorted { ($0.element.distance, $0.offset) < ($1.element.distance, $1.offset) }
    return ranked.prefix(3).map { $0.element.value }.joined(separator: ", ") + ", …"
}

/// The name that was probably meant, where one is near.
func nearest(to text: String, among names: [String]) -> String? {
    let candidates = names.map { (name: $0, distance: distance($0, text)) }
    guard let best = candidates.min(by: { $0.distance < $1.distance }) else { return nil }
    return best.distance <= 2 * max(1, best.name.utf8.count / 3) ? best.name : nil
}

/// How far a text is from a name, case aside: two for each letter to change; one for a beginning or an end of the name.
private func distance(_ name: String, _ text: String) -> Int {
    let name = Array(name.lowercased().utf8)
    let text = Array(text.lowercased().utf8.prefix(64))
    if name == text { return 0 }
    if !text.isEmpty, name.starts(with: text) || name.reversed().starts(with: text.reversed()) { return 1 }
    var previous = Array(0...text.count)
    for (row, letter) in name.enumerated() {
        var current = [row + 1]
        for (column, other) in text.enumerated() {
            current.append(
                min(previous[column] + (letter == other ? 0 : 1), previous[column + 1] + 1, current[column] + 1))
        }
        previous = current
    }
    return 2 * previous[text.count]
}

/// A key as a step of a path: `.name`, or `['odd name']`.
func pathMember(_ key: String) -> String {
    let isPlain = key.utf8.allSatisfy { isDigit($0) || isLetter($0) || $0 == UInt8(ascii: "_") || $0 >= 0x80 }
    guard key.isEmpty || !isPlain else { return "." + key }
    var escaped = ""
    for scalar in key.unicodeScalars {
        if scalar == "'" || scalar == "\\" { escaped.unicodeScalars.append("\\") }
        escaped.unicodeScalars.append(scalar)
    }
    return "['\(escaped)']"
}
