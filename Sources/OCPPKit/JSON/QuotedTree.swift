// Text that was read once need not be searched again for what has to be escaped: its index says where each quote is.
extension JSONWriter {
    /// A value as it stands in its text, but for line breaks, which stand only between values.
    mutating func member(_ name: StaticString, _ node: JSONNode) {
        key(name)
        guard !node.storage.hasBreaks else { return raw(node.raw.filter { $0 >= 0x20 }) }
        let entry = node.storage.entries[node.index]
        let count = Int(entry.end) - Int(entry.start)
        unsafe node.storage.bytes.withUnsafeBufferPointer { bytes in
            let text = unsafe UnsafeBufferPointer(rebasing: bytes[Int(entry.start)..<Int(entry.end)])
            unsafe append(atMost: count) { room in
                unsafe room.update(from: text.baseAddress!, count: count)
                return count
            }
        }
        hasWrittenValue()
    }

    /// A part of a text as a string, all of whose strings are within the part.
    mutating func string(_ text: SoundText, _ part: Range<Int>) {
        if text.hasAllStrings, quotePlainly(text, part) { hasWrittenValue() } else { string(validUTF8: text[part]) }
    }

    private mutating func quotePlainly(_ text: SoundText, _ part: Range<Int>) -> Bool {
        let separator = separator
        var isPlain = true
        unsafe text.withStrings { bytes, strings in
            // Each byte may be escaped.
            unsafe append(atMost: 2 * part.count + 3 + QuotedCopy.overrun) { room in
                var copy = unsafe QuotedCopy(
                    source: bytes.baseAddress!, sourceCount: bytes.count, position: part.lowerBound, target: room)
                if separator { copy.write(UInt8(ascii: ",")) }
                copy.write(UInt8(ascii: "\""))
                for index in 0..<strings.count {
                    let string = unsafe strings[index]
                    if copy.position &+ 1 == string.start {
                        // What stands between most strings: a colon or a comma.
                        copy.takeByteAndQuote()
                    } else {
                        copy.take(upTo: Int(string.start))
                        copy.takeQuote()
                    }
                    if string.isPlain {
                        copy.take(upTo: Int(string.end))
                    } else if !copy.takeEscaping(upTo: Int(string.end)) {
                        isPlain = false
                        return 0
                    }
                    copy.takeQuote()
                }
                copy.take(upTo: part.upperBound)
                copy.write(UInt8(ascii: "\""))
                return copy.count
            }
        }
        return isPlain
    }

    /// A value's exact text as a string.
    mutating func string(textOf node: JSONNode) {
        if node.storage.hasBreaks || !quotePlainly(node) { string(validUTF8: node.raw) }
    }

    /// Writes it if no more than quotes and backslashes must be escaped; otherwise writes nothing.
    private mutating func quotePlainly(_ node: JSONNode) -> Bool {
        let (storage, first) = (node.storage, node.index)
        let entry = storage.entries[first]
        let start = Int(entry.start)
        let separator = separator
        var isPlain = true
        unsafe storage.bytes.withUnsafeBufferPointer { bytes in
            guard let base = bytes.baseAddress else { return }
            // Each byte may be escaped.
            unsafe append(atMost: 2 * (Int(entry.end) - start) + 3 + QuotedCopy.overrun) { room in
                var copy = unsafe QuotedCopy(source: base, sourceCount: bytes.count, position: start, target: room)
                if separator { copy.write(UInt8(ascii: ",")) }
                copy.write(UInt8(ascii: "\""))
                for index in first..<Int(entry.next) {
                    let part = storage.entries[index]
                    guard part.kind == .string else { continue }
                    copy.take(upTo: Int(part.start))
                    copy.takeQuote()
                    if part.isIrregular {
                        guard copy.takeEscaping(upTo: Int(part.end) - 1) else {
                            isPlain = false
                            return 0
                        }
                    } else {
                        copy.take(upTo: Int(part.end) - 1)
                    }
                    copy.takeQuote()
                }
                copy.take(upTo: Int(entry.end))
                copy.write(UInt8(ascii: "\""))
                return copy.count
            }
        }
        if isPlain { hasWrittenValue() }
        return isPlain
    }
}

/// Bytes on their way from one text to another.
///
/// Memory safety: reads below `sourceCount`; writes up to `overrun` bytes behind what it has counted, for which there is
/// room where no byte becomes more than two.
@safe private struct QuotedCopy {
    static let overrun = 16

    private let source: UnsafePointer<UInt8>
    private let sourceCount: Int
    private(set) var position: Int
    private let target: UnsafeMutablePointer<UInt8>
    private(set) var count = 0

    init(source: UnsafePointer<UInt8>, sourceCount: Int, position: Int, target: UnsafeMutablePointer<UInt8>) {
        unsafe self.source = source
        self.sourceCount = sourceCount
        self.position = position
        unsafe self.target = target
    }

    @inline(__always) mutating func write(_ byte: UInt8) {
        unsafe target[count] = byte
        count &+= 1
    }

    @inline(__always) mutating func take(upTo end: Int) {
        let length = end &- position
        guard length > QuotedCopy.overrun || position &+ QuotedCopy.overrun > sourceCount else {
            takeSixteen()
            position = end
            count &+= length
            return
        }
        takeMany(upTo: end)
    }

    private mutating func takeMany(upTo end: Int) {
        while position < end, position &+ QuotedCopy.overrun <= sourceCount {
            takeSixteen()
            let taken = min(QuotedCopy.overrun, end &- position)
            position &+= taken
            count &+= taken
        }
        while position < end {
            unsafe write(source[position])
            position &+= 1
        }
    }

    @inline(__always) private func takeSixteen() {
        let some = unsafe UnsafeRawPointer(source + position).loadUnaligned(as: SIMD16<UInt8>.self)
        unsafe UnsafeMutableRawPointer(target + count).storeBytes(of: some, as: SIMD16<UInt8>.self)
    }

    /// Takes a quote.
    @inline(__always) mutating func takeQuote() {
        unsafe UnsafeMutableRawPointer(target + count).storeBytes(of: QuotedCopy.quote, as: UInt16.self)
        position &+= 1
        count &+= 2
    }

    /// Takes a byte, and a quote behind it.
    @inline(__always) mutating func takeByteAndQuote() {
        let both = unsafe UInt32(source[position]) | UInt32(UInt16(littleEndian: QuotedCopy.quote)) << 8
        unsafe UnsafeMutableRawPointer(target + count).storeBytes(of: both.littleEndian, as: UInt32.self)
        position &+= 2
        count &+= 3
    }

    /// A backslash and a quote.
    private static let quote = UInt16(littleEndian: 0x225C)

    /// - Returns: false where a byte needs more than a backslash.
    mutating func takeEscaping(upTo end: Int) -> Bool {
        while position < end {
            let byte = unsafe source[position]
            if byte == 0x7F { return false }
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { write(UInt8(ascii: "\\")) }
            write(byte)
            position &+= 1
        }
        return true
    }
}
