/// What the text before a frame tells about it.
struct LogPrefix {
    var time: LogTime?
    var chargePointId: String?
    var mark: DirectionMark?

    /// A mark stands at most so far before its frame.
    private static let markWindow = 96
    /// Names and addresses are looked for so far before a frame.
    private static let nameWindow = 4096

    init() {}

    /// - Parameter text: what stands before the frame, from the line's start or the frame before.
    init(reading text: ArraySlice<UInt8>) {
        guard !text.isEmpty else { return }
        time = LogTime.first(in: text)
        let near = text.suffix(LogPrefix.nameWindow)
        readNamedValues(near)
        if mark == nil, let (found, range) = LogPrefix.nearestMark(in: text) {
            mark = found
            if chargePointId == nil { chargePointId = LogPrefix.chargePointId(in: text, mark: range, found) }
        }
        if chargePointId == nil { chargePointId = LogPrefix.idInAddress(near) }
    }

    /// Takes from another what is not known here.
    mutating func complete(by other: LogPrefix) {
        completePlace(by: other)
        mark = mark ?? other.mark
    }

    /// The same, but for the direction: two frames on a line may go either way.
    mutating func completePlace(by other: LogPrefix) {
        time = time ?? other.time
        chargePointId = chargePointId ?? other.chargePointId
    }

    /// The mark that a value is as a whole: a CSV cell, a JSON member.
    static func mark(_ value: ArraySlice<UInt8>) -> DirectionMark? {
        let text = value.map(lowercased)
        guard let first = text.first else { return nil }
        return LogFormats.marksByFirstByte[first]?.first { $0.text == text && $0.mark.after == nil }?.mark
    }

    // MARK: name=value

    private mutating func readNamedValues(_ text: ArraySlice<UInt8>) {
        var position = text.startIndex
        while let equals = text[position...].firstIndex(of: UInt8(ascii: "=")) {
            position = equals + 1
            let name = text[..<equals].suffix(24)
            guard
                let start = name.lastIndex(where: { !LogPrefix.isWordByte($0) }).map({ $0 + 1 }) ?? name.indices.first,
                let role = LogFormats.role(named: name[start...])
            else { continue }
            var value = text[position...]
            if value.first == UInt8(ascii: "\"") || value.first == UInt8(ascii: "'") { value = value.dropFirst() }
            value = value.prefix { LogPrefix.isIdByte($0) || $0 == UInt8(ascii: ":") }
            take(role, value)
        }
    }

    /// Notes a named value; what is known already stays.
    mutating func take(_ role: LogFormats.Role, _ value: ArraySlice<UInt8>) {
        switch role {
        case .time: time = time ?? LogTime.value(value)
        case .chargePoint:
            if chargePointId == nil, !value.isEmpty, value.count <= 64 {
                chargePointId = String(decoding: value, as: UTF8.self)
            }
        case .direction: mark = mark ?? LogPrefix.mark(value)
        }
    }

    // MARK: marks

    private static func nearestMark(in text: ArraySlice<UInt8>) -> (DirectionMark, Range<Int>)? {
        var position = text.endIndex
        let limit = max(text.startIndex, text.endIndex - markWindow)
        while position > limit {
            position -= 1
            guard let rows = LogFormats.marksByFirstByte[lowercased(text[position])] else { continue }
            for (pattern, mark) in rows {
                let end = position + pattern.count
                if end <= text.endIndex, matches(pattern, mark, in: text, at: position),
                    isDelimited(position..<end, in: text)
                {
                    return (mark, position..<end)
                }
            }
        }
        return nil
    }

    private static func matches(
        _ pattern: [UInt8], _ mark: DirectionMark, in text: ArraySlice<UInt8>, at start: Int
    ) -> Bool {
        let found = text[start..<start + pattern.count]
        guard found.elementsEqual(pattern, by: { lowercased($0) == $1 }) else { return false }
        if mark.isCaseSensitive, !found.elementsEqual(mark.text.description.utf8) { return false }
        guard let before = mark.after else { return true }
        return text[..<start].suffix(before.utf8CodeUnitCount).elementsEqual(before.description.utf8)
    }

    private static func isDelimited(_ range: Range<Int>, in text: ArraySlice<UInt8>) -> Bool {
        let isSign = !isWordByte(text[range.lowerBound])
        func delimits(_ byte: UInt8) -> Bool {
            isSign ? byte == 0x20 || byte == 0x09 || ":])},\"'|;".utf8.contains(byte) : !isIdByte(byte)
        }
        let opens = range.lowerBound == text.startIndex || delimits(text[range.lowerBound - 1])
        let closes = range.upperBound == text.endIndex || delimits(text[range.upperBound])
        return opens && closes
    }

    // MARK: charge points

    /// `recv CP1: [`, `CP1: send [`, `CP1 > [`.
    private static func chargePointId(in text: ArraySlice<UInt8>, mark range: Range<Int>, _ mark: DirectionMark)
        -> String?
    {
        let between = trimmed(text[range.upperBound...])
        if between.last == UInt8(ascii: ":") {
            var words = between.dropLast().split(separator: UInt8(ascii: " "))
            if words.count == 2, words[0].elementsEqual("from".utf8) || words[0].elementsEqual("to".utf8) {
                words.removeFirst()
            }
            if words.count == 1, let id = id(words[0]) { return id }
        }
        guard let last = text[..<range.lowerBound].last, isBlank(last) else { return nil }
        let before = text[..<range.lowerBound].dropLast()
        let isSign = !isWordByte(text[range.lowerBound])
        guard isSign != (before.last == UInt8(ascii: ":")) else { return nil }
        let word = (isSign ? before : before.dropLast())
        let start =
            word.lastIndex { isBlank($0) || (!isSign && $0 == UInt8(ascii: ":")) }.map { $0 + 1 } ?? word.startIndex
        return id(word[start...])
    }

    /// A word that can name a charge point: no time, no program, no brackets.
    private static func id(_ word: ArraySlice<UInt8>) -> String? {
        guard (1...64).contains(word.count), word.allSatisfy(isIdByte),
            !word.allSatisfy({ !isWordByte($0) })
        else { return nil }
        let text = String(decoding: word, as: UTF8.self)
        return LogFormats.noIds.contains(text.lowercased()) || LogTime.first(in: word) != nil ? nil : text
    }

    /// The last part of the path of a `ws://` or `wss://` address.
    private static func idInAddress(_ text: ArraySlice<UInt8>) -> String? {
        var rest = text
        while let colon = rest.firstIndex(of: UInt8(ascii: ":")) {
            rest = rest[(colon + 1)...]
            guard rest.starts(with: "//".utf8), text[..<colon].last.map({ $0 | 0x20 == UInt8(ascii: "s") }) == true
            else { continue }
            let address = rest.dropFirst(2).prefix {
                isIdByte($0) || $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: ":")
            }
            guard let slash = address.lastIndex(of: UInt8(ascii: "/")) else { continue }
            let last = address[(slash + 1)...]
            if !last.isEmpty, last.allSatisfy(isIdByte) { return String(decoding: last, as: UTF8.self) }
        }
        return nil
    }

    private static func trimmed(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var rest = text
        while let first = rest.first, isBlank(first) { rest.removeFirst() }
        while let last = rest.last, isBlank(last) { rest.removeLast() }
        return rest
    }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        (byte | 0x20) &- UInt8(ascii: "a") < 26 || isDigit(byte) || byte == UInt8(ascii: "_") || byte >= 0x80
    }

    /// Letters, digits and what charge point ids have besides.
    private static func isIdByte(_ byte: UInt8) -> Bool {
        isWordByte(byte) || "-.*@|%+".utf8.contains(byte)
    }
}
