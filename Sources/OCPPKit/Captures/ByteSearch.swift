// Looking for single bytes in long texts, eight at a time: most bytes of most logs are looked at for nothing else.
//
// Memory safety: eight bytes are loaded only where so many are left.
extension ArraySlice<UInt8> {
    /// The first index from `start` on at which the byte stands.
    func firstOffset(of byte: UInt8, from start: Int) -> Int? {
        let pattern = UInt64(byte) &* ByteSearch.ones
        return firstOffset(from: start, inWord: { $0 ^ pattern }, isIt: { $0 == byte })
    }

    /// The first index from `start` on of a bracket or brace that opens: without one, no frame begins.
    func firstOpening(from start: Int) -> Int? {
        // The two differ in the bit that makes a letter small.
        let (small, pattern) = (0x20 &* ByteSearch.ones, 0x7B &* ByteSearch.ones)
        return firstOffset(from: start, inWord: { $0 | small ^ pattern }, isIt: { $0 | 0x20 == 0x7B })
    }

    /// - Parameter inWord: gives a word whose bytes are zero where the byte that is looked for stands.
    @inline(__always)
    private func firstOffset(
        from start: Int, inWord differences: (UInt64) -> UInt64, isIt: (UInt8) -> Bool
    ) -> Int? {
        guard start < endIndex else { return nil }
        let (first, count) = (start - startIndex, self.count)
        let found = unsafe withUnsafeBytes { bytes -> Int in
            var position = first
            while position + 8 <= count {
                let word = unsafe bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self).littleEndian
                let difference = differences(word)
                // The high bit of each byte that is zero; a borrow makes false ones only behind a true one.
                let zeros = (difference &- ByteSearch.ones) & ~difference & ByteSearch.highBits
                if zeros != 0 { return position + zeros.trailingZeroBitCount >> 3 }
                position += 8
            }
            while position < count {
                if unsafe isIt(bytes[position]) { return position }
                position += 1
            }
            return -1
        }
        return found < 0 ? nil : startIndex + found
    }
}

private enum ByteSearch {
    static let ones: UInt64 = 0x0101_0101_0101_0101
    static let highBits: UInt64 = 0x8080_8080_8080_8080
}
