// Looking for single bytes in long texts, eight at a time: most bytes of most logs are looked at for nothing else.
//
// Memory safety: eight bytes are loaded only where so many are left.
extension ArraySlice<UInt8> {
    /// The first index from `start` on at which the byte stands.
    func firstOffset(of byte: UInt8, from start: Int) -> Int? {
        firstOffset(from: start, among: { $0.equal(to: byte) }, isIt: { $0 == byte })
    }

    /// The first index from `start` on of a bracket or brace that opens: without one, no frame begins.
    func firstOpening(from start: Int) -> Int? {
        let brace = UInt8(ascii: "{")
        return firstOffset(from: start, among: { $0.equal(toSmall: brace) }, isIt: { $0 | 0x20 == brace })
    }

    @inline(__always)
    private func firstOffset(
        from start: Int, among answer: (EightBytes) -> UInt64, isIt: (UInt8) -> Bool
    ) -> Int? {
        guard start < endIndex else { return nil }
        let (first, count) = (start - startIndex, self.count)
        let found = unsafe withUnsafeBytes { bytes -> Int in
            var position = first
            while position + 8 <= count {
                let word = unsafe bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self).littleEndian
                let found = answer(EightBytes(word))
                if found != 0 { return position + EightBytes.first(found) }
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
