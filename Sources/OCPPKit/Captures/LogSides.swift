/// Words for the two sides of a connection, and how a log says who sent a frame to whom: `CP -> CSMS`, `from charger`,
/// `to_station`. It means the same from wherever one looks.
enum LogSides {
    private enum Side {
        case chargePoint, centralSystem
        /// `CS`: a central system beside a `CP`, a charging station elsewhere. It counts only in pairs.
        case centralSystemInPairs
    }

    private static let names: [(text: [UInt8], side: Side)] = [
        (
            Side.chargePoint,
            [
                "charge point", "chargepoint", "charging station", "chargingstation", "station", "charger",
                "charge box",
                "chargebox", "cp", "evse", "client", "ocpp client",
            ]
        ),
        (
            .centralSystem,
            [
                "central system", "centralsystem", "csms", "server", "backend", "back end", "back office", "backoffice",
                "cloud", "cpo", "ocpp server",
            ]
        ),
        (.centralSystemInPairs, ["cs"]),
    ].flatMap { side, names in names.map { (Array($0.utf8), side) } }.sorted { $0.text.count > $1.text.count }

    /// What stands between the sender and the receiver; backwards, between the receiver and the sender. Longest first.
    private static let arrows: [(text: [UInt8], isBackwards: Bool)] = [
        (false, [" --> ", " -> ", " => ", " → ", "_to_", "-to-", " to ", "-->", "->", "=>", "→", "2", ">"]),
        (true, [" <-- ", " <- ", " <= ", " ← ", "<--", "<-", "<=", "←", "<"]),
    ].flatMap { isBackwards, texts in texts.map { (Array($0.utf8), isBackwards) } }
        .sorted { $0.text.count > $1.text.count }

    private static let prepositions: [(text: [UInt8], isSender: Bool)] = [
        (true, ["from the ", "from ", "from-", "from_"]), (false, ["to the ", "to ", "to-", "to_"]),
    ].flatMap { isSender, texts in texts.map { (Array($0.utf8), isSender) } }

    /// Names by their first two letters, of which five bits count: names that share a place are compared whole.
    private static let namesByLetters = (0..<1024).map { place in
        names.filter { letters($0.text[0], $0.text[1]) == place }
    }
    private static func letters(_ first: UInt8, _ second: UInt8) -> Int { Int(first & 31) << 5 | Int(second & 31) }

    // The others by their first bytes.
    private static let prepositionsByFirstByte = (0...255).map { byte in
        prepositions.filter { $0.text[0] == UInt8(byte) }
    }

    private static let arrowsByFirstByte = (0...255).map { byte in arrows.filter { $0.text[0] == UInt8(byte) } }

    /// What such a text can begin with.
    static let beginnings = names.map(\.text) + prepositions.map(\.text)

    /// Who sent a frame, as the text at an offset says, and where it ends.
    static func mark(in text: ArraySlice<UInt8>, at start: Int) -> (DirectionMark, end: Int)? {
        let letter = Int(lowercased(text[start]))
        for (preposition, isSender) in prepositionsByFirstByte[letter] where matches(preposition, in: text, at: start) {
            guard let (side, end) = name(in: text, at: start + preposition.count), side != .centralSystemInPairs else {
                continue
            }
            return (mark(isFromChargePoint: (side == .chargePoint) == isSender), end)
        }
        guard let (first, middle) = name(in: text, at: start),
            middle < text.endIndex,
            let arrow = arrowsByFirstByte[Int(lowercased(text[middle]))].first(where: {
                matches($0.text, in: text, at: middle)
            }),
            let (second, end) = name(in: text, at: middle + arrow.text.count),
            (first == .chargePoint) != (second == .chargePoint)
        else { return nil }
        return (mark(isFromChargePoint: (first == .chargePoint) != arrow.isBackwards), end)
    }

    private static func mark(isFromChargePoint: Bool) -> DirectionMark {
        DirectionMark(text: "", meaning: .absolute(isFromChargePoint ? .fromChargePoint : .fromCentralSystem))
    }

    private static func name(in text: ArraySlice<UInt8>, at start: Int) -> (Side, end: Int)? {
        guard start + 1 < text.endIndex else { return nil }
        return namesByLetters[letters(text[start], text[start + 1])].first { matches($0.text, in: text, at: start) }
            .map { ($0.side, start + $0.text.count) }
    }

    private static func matches(_ pattern: [UInt8], in text: ArraySlice<UInt8>, at start: Int) -> Bool {
        guard start + pattern.count <= text.endIndex else { return false }
        for offset in pattern.indices where lowercased(text[start + offset]) != pattern[offset] { return false }
        return true
    }
}
