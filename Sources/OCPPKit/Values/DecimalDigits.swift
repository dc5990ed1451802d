/// How numbers are written in decimal, into memory that is there: with every message, some dozen of them.
///
/// Memory safety: `write` fills exactly `count` bytes.
enum DecimalDigits {
    /// Of the largest number of 64 bits.
    static let most = 20

    /// How many digits a number has; 1 for 0.
    @inline(__always) static func count(_ value: UInt64) -> Int {
        // 1233 / 4096 is a little more than the digits of a bit.
        let guess = ((64 &- (value | 1).leadingZeroBitCount) &* 1233) >> 12
        return value < powersOfTen[guess] ? max(guess, 1) : guess &+ 1
    }

    private static let powersOfTen: [20 of UInt64] = [
        1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000, 10_000_000_000,
        100_000_000_000, 1_000_000_000_000, 10_000_000_000_000, 100_000_000_000_000, 1_000_000_000_000_000,
        10_000_000_000_000_000, 100_000_000_000_000_000, 1_000_000_000_000_000_000, 10_000_000_000_000_000_000,
    ]

    /// Writes the last `count` digits.
    @inline(__always) static func write(_ value: UInt64, _ count: Int, to room: UnsafeMutablePointer<UInt8>) {
        var (rest, place) = (value, count)
        while place > 0 {
            place &-= 1
            unsafe room[place] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        }
    }
}

extension OutputSpan<UInt8> {
    /// Appends a number's digits; there must be room for them.
    mutating func append(decimal value: Int64) {
        if value < 0 { append(UInt8(ascii: "-")) }
        let magnitude = value.magnitude
        let count = DecimalDigits.count(magnitude)
        precondition(count <= freeCapacity)
        unsafe withUnsafeMutableBufferPointer { room, initialized in
            guard let base = room.baseAddress else { return }
            unsafe DecimalDigits.write(magnitude, count, to: base + initialized)
            initialized += count
        }
    }
}

extension [UInt8] {
    /// Appends a number's digits.
    mutating func append(decimal value: Int64) {
        append(addingCapacity: DecimalDigits.most) { $0.append(decimal: value) }
    }
}
