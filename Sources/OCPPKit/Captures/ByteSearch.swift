// Looking for single bytes in long texts, sixteen and more at a time: most bytes of most logs are looked at for nothing else.
//
// Memory safety: sixteen bytes are loaded only where so many are left.
extension ArraySlice<UInt8> {
    /// The first index from `start` on at which the byte stands.
    func firstOffset(of byte: UInt8, from start: Int) -> Int? {
        let all = SIMD16(repeating: byte)
        let start = endIndex - start >= 64 ? passing(all, from: start) : start
        return firstOffset(from: start, among: { $0 .== all }, isIt: { $0 == byte })
    }

    /// Passes sixty-four bytes at a time, among which the byte given sixteen times is not.
    private func passing(_ byte: SIMD16<UInt8>, from start: Int) -> Int {
        let passed = unsafe withUnsafeBytes { bytes -> Int in
            guard let base = bytes.baseAddress else { return 0 }
            var position = start - startIndex
            while position &+ 64 <= bytes.count {
                let (a, b) = unsafe (sixteen(base + position) .== byte, sixteen(base + position + 16) .== byte)
                let (c, d) = unsafe (sixteen(base + position + 32) .== byte, sixteen(base + position + 48) .== byte)
                let any = halves(of: a) | halves(of: b) | halves(of: c) | halves(of: d)
                if any[0] | any[1] != 0 { break }
                position &+= 64
            }
            return position
        }
        return startIndex + passed
    }

    /// The first index from `start` on of a bracket or brace that opens: without one, no frame begins.
    func firstOpening(from start: Int) -> Int? {
        let (all, small) = (SIMD16(repeating: UInt8(ascii: "{")), SIMD16<UInt8>(repeating: 0x20))
        return firstOffset(from: start, among: { ($0 | small) .== all }, isIt: { $0 | 0x20 == UInt8(ascii: "{") })
    }

    @inline(__always)
    private func firstOffset(
        from start: Int, among answer: (SIMD16<UInt8>) -> SIMDMask<SIMD16<Int8>>, isIt: (UInt8) -> Bool
    ) -> Int? {
        guard start < endIndex else { return nil }
        let (first, count) = (start - startIndex, self.count)
        let found = unsafe withUnsafeBytes { bytes -> Int in
            guard let base = bytes.baseAddress else { return -1 }
            var position = first
            while position < count, count &- first >= 16 {
                // The last step goes back to bytes that have been looked at.
                position = Swift.min(position, count &- 16)
                let halves = unsafe halves(of: answer(sixteen(base + position)))
                if halves[0] | halves[1] != 0 {
                    let (half, behind) = halves[0] != 0 ? (halves[0], 0) : (halves[1], 8)
                    return position &+ behind &+ EightBytes.first(half.littleEndian)
                }
                position &+= 16
            }
            while position < count {
                if unsafe isIt(bytes[position]) { return position }
                position &+= 1
            }
            return -1
        }
        return found < 0 ? nil : startIndex + found
    }

    /// The last index at which the byte stands.
    func lastOffset(of byte: UInt8) -> Int? {
        let all = SIMD16(repeating: byte)
        let found = unsafe withUnsafeBytes { bytes -> Int in
            guard let base = bytes.baseAddress else { return -1 }
            var end = bytes.count
            while end >= 16 {
                let halves = halves(of: unsafe (base + end - 16).loadUnaligned(as: SIMD16<UInt8>.self) .== all)
                if halves[0] | halves[1] != 0 {
                    let (half, before) = halves[1] != 0 ? (halves[1], 0) : (halves[0], 8)
                    return end - 1 - before - half.littleEndian.leadingZeroBitCount >> 3
                }
                end &-= 16
            }
            while end > 0 {
                end &-= 1
                if unsafe bytes[end] == byte { return end }
            }
            return -1
        }
        return found < 0 ? nil : startIndex + found
    }
}

@inline(__always) private func sixteen(_ start: UnsafeRawPointer) -> SIMD16<UInt8> {
    unsafe start.loadUnaligned(as: SIMD16<UInt8>.self)
}
