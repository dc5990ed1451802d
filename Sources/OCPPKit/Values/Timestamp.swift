/// A point in time: milliseconds since 1970-01-01T00:00:00Z, without leap seconds.
public struct Timestamp: Sendable, Hashable, Comparable {
    public var milliseconds: Int64

    public init(milliseconds: Int64) { self.milliseconds = milliseconds }
    public init(seconds: Int64) { self.milliseconds = seconds * 1000 }

    public static func < (left: Timestamp, right: Timestamp) -> Bool { left.milliseconds < right.milliseconds }

    /// Before OCPP 1.6 nobody spoke it: a clock that says so was never set.
    public var isOfUnsetClock: Bool { self < Timestamp.clockNotSetBefore }
    private static let clockNotSetBefore = Timestamp(seconds: days(year: 2010, month: 1, day: 1) * 86_400)

    /// Nor can a clock be right that is centuries ahead, such as one that says 22222.
    public var isOfWrongClock: Bool { isOfUnsetClock || self >= Timestamp.clockWrongFrom }
    private static let clockWrongFrom = Timestamp(seconds: days(year: 2200, month: 1, day: 1) * 86_400)

    /// `left` minus `right`, in milliseconds; as much as there can be where that is more.
    public static func - (left: Timestamp, right: Timestamp) -> Int64 {
        let (difference, overflows) = left.milliseconds.subtractingReportingOverflow(right.milliseconds)
        return overflows ? (left.milliseconds < 0 ? .min : .max) : difference
    }

    /// The last or first time that there is where it would be beyond.
    public func adding(milliseconds more: Int64) -> Timestamp {
        let (sum, overflows) = milliseconds.addingReportingOverflow(more)
        return Timestamp(milliseconds: overflows ? (more < 0 ? .min : .max) : sum)
    }

    /// What had to be overlooked to read a time.
    public enum Repair: String, Sendable, CaseIterable {
        /// No zone is given: taken as UTC.
        case missingZone
        /// `+03` for `+03:00`, or `+0300`.
        case shortOffset
        /// A blank for the `T`.
        case blankForT
        /// A year of more than four digits.
        case longYear
        /// A second 60 that is not the last one of a day in UTC.
        case misplacedLeapSecond
    }

    /// Reads an RFC 3339 date-time, and the near misses that charge points send (see `Repair`). Fractions finer than
    /// a millisecond are cut. `nil` where it is no date and time.
    public static func read(_ text: some Collection<UInt8>) -> (time: Timestamp, repairs: [Repair])? {
        unsafe text.withContiguousStorageIfAvailable { unsafe read($0) }
            ?? Array(text).withUnsafeBufferPointer { unsafe read($0) }
    }

    /// The same for bytes that are lent.
    static func read(_ text: UnsafeBufferPointer<UInt8>) -> (time: Timestamp, repairs: [Repair])? {
        var reader = unsafe TimestampReader(text)
        return reader.read()
    }

    public static func read(_ text: String) -> (time: Timestamp, repairs: [Repair])? { read(text.utf8) }

    /// Reads an RFC 3339 date-time exactly; `nil` for anything else.
    public init?(rfc3339 text: String) {
        guard let (time, repairs) = Timestamp.read(text), repairs.isEmpty else { return nil }
        self = time
    }

    /// Days since 1970-01-01 of a date in the Gregorian calendar; the month from 1 to 12.
    public static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
        // Years are counted from March, so that the leap day ends one.
        let y = month <= 2 ? year - 1 : year
        let era = (y >= 0 ? y : y - 399) / 400
        let yearOfEra = y - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    /// The date and time of day in UTC.
    public var calendar:
        (year: Int64, month: Int64, day: Int64, hour: Int64, minute: Int64, second: Int64, millisecond: Int64)
    {
        let dayMilliseconds: Int64 = 86_400_000
        var (days, rest) = milliseconds.quotientAndRemainder(dividingBy: dayMilliseconds)
        if rest < 0 {
            days -= 1
            rest += dayMilliseconds
        }
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (
            yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1,
            rest / 3_600_000, rest / 60_000 % 60, rest / 1000 % 60, rest % 1000
        )
    }
}

extension Timestamp: CustomStringConvertible {
    /// RFC 3339, UTC, with milliseconds: `2026-11-22T09:45:19.146Z`.
    public var description: String {
        var text: [UInt8] = []
        append(to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    /// Appends the same text.
    func append(to text: inout [UInt8]) {
        let (year, month, day, hour, minute, second, millisecond) = calendar
        if !(0...9999).contains(year) {
            let digits = String(year.magnitude)
            let zeros = String(repeating: "0", count: max(0, 4 - digits.count))
            text.append(contentsOf: "\(year < 0 ? "-" : "")\(zeros)\(digits)".utf8)
        }
        text.append(addingCapacity: 24) { room in
            func append(_ value: Int64, _ separator: Unicode.Scalar) {
                room.append(UInt8(truncatingIfNeeded: 0x30 + value / 10 % 10))
                room.append(UInt8(truncatingIfNeeded: 0x30 + value % 10))
                room.append(UInt8(ascii: separator))
            }
            if (0...9999).contains(year) {
                room.append(UInt8(truncatingIfNeeded: 0x30 + year / 1000))
                room.append(UInt8(truncatingIfNeeded: 0x30 + year / 100 % 10))
                append(year, "-")
            } else {
                room.append(UInt8(ascii: "-"))
            }
            append(month, "-")
            append(day, "T")
            append(hour, ":")
            append(minute, ":")
            append(second, ".")
            room.append(UInt8(truncatingIfNeeded: 0x30 + millisecond / 100))
            append(millisecond, "Z")
        }
    }
}

/// Memory safety: it lives no longer than the bytes that it is lent.
@safe private struct TimestampReader {
    private let text: UnsafeBufferPointer<UInt8>
    private let count: Int
    private var position = 0
    private var repairs: [Timestamp.Repair] = []

    init(_ text: UnsafeBufferPointer<UInt8>) {
        unsafe self.text = text
        count = text.count
    }

    private func byte(_ position: Int) -> UInt8 { unsafe text[position] }

    mutating func read() -> (time: Timestamp, repairs: [Timestamp.Repair])? {
        guard let year = digits(4...6), take("-"), let month = digits(2...2), take("-"), let day = digits(2...2),
            (1...12).contains(month), day >= 1, day <= lastDay(ofMonth: month, year: year), takeDateEnd(),
            let hour = digits(2...2), take(":"), let minute = digits(2...2), take(":"), let second = digits(2...2),
            hour <= 23, minute <= 59, second <= 60
        else { return nil }
        if year > 9999 { repairs.append(.longYear) }
        var fraction: Int64 = 0
        if take(".") {
            let start = position
            while position < count, isDigit(byte(position)) { position += 1 }
            guard position > start else { return nil }
            for place in 0..<3 {
                fraction =
                    fraction * 10 + (start + place < position ? Int64(byte(start + place) - UInt8(ascii: "0")) : 0)
            }
        }
        guard let offset = offsetMinutes(), position == count else { return nil }
        let days = Timestamp.days(year: year, month: month, day: day)
        let minutes = (days * 24 + hour) * 60 + minute - offset
        if second == 60, (minutes + 1) % (24 * 60) != 0 { repairs.append(.misplacedLeapSecond) }
        let seconds = minutes * 60 + second
        return (Timestamp(milliseconds: seconds * 1000 + fraction), repairs)
    }

    private mutating func takeDateEnd() -> Bool {
        if take("T") || take("t") { return true }
        guard take(" ") else { return false }
        repairs.append(.blankForT)
        return true
    }

    private mutating func offsetMinutes() -> Int64? {
        if take("Z") || take("z") { return 0 }
        let isNegative = take("-")
        guard isNegative || take("+") else {
            repairs.append(.missingZone)
            return 0
        }
        guard let hours = digits(2...2), hours <= 23 else { return nil }
        let hasColon = take(":")
        var minutes: Int64 = 0
        if hasColon || position < count {
            guard let value = digits(2...2), value <= 59 else { return nil }
            minutes = value
        }
        if !hasColon { repairs.append(.shortOffset) }
        return (hours * 60 + minutes) * (isNegative ? -1 : 1)
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard position < count, UInt32(byte(position)) == character.value else { return false }
        position += 1
        return true
    }

    private mutating func digits(_ places: ClosedRange<Int>) -> Int64? {
        var value: Int64 = 0
        var taken = 0
        while taken < places.upperBound, position < count, isDigit(byte(position)) {
            value = value * 10 + Int64(byte(position) - UInt8(ascii: "0"))
            position += 1
            taken += 1
        }
        return taken >= places.lowerBound ? value : nil
    }

    private func lastDay(ofMonth month: Int64, year: Int64) -> Int64 {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}
