/// A date and time of day as a log writes it.
struct LogTime: Equatable {
    /// What a log leaves out; a `LogClock` may know it.
    enum Missing {
        case nothing
        /// `Nov  2 09:45:19`.
        case year
        /// A time of day alone.
        case date
    }

    /// The digits taken as UTC; what is missing is that of 1972, a leap year.
    var local: Timestamp
    /// Minutes east of UTC; `nil` where no zone is given.
    var offset: Int64?
    var missing = Missing.nothing

    /// Stands for the year and the date that are not told.
    static let placeholderYear: Int64 = 1972

    /// How dates are written; each is followed by a separator and a time of day. `MMM` is a month's English name, `d` a day
    /// of one or two digits. A date of which the order of day and month is not clear is none.
    private static let datePatterns: [LogDatePattern] = [
        "DD.MM.YYYY", "YYYYMMDD", "DD/MMM/YYYY", "DD-MMM-YYYY", "d MMM YYYY",
        "MMM d, YYYY", "MMM d YYYY", "MMM d",
    ].map { LogDatePattern(Array($0.utf8)) }

    /// Only so much of a line is searched.
    private static let window = 256

    /// The first date and time of day in a text. One without a year counts where there is none with it; a time of day
    /// without a date only where it begins the text.
    static func first(in text: ArraySlice<UInt8>) -> LogTime? {
        var yearless: LogTime?
        var position = text.startIndex
        let end = min(text.endIndex, text.startIndex + window)
        while position + 14 <= end {
            let byte = text[position]
            let before = position == text.startIndex ? 0x20 : text[position - 1]
            if isDigit(byte) && !isDigit(before)
                || LogDatePattern.monthLetters.contains(byte) && !LogPrefix.isWordByte(before)
            {
                if let date = LogDatePattern.readISO(text, at: position), let time = read(date, in: text) {
                    return time
                }
                for pattern in datePatterns {
                    guard let date = pattern.read(text, at: position), let time = read(date, in: text) else { continue }
                    if time.missing == .nothing { return time }
                    yearless = yearless ?? time
                    break
                }
            }
            position += 1
        }
        return yearless ?? leading(text)
    }

    /// A time of day, or seconds since 1970, that begins a text.
    private static func leading(_ text: ArraySlice<UInt8>) -> LogTime? {
        let start = text.firstIndex { !isBlank($0) && $0 != UInt8(ascii: "[") && $0 != UInt8(ascii: "(") }
        guard let start, isDigit(text[start]) else { return nil }
        let number = text[start...].prefix { isDigit($0) || $0 == UInt8(ascii: ".") }
        let digits = number.prefix(while: isDigit)
        if digits.count == 13 || digits.count == 16
            || digits.count == 10 && (number.count > 10 || digits.first == 0x31),
            number.endIndex < text.endIndex, " \t]),;|".utf8.contains(text[number.endIndex])
        {
            return epoch(number)
        }
        var reader = TimeOfDayReader(text: text, position: start)
        guard let milliseconds = reader.timeOfDay(),
            reader.position == text.endIndex || !LogPrefix.isWordByte(text[reader.position])
                || text[reader.position] == UInt8(ascii: "Z")
        else { return nil }
        let base = Timestamp.days(year: placeholderYear, month: 1, day: 1) * 86_400_000
        return LogTime(
            local: Timestamp(milliseconds: base + milliseconds), offset: reader.offset(), missing: .date)
    }

    /// A value that is a time as a whole: a date and time of day, or seconds, milliseconds, microseconds or nanoseconds
    /// since 1970.
    static func value(_ text: ArraySlice<UInt8>) -> LogTime? { first(in: text) ?? epoch(text) }

    private static func epoch(_ text: ArraySlice<UInt8>) -> LogTime? {
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
        case 100_000_000_000_000_000...:
            return LogTime(local: Timestamp(milliseconds: whole / 1_000_000), offset: 0)
        default: return nil
        }
    }

    /// The time of day behind a date, and both together.
    private static func read(_ date: LogDatePattern.Date, in text: ArraySlice<UInt8>) -> LogTime? {
        var reader = TimeOfDayReader(text: text, position: date.end)
        guard reader.takeSeparator(), let milliseconds = reader.timeOfDay() else { return nil }
        var (year, missing) = (date.year, Missing.nothing)
        let offset = reader.offset()
        // `Sun Nov 22 09:45:19 2026`: the year stands last.
        if year == nil { year = reader.trailingYear() }
        if year == nil { (year, missing) = (placeholderYear, .year) }
        guard let year, date.day <= lastDay(ofMonth: date.month, year: year) else { return nil }
        let days = Timestamp.days(year: year, month: date.month, day: date.day)
        return LogTime(
            local: Timestamp(milliseconds: days * 86_400_000 + milliseconds), offset: offset, missing: missing)
    }

    static func lastDay(ofMonth month: Int64, year: Int64) -> Int64 {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}

/// One way to write a date.
struct LogDatePattern: Sendable {
    private let letters: [UInt8]

    init(_ letters: [UInt8]) { self.letters = letters }

    private static let months = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ].map { Array($0.utf8) }

    static let monthLetters = Set("JFMASOND".utf8)

    private func isMonthName(at index: Int) -> Bool {
        index + 2 < letters.count && letters[index + 1] == UInt8(ascii: "M") && letters[index + 2] == UInt8(ascii: "M")
    }

    /// A date, and where it ends.
    typealias Date = (year: Int64?, month: Int64, day: Int64, end: Int)

    /// `YYYY-MM-DD`, `YYYY/MM/DD` or `YYYY.MM.DD` at an offset: what nearly all logs have.
    static func readISO(_ text: ArraySlice<UInt8>, at start: Int) -> Date? {
        guard start + 10 <= text.endIndex else { return nil }
        let separator = text[start + 4]
        guard separator == UInt8(ascii: "-") || separator == UInt8(ascii: "/") || separator == UInt8(ascii: "."),
            text[start + 7] == separator
        else { return nil }
        func number(_ first: Int, _ count: Int) -> Int64? {
            var value: Int64 = 0
            for offset in first..<first + count {
                guard isDigit(text[offset]) else { return nil }
                value = value * 10 + Int64(text[offset] - UInt8(ascii: "0"))
            }
            return value
        }
        guard let year = number(start, 4), let month = number(start + 5, 2), let day = number(start + 8, 2),
            year >= 1970, (1...12).contains(month), (1...31).contains(day)
        else { return nil }
        return (year, month, day, start + 10)
    }

    /// The date at an offset, and where it ends; `nil` where none stands there.
    func read(_ text: ArraySlice<UInt8>, at start: Int) -> Date? {
        var (year, month, day): (Int64?, Int64, Int64) = (nil, 0, 0)
        var (position, index) = (start, 0)
        while index < letters.count {
            guard position < text.endIndex else { return nil }
            let byte = text[position]
            let digit = Int64(byte &- UInt8(ascii: "0"))
            switch letters[index] {
            case UInt8(ascii: "Y") where digit < 10: year = (year ?? 0) * 10 + digit
            case UInt8(ascii: "D") where digit < 10: day = day * 10 + digit
            case UInt8(ascii: "d"):
                // Of two places, the first may be a blank.
                if byte == 0x20 { position += 1 }
                while position < text.endIndex, isDigit(text[position]), day < 10 {
                    day = day * 10 + Int64(text[position] - UInt8(ascii: "0"))
                    position += 1
                }
                index += 1
                continue
            case UInt8(ascii: "M") where isMonthName(at: index):
                guard position + 3 <= text.endIndex,
                    let found = Self.months.firstIndex(of: text[position..<position + 3].map { $0 | 0x20 })
                else { return nil }
                month = Int64(found) + 1
                position += 3
                index += 3
                continue
            case UInt8(ascii: "M") where digit < 10: month = month * 10 + digit
            case byte: break
            default: return nil
            }
            position += 1
            index += 1
        }
        guard (1...12).contains(month), (1...31).contains(day), year.map({ $0 >= 1970 }) ?? true else { return nil }
        return (year, month, day, position)
    }
}

struct TimeOfDayReader {
    let text: ArraySlice<UInt8>
    var position: Int

    mutating func takeSeparator() -> Bool {
        guard take(TimeOfDayReader.isSeparator) else { return false }
        while take({ $0 == UInt8(ascii: " ") }) {}
        return true
    }

    private static func isSeparator(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "T"), 0x20, UInt8(ascii: "_"), UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "|"), 0x09,
            UInt8(ascii: ":"), UInt8(ascii: "-"):
            return true
        default: return false
        }
    }

    /// `hh:mm:ss`, with a fraction after a point or a comma, or milliseconds after a colon; `PM` after it counts.
    mutating func timeOfDay() -> Int64? {
        guard var hour = twoDigits(), take({ $0 == UInt8(ascii: ":") }), let minute = twoDigits(),
            take({ $0 == UInt8(ascii: ":") }), let second = twoDigits(), hour < 24, minute < 60, second <= 60
        else { return nil }
        var fraction: Int64 = 0
        let point = position
        if take({ $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: ":") }) {
            var weight: Int64 = 100
            let first = position
            while position < text.endIndex, isDigit(text[position]) {
                fraction += Int64(text[position] - UInt8(ascii: "0")) * weight
                weight /= 10
                position += 1
            }
            // A comma that is followed by something else ends a CSV cell; a colon that is not followed by milliseconds, a
            // label.
            if position == first || text[point] == UInt8(ascii: ":") && position - first != 3 {
                position = point
                fraction = 0
            }
        }
        if let isAfternoon = half(), (1...12).contains(hour) { hour = hour % 12 + (isAfternoon ? 12 : 0) }
        return ((hour * 60 + minute) * 60 + second) * 1000 + fraction
    }

    private mutating func half() -> Bool? {
        var rest = text[position...]
        if rest.first == 0x20 { rest = rest.dropFirst() }
        guard let first = rest.first, first | 0x20 == UInt8(ascii: "a") || first | 0x20 == UInt8(ascii: "p") else {
            return nil
        }
        let word = rest.prefix(2).map { $0 | 0x20 }
        guard word == Array("am".utf8) || word == Array("pm".utf8),
            rest.count == 2 || !LogPrefix.isWordByte(rest[rest.startIndex + 2])
        else { return nil }
        position = rest.startIndex + 2
        return word == Array("pm".utf8)
    }

    /// `Z`, `+02:00`, `+0200`, `+02`, ` UTC`, ` +0200`.
    mutating func offset() -> Int64? {
        if take({ $0 == UInt8(ascii: "Z") || $0 == UInt8(ascii: "z") }) { return 0 }
        if stands(" UTC") || stands(" GMT") {
            position += 4
            return 0
        }
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

    /// ` 2026` after the time.
    mutating func trailingYear() -> Int64? {
        let word = text[position...].dropFirst().prefix { isDigit($0) }
        guard position < text.endIndex, text[position] == 0x20, word.count == 4,
            let year = Int64(String(decoding: word, as: UTF8.self)), (1970..<2200).contains(year)
        else { return nil }
        return year
    }

    private func stands(_ word: StaticString) -> Bool {
        word.withUTF8Buffer { word in
            guard position + word.count <= text.endIndex else { return false }
            for offset in 0..<word.count where unsafe text[position + offset] != word[offset] { return false }
            return true
        }
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
