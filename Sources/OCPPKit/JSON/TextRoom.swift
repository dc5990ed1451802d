/// Room for a text whose greatest length is known before it is written.
///
/// Memory safety: whoever makes it knows that all that is written fits.
@safe struct TextRoom {
    private let start: UnsafeMutablePointer<UInt8>
    private(set) var count = 0

    init(_ start: UnsafeMutablePointer<UInt8>) { unsafe self.start = start }

    /// So many bytes a text takes at most, written as a string.
    static func greatestCount(ofQuoted text: String) -> Int { JSONWriter.longestEscape * text.utf8.count + 2 }

    @inline(__always) mutating func write(_ byte: UInt8) {
        unsafe start[count] = byte
        count &+= 1
    }

    @inline(__always) mutating func write(_ text: StaticString) {
        unsafe (start + count).update(from: text.utf8Start, count: text.utf8CodeUnitCount)
        count &+= text.utf8CodeUnitCount
    }

    @inline(__always) mutating func write(_ text: UnsafeBufferPointer<UInt8>) {
        guard let source = text.baseAddress else { return }
        unsafe (start + count).update(from: source, count: text.count)
        count &+= text.count
    }

    /// Of at most 20 bytes.
    mutating func write(_ value: Int64) {
        if value < 0 { write(UInt8(ascii: "-")) }
        let digits = DecimalDigits.count(value.magnitude)
        unsafe DecimalDigits.write(value.magnitude, digits, to: start + count)
        count &+= digits
    }

    /// As a string.
    mutating func quote(_ text: String) {
        var text = text
        write(UInt8(ascii: "\""))
        count += text.withUTF8 { text in
            var end = 0
            let room = unsafe UnsafeMutableBufferPointer(
                start: start + count, count: JSONWriter.longestEscape * (text.count + 1))
            _ = unsafe JSONWriter.escape(text, from: 0, into: room, &end)
            return end
        }
        write(UInt8(ascii: "\""))
    }
}
