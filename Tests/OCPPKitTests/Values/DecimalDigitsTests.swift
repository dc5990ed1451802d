import Testing

@testable import OCPPKit

@Suite("Digits")
struct DecimalDigitsTests {
    /// Where the number of digits changes, and where that of bits does.
    private static let edges: [UInt64] = {
        var edges: [UInt64] = [.max - 1, .max]
        var power: UInt64 = 1
        for _ in 0..<20 {
            edges += [power - 1, power, power + 1]
            power = power &* 10
        }
        for bit in 1..<64 { edges += [1 << UInt64(bit), (1 << UInt64(bit)) - 1] }
        return edges
    }()

    @Test func numbersAreWrittenAsTheLibraryWritesThem() {
        for value in Self.edges {
            #expect(DecimalDigits.count(value) == String(value).utf8.count)
            for signed in [Int64(truncatingIfNeeded: value), -Int64(truncatingIfNeeded: value >> 1)] {
                var bytes: [UInt8] = []
                bytes.append(decimal: signed)
                #expect(String(decoding: bytes, as: UTF8.self) == String(signed))
            }
            var writer = JSONWriter()
            writer.beginArray()
            writer.integer(value)
            writer.integer(value)
            writer.endArray()
            #expect(writer.text == "[\(value),\(value)]")
        }
    }

    @Test func decimalsAreWrittenAsTheyAreDescribed() {
        let mantissas: [Int64] = [0, 1, 7, 12, 999, 1001, 123_456_789_012_345_678]
        for mantissa in mantissas + mantissas.map({ -$0 }) {
            for exponent in -32...32 {
                let value = ExactDecimal(mantissa: mantissa, exponent: exponent)
                var writer = JSONWriter()
                writer.beginArray()
                writer.decimal(value)
                writer.decimal(value)
                writer.endArray()
                #expect(writer.text == "[\(value),\(value)]")
            }
        }
    }
}
