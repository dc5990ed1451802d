/// A decimal number, exactly: mantissa × 10^exponent, at most 18 digits.
///
/// Meter values travel as decimal text; through a binary float 21.4 would not come out as it went in.
public struct ExactDecimal: Sendable {
    /// Without trailing zeros, so that equal numbers have equal parts; 0 has the exponent 0.
    public let mantissa: Int64
    public let exponent: Int

    public init(mantissa: Int64, exponent: Int = 0) {
        var mantissa = mantissa
        var exponent = mantissa == 0 ? 0 : exponent
        while mantissa != 0, mantissa % 10 == 0 {
            mantissa /= 10
            exponent += 1
        }
        self.mantissa = mantissa
        self.exponent = exponent
    }

    public init(_ value: Int64) { self.init(mantissa: value) }

    /// Reads digits with an optional sign, fraction and exponent; leading zeros and a leading `+` are taken too.
    /// `nil` for anything else, for more than 18 significant digits, and for exponents beyond ±1,000.
    public init?(_ text: some Collection<UInt8>) {
        let read = text.withContiguousStorageIfAvailable { unsafe ExactDecimal(reading: $0) }
        guard let number = unsafe read ?? Array(text).withUnsafeBufferPointer({ unsafe ExactDecimal(reading: $0) })
        else { return nil }
        self = number
    }

    /// The same for bytes that are lent.
    init?(reading text: UnsafeBufferPointer<UInt8>) {
        var mantissa: Int64 = 0
        var exponent = 0
        var pendingZeros = 0
        var position = 0
        let isNegative = unsafe text.first == UInt8(ascii: "-")
        if unsafe isNegative || text.first == UInt8(ascii: "+") { position = 1 }
        var (hasDigits, isFraction) = (false, false)
        reading: while position < text.count {
            let byte = unsafe text[position]
            switch byte {
            case UInt8(ascii: "0"):
                // Trailing zeros cost no digits of the mantissa.
                pendingZeros += 1
                fallthrough
            case UInt8(ascii: "1")...UInt8(ascii: "9"):
                hasDigits = true
                if isFraction { exponent -= 1 }
                if byte == UInt8(ascii: "0") { break }
                for _ in 0..<(mantissa == 0 ? 0 : pendingZeros) {
                    guard mantissa < 100_000_000_000_000_000 else { return nil }
                    mantissa *= 10
                }
                pendingZeros = 0
                guard mantissa < 100_000_000_000_000_000 else { return nil }
                mantissa = mantissa * 10 + Int64(byte - UInt8(ascii: "0"))
            case UInt8(ascii: ".") where !isFraction: isFraction = true
            default: break reading
            }
            position += 1
        }
        guard hasDigits else { return nil }
        if mantissa != 0 { exponent += pendingZeros }
        if position < text.count {
            guard unsafe text[position] | 0x20 == UInt8(ascii: "e"),
                let power = unsafe Int(String(decoding: text[(position + 1)...], as: UTF8.self)),
                (-1000...1000).contains(power)
            else { return nil }
            exponent += power
        }
        self.init(mantissa: isNegative ? -mantissa : mantissa, exponent: exponent)
    }

    public init?(_ text: String) { self.init(text.utf8) }

    /// The same number times 10^`power`: 7.4 kW shifted by 3 is 7400 W.
    public func shifted(by power: Int) -> ExactDecimal { ExactDecimal(mantissa: mantissa, exponent: exponent + power) }

    /// The sum; `nil` where it does not fit 18 digits.
    public static func + (left: ExactDecimal, right: ExactDecimal) -> ExactDecimal? { combine(left, right, +) }
    public static func - (left: ExactDecimal, right: ExactDecimal) -> ExactDecimal? { combine(left, right, -) }

    private static func combine(
        _ left: ExactDecimal, _ right: ExactDecimal, _ operation: (Int128, Int128) -> Int128
    ) -> ExactDecimal? {
        guard let (a, b, exponent) = aligned(left, right) else { return nil }
        var result = operation(a, b)
        var power = exponent
        while result != 0, result % 10 == 0 {
            result /= 10
            power += 1
        }
        guard let mantissa = Int64(exactly: result) else { return nil }
        return ExactDecimal(mantissa: mantissa, exponent: power)
    }

    /// Both mantissas under the smaller exponent; `nil` where they are too far apart for 128 bits.
    private static func aligned(
        _ left: ExactDecimal, _ right: ExactDecimal
    ) -> (left: Int128, right: Int128, exponent: Int)? {
        if left.mantissa == 0 { return (0, Int128(right.mantissa), right.exponent) }
        if right.mantissa == 0 { return (Int128(left.mantissa), 0, left.exponent) }
        let exponent = min(left.exponent, right.exponent)
        guard let a = scaled(left, to: exponent), let b = scaled(right, to: exponent) else { return nil }
        return (a, b, exponent)
    }

    private static func scaled(_ value: ExactDecimal, to exponent: Int) -> Int128? {
        let steps = value.exponent - exponent
        guard steps <= 18 else { return nil }
        return (0..<steps).reduce(Int128(value.mantissa)) { product, _ in product * 10 }
    }

    /// The value as a whole number, where it is one that fits.
    public var wholeNumber: Int64? {
        guard exponent >= 0, exponent <= 18 else { return nil }
        var whole = mantissa
        for _ in 0..<exponent {
            let (product, isTooLarge) = whole.multipliedReportingOverflow(by: 10)
            if isTooLarge { return nil }
            whole = product
        }
        return whole
    }
}

extension ExactDecimal: Equatable, Hashable, Comparable {
    public static func < (left: ExactDecimal, right: ExactDecimal) -> Bool {
        if let (a, b, _) = aligned(left, right) { return a < b }
        // More than 18 places apart: signs decide, then magnitudes.
        if (left.mantissa < 0) != (right.mantissa < 0) { return left.mantissa < 0 }
        return (left.exponent < right.exponent) == (left.mantissa > 0)
    }
}

extension ExactDecimal: CustomStringConvertible {
    /// Plain decimal notation, valid JSON; an exponent only where more than 30 zeros would be needed.
    public var description: String {
        let digits = String(mantissa.magnitude)
        let sign = mantissa < 0 ? "-" : ""
        if exponent >= 0 {
            return exponent <= 30
                ? sign + digits + String(repeating: "0", count: exponent) : "\(sign)\(digits)e\(exponent)"
        }
        guard exponent >= -30 else { return "\(sign)\(digits)e\(exponent)" }
        let padded = String(repeating: "0", count: max(0, 1 - exponent - digits.count)) + digits
        return "\(sign)\(padded.dropLast(-exponent)).\(padded.suffix(-exponent))"
    }
}
