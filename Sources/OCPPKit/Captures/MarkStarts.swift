/// Tells by a byte, the one before and the one after it whether a mark of direction may begin there: nearly nowhere.
enum MarkStarts {
    /// What a byte is, a bit each.
    private enum Kind {
        /// Some mark begins with it.
        static let first: UInt8 = 1
        static let word: UInt8 = 2
        static let id: UInt8 = 4
        static let delimiter: UInt8 = 8
    }

    private static let kinds: [UInt8] = (0...255).map { byte in
        let byte = UInt8(byte)
        return (seconds[Int(byte)] != 0 ? Kind.first : 0) | (LogPrefix.isWordByte(byte) ? Kind.word : 0)
            | (LogPrefix.isIdByte(byte) ? Kind.id : 0) | (LogPrefix.delimitsSigns(byte) ? Kind.delimiter : 0)
    }

    /// For each byte a bit for each one that may follow it in a mark, by its last six bits as a small letter: several bytes
    /// share a bit, which costs a closer look.
    private static let seconds: [UInt64] = {
        let marks = LogFormats.marks.map { Array($0.text.utf8).map(lowercased) } + LogSides.beginnings
        var seconds = [UInt64](repeating: 0, count: 256)
        for mark in marks {
            seconds[Int(mark[0])] |= mark.count == 1 ? .max : 1 << UInt64(mark[1] & 63)
        }
        return (0...255).map { seconds[Int(lowercased(UInt8($0)))] }
    }()

    /// The last place within a range where one may begin.
    ///
    /// Memory safety: the range lies within the text, and the tables have an answer for each byte.
    static func last(in range: Range<Int>, of text: ArraySlice<UInt8>) -> Int? {
        let (first, count) = (range.lowerBound - text.startIndex, text.count)
        let found = unsafe text.withUnsafeBufferPointer { text in
            unsafe kinds.withUnsafeBufferPointer { kinds -> Int in
                var position = first + range.count
                while position > first {
                    position &-= 1
                    let byte = unsafe text[position]
                    let kind = unsafe kinds[Int(byte)]
                    // Most bytes stand within a word, where no mark begins.
                    guard kind & Kind.first != 0 else { continue }
                    if position > 0 {
                        let before = unsafe kinds[Int(text[position &- 1])]
                        let opens =
                            kind & Kind.word != 0 ? before & Kind.id == 0 : before & Kind.delimiter != 0
                        guard opens else { continue }
                    }
                    let second = unsafe position &+ 1 < count ? lowercased(text[position &+ 1]) : 0
                    if seconds[Int(byte)] >> UInt64(second & 63) & 1 != 0 { return position }
                }
                return -1
            }
        }
        return found < 0 ? nil : text.startIndex + found
    }
}
