/// Eight bytes of a text, looked at together: each answer has the high bit of each byte set that it is true of.
///
/// Up to the first such byte, that is: a borrow can make false ones behind a true one. So answers may be joined by `|`, and
/// only the first one counts.
struct EightBytes {
    static let ones: UInt64 = 0x0101_0101_0101_0101
    static let highBits: UInt64 = 0x8080_8080_8080_8080

    /// The first byte is the least significant one.
    let word: UInt64

    @inline(__always) init(_ word: UInt64) { self.word = word }

    @inline(__always) func equal(to byte: UInt8) -> UInt64 { zeros(in: word ^ (EightBytes.ones &* UInt64(byte))) }

    /// Control characters.
    @inline(__always) var belowBlank: UInt64 { (word &- EightBytes.ones &* 0x20) & ~word & EightBytes.highBits }

    /// Bytes that are no ASCII, and its delete.
    @inline(__always) var beyondPlainASCII: UInt64 { (word | (word &+ EightBytes.ones)) & EightBytes.highBits }

    /// The index of the first byte in an answer; 8 where there is none.
    @inline(__always) static func first(_ answer: UInt64) -> Int { answer.trailingZeroBitCount >> 3 }

    @inline(__always) private func zeros(in word: UInt64) -> UInt64 {
        (word &- EightBytes.ones) & ~word & EightBytes.highBits
    }
}

/// The answers for the first eight of sixteen bytes and for the other eight, all bits of a byte set that it is true of.
@inline(__always) func halves(of mask: SIMDMask<SIMD16<Int8>>) -> SIMD2<UInt64> {
    unsafe unsafeBitCast(mask, to: SIMD2<UInt64>.self)
}

/// Whether so many bytes are the same, looked at eight or four at a time: the last ones together with some before them.
///
/// Memory safety: nothing is read beyond them.
@inline(__always)
func isSameText(_ left: UnsafePointer<UInt8>, _ right: UnsafePointer<UInt8>, _ count: Int) -> Bool {
    func isSame<Word: FixedWidthInteger & BitwiseCopyable>(at offset: Int, _: Word.Type) -> Bool {
        unsafe UnsafeRawPointer(left + offset).loadUnaligned(as: Word.self)
            == UnsafeRawPointer(right + offset).loadUnaligned(as: Word.self)
    }
    var offset = 0
    if count >= 8 {
        while offset &+ 8 < count {
            guard isSame(at: offset, UInt64.self) else { return false }
            offset &+= 8
        }
        return isSame(at: count &- 8, UInt64.self)
    }
    if count >= 4 { return isSame(at: 0, UInt32.self) && isSame(at: count &- 4, UInt32.self) }
    while offset < count {
        guard unsafe left[offset] == right[offset] else { return false }
        offset &+= 1
    }
    return true
}
