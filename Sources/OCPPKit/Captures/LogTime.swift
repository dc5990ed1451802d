/// A date and time of day as a log writes it.
struct LogTime: Equatable {
    /// The digits taken as UTC.
    var local: Timestamp
    /// Minutes east of UTC; `nil` where no zone is given.
    var offset: Int64?

    /// How dates are written; each is followed by a separator and a time of day.
    private static let datePatterns = ["YYYY-MM-DD", "YYYY/MM/DD", "YYYY.MM.DD", "DD.MM.YYYY"].map { Array($0.utf8) }

    /// Only so much of a line is searched.
    private static let window = 256

    /// The first date and time of day in a text; a time of day without a date is none.
    static func first(in text: ArraySlice<UInt8>) -> LogTime? {
        var position = text.startIndex
        let end = min(text.endIndex, text.startIndex + window)
        while position + 16 <= end {
            if isDigit(text[position]), position == text.startIndex || !isDigit(text[position - 1]) {
                for pattern in datePatterns {
                    if let time = read(pattern, in: text, at: position) { return time }
                }
            }
            position += 1
        }
        return nil
    }

    /// A value that is a time as a whole: a date and time of day, or seconds, milliseconds or microseconds since 1970.
    static func value(_ text: ArraySlice<UInt8>) -> LogTime? {
        if let time = first(in: text) { return time }
        guard let decimal = ExactDecimal(text), decimal.mantissa > 0 else { return nil }
        // Digits before the point tell the unit: ten are seconds in our times.
        guard let whole = Int64(String(decoding: text.prefix { isDigit($0) }, as: UTF8.self)) else { return nil }
        switch whole {
        case 100_000_000..<100_000_000_000:
            let fraction = text.drop { isDigit($0) }.dropFirst().prefix(3)
            let milliseconds =
                fraction.allSatisfy { isDigit($0) }
                ? (Int64(String(decoding: fraction, as: UTF8.self) + String(repeating: "0", count: 3 - fraction.count))
                    ?? 0)
                : 0
            return LogTime(local: Timestamp(milliseconds: whole * 1000 + milliseconds), offset: 0)
        case 100_000_000_000..<100_000_000_000_000: return LogTime(local: Timestamp(milliseconds: whole), offset: 0)
        case 100_000_000_000_000..<100_000_000_000_000_000:
            return LogTime(local: Timestamp(milliseconds: whole / 1000), offset: 0)
        default: return nil
        }
    }

    /// The time in UTC; without a zone by the closure, and unknown without that.
    func utc(_ zone: ((Timestamp) -> Timestamp?)?) -> Timestamp? {
        if let offset { return local.adding(milliseconds: -offset * 60_000) }
        return zone?(local)
    }

    private static func read(_ pattern: [UInt8], in text: ArraySlice<UInt8>, at start: Int) -> LogTime? {
        guard text.endIndex - start >= pattern.count + 9 else { return nil }
        var (year, month, day): (Int64, Int64, Int64) = (0, 0, 0)
        for (index, letter) in pattern.enumerated() {
            let byte = text[start + index]
            let digit = Int64(byte &- UInt8(ascii: "0"))
            switch letter {
            case UInt8(ascii: "Y") where digit < 10: year = year * 10 + digit
            case UInt8(ascii: "M") where digit < 10: month = month * 10 + digit
            case UInt8(ascii: "D") where digit < 10: day = day * 10 + digit
            case byte: break
            default: return nil
            }
        }
        guard (1...12).contains(month), (1...31).contains(day) else { return nil }
        var reader = TimeOfDayReader(text: text, position: start + pattern.count)
        guard reader.takeSeparator(), let milliseconds = reader.timeOfDay() else { return nil }
        let days = Timestamp.days(year: year, month: month, day: day)
        return LogTime(
            local: Timestamp(milliseconds: days * 86_400_000 + milliseconds), offset: reader.offset())
    }
}

private struct TimeOfDayReader {
    let text: ArraySlice<UInt8>
    var position: Int

    mutating func takeSeparator() -> Bool {
        take {
            $0 == UInt8(ascii: "T") || $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: ",")
        }
            && (take { $0 == UInt8(ascii: " ") } || true)
    }

    /// `hh:mm:ss`, with a fraction after a point or a comma.
    mutating func timeOfDay() -> Int64? {
        guard let hour = twoDigits(), take({ $0 == UInt8(ascii: ":") }), let minute = twoDigits(),
            take({ $0 == UInt8(ascii: ":") }), let second = twoDigits(), hour < 24, minute < 60, second <= 60
        else { return nil }
        var milliseconds = ((hour * 60 + minute) * 60 + second) * 1000
        let point = position
        guard take({ $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: ",") }) else { return milliseconds }
        var weight: Int64 = 100
        let first = position
        while position < text.endIndex, isDigit(text[position]) {
            milliseconds += Int64(text[position] - UInt8(ascii: "0")) * weight
            weight /= 10
            position += 1
        }
        // A comma that is followed by something else ends a CSV cell.
        if position == first { position = point }
        return milliseconds
    }

    /// `Z`, `+02:00`, `+0200`, `+02`, ` UTC`, ` +0200`.
    mutating func offset() -> Int64? {
        if take({ $0 == UInt8(ascii: "Z") || $0 == UInt8(ascii: "z") }) { return 0 }
        if text[position...].starts(with: " UTC".utf8) || text[position...].starts(with: " GMT".utf8) { return 0 }
        let start = position
        let isSpaced = take { $0 == UInt8(ascii: " ") }
        let isNegative = position < text.endIndex && text[position] == UInt8(ascii: "-")
        guard take({ $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "-") }), let hours = twoDigits(), hours <= 14 else {
            position = start
            return nil
        }
        let hasColon = take { $0 == UInt8(ascii: ":") }
        let minutes = twoDigits()
        // After a blank only the full form is a zone; ` -12 ` may be anything.
        if (hasColon || isSpaced) && minutes == nil { return nil }
        return (hours * 60 + (minutes ?? 0)) * (isNegative ? -1 : 1)
    }

    private mutating func take(_ matches: (UInt8) -> Bool) -> Bool {
        guard position < text.endIndex, matches(text[position]) else { return false }
        position += 1
        return true
    }

    private mutating func twoDigits() -> Int64? {
        guard position + 1 < text.endIndex, isDigit(text[position]), isDigit(text[position + 1]) else { return nil }
        defer { position += 2 }
        return Int64(text[position] - UInt8(ascii: "0")) * 10 + Int64(text[position + 1] - UInt8(ascii: "0"))
    }
}
