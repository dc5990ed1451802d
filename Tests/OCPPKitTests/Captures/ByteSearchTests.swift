import Testing

@testable import OCPPKit

/// Sixteen bytes at a time find what one after the other find.
@Suite("Looking for bytes")
struct ByteSearchTests {
    @Test func findsTheFirstAndTheLastOne() {
        for count in 0...50 {
            for place in 0...count {
                // The byte stands at `place` and right behind it, and outside the part that is looked at.
                var text = [UInt8](repeating: 0x61, count: count + 2)
                for index in [0, place, place + 1, count + 1] { text[index] = UInt8(ascii: "[") }
                let part = text[1..<count + 1]
                #expect(part.firstOpening(from: 1) == part.firstIndex(of: UInt8(ascii: "[")))
                for start in 1..<count + 1 {
                    let found = part.firstOffset(of: UInt8(ascii: "["), from: start)
                    #expect(found == part[start...].firstIndex(of: UInt8(ascii: "[")))
                }
                #expect(part.lastOffset(of: UInt8(ascii: "[")) == part.lastIndex(of: UInt8(ascii: "[")))
            }
        }
    }

    @Test func aBraceAndABracketOpen() {
        for byte in UInt8.min...UInt8.max {
            let opens = byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[")
            let text = [UInt8](repeating: 0x20, count: 20) + [byte]
            #expect(text[...].firstOpening(from: 0) == (opens ? 20 : nil))
            #expect(text[2...].firstOpening(from: 5) == (opens ? 20 : nil))
        }
    }
}
