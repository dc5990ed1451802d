/// Writes one JSON text into bytes, compact, members in the order of the calls.
///
/// Commas are placed by the writer; matching begins and ends is the caller's work.
public struct JSONWriter: Sendable {
    public private(set) var bytes: [UInt8]
    private var needsComma = false

    /// - Parameter reservingCapacity: bytes that the text is likely to need.
    public init(reservingCapacity capacity: Int = 256) {
        bytes = []
        bytes.reserveCapacity(capacity)
    }

    /// Makes room for so many more bytes.
    mutating func reserve(_ count: Int) { bytes.reserveCapacity(bytes.count + count) }

    /// The text so far.
    public var text: String { String(decoding: bytes, as: UTF8.self) }

    public mutating func beginObject() { open(UInt8(ascii: "{")) }
    public mutating func endObject() { close(UInt8(ascii: "}")) }
    public mutating func beginArray() { open(UInt8(ascii: "[")) }
    public mutating func endArray() { close(UInt8(ascii: "]")) }

    /// A member's name, one without characters that JSON escapes; its value is written next.
    public mutating func key(_ name: StaticString) {
        let comma = needsComma ? 1 : 0
        unsafe append(atMost: name.utf8CodeUnitCount + 4) { room in
            unsafe room[0] = UInt8(ascii: ",")
            unsafe room[comma] = UInt8(ascii: "\"")
            let count = name.utf8CodeUnitCount
            unsafe (room + comma + 1).update(from: name.utf8Start, count: count)
            unsafe room[comma + count + 1] = UInt8(ascii: "\"")
            unsafe room[comma + count + 2] = UInt8(ascii: ":")
            return comma + count + 3
        }
        needsComma = false
    }

    /// Members that are JSON text already, without a comma before them.
    @inline(__always) mutating func members(_ text: StaticString) {
        separate()
        unsafe append(atMost: text.utf8CodeUnitCount) { room in
            unsafe room.update(from: text.utf8Start, count: text.utf8CodeUnitCount)
            return text.utf8CodeUnitCount
        }
    }

    /// A member's name that came from somewhere; its value is written next. A literal takes the other one.
    @_disfavoredOverload
    public mutating func key(_ name: String) {
        string(name)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    /// Text up to a value, which is written next; without a comma before it.
    mutating func opening(_ text: StaticString) {
        members(text)
        needsComma = false
    }

    public mutating func string(_ value: String) {
        var value = value
        value.withUTF8 { unsafe quote($0) }
    }

    /// A number of at most 64 bits.
    public mutating func integer(_ value: some BinaryInteger) { number(UInt64(value.magnitude), isNegative: value < 0) }

    public mutating func decimal(_ value: ExactDecimal) {
        if let whole = value.wholeNumber { return integer(whole) }
        guard (-18 ... -1).contains(value.exponent) else { return raw(value.description.utf8) }
        number(value.mantissa.magnitude, isNegative: value.mantissa < 0, places: -value.exponent)
    }

    private mutating func number(_ magnitude: UInt64, isNegative: Bool, places: Int = 0) {
        let comma = needsComma ? 1 : 0
        needsComma = true
        let count = max(DecimalDigits.count(magnitude), places + 1)
        unsafe append(atMost: count + 3) { room in
            unsafe room[0] = UInt8(ascii: ",")
            unsafe room[comma] = UInt8(ascii: "-")
            var end = comma + (isNegative ? 1 : 0)
            unsafe DecimalDigits.write(magnitude, count, to: room + end)
            end += count
            guard places > 0 else { return end }
            unsafe (room + end - places + 1).update(from: room + end - places, count: places)
            unsafe room[end - places] = UInt8(ascii: ".")
            return end + 1
        }
    }

    /// A time as a string in RFC 3339.
    public mutating func time(_ value: Timestamp) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        value.append(to: &bytes)
        bytes.append(UInt8(ascii: "\""))
    }

    public mutating func boolean(_ value: Bool) {
        separate()
        bytes.append(contentsOf: (value ? "true" : "false").utf8)
    }

    public mutating func null() {
        separate()
        bytes.append(contentsOf: "null".utf8)
    }

    /// A value that is JSON text already.
    public mutating func raw(_ json: some Collection<UInt8>) {
        separate()
        bytes.append(contentsOf: json)
    }

    /// A string value whose UTF-8 is given; bytes that are no UTF-8 become U+FFFD.
    public mutating func string(utf8 value: ArraySlice<UInt8>) {
        guard (try? UTF8Span(validating: value.span)) != nil else {
            return string(String(decoding: value, as: UTF8.self))
        }
        string(validUTF8: value)
    }

    /// The same for bytes that have been read as UTF-8 already: those of a `JSONTree`.
    mutating func string(validUTF8 value: ArraySlice<UInt8>) {
        unsafe value.withUnsafeBufferPointer { unsafe quote($0) }
    }

    /// Begins anew; the memory is kept.
    public mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        needsComma = false
    }

    /// Whole lines of a JSON-lines stream, as they are.
    public mutating func rawLine(_ line: some Collection<UInt8>) { bytes.append(contentsOf: line) }

    /// Ends a line of a JSON-lines stream, ready for the next value.
    public mutating func endLine() {
        bytes.append(UInt8(ascii: "\n"))
        needsComma = false
    }

    /// Whether a comma has to stand before the next value.
    var separator: Bool { needsComma }

    /// A value was written by `append` alone.
    mutating func hasWrittenValue() { needsComma = true }

    /// A member's name was written by `append` alone.
    mutating func hasWrittenKey() { needsComma = false }

    /// A line was ended by `append` alone.
    mutating func hasWrittenLine() { needsComma = false }

    private mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        needsComma = true
    }

    private mutating func open(_ bracket: UInt8) {
        separate()
        bytes.append(bracket)
        needsComma = false
    }

    private mutating func close(_ bracket: UInt8) {
        bytes.append(bracket)
        needsComma = true
    }

    /// Appends what the closure writes into so much room; it says how many bytes that are.
    @inline(__always)
    mutating func append(atMost count: Int, _ write: (UnsafeMutablePointer<UInt8>) -> Int) {
        bytes.append(addingCapacity: count) { room in
            unsafe room.withUnsafeMutableBufferPointer { room, initialized in
                guard let base = room.baseAddress else { return }
                initialized = unsafe write(base)
            }
        }
    }

    /// Writes a text as a string.
    private mutating func quote(_ value: UnsafeBufferPointer<UInt8>) {
        let comma = needsComma ? 1 : 0
        needsComma = true
        // Room for a text with a few escapes; one of many takes several turns.
        let room = value.count + value.count / 4 + JSONWriter.longestEscape
        var start = 0
        unsafe append(atMost: room + 3) { target in
            unsafe target[0] = UInt8(ascii: ",")
            unsafe target[comma] = UInt8(ascii: "\"")
            var end = 0
            let text = unsafe UnsafeMutableBufferPointer(start: target + comma + 1, count: room)
            start = unsafe JSONWriter.escape(value, from: 0, into: text, &end)
            unsafe target[comma + 1 + end] = UInt8(ascii: "\"")
            return comma + 1 + end + (start == value.count ? 1 : 0)
        }
        guard start < value.count else { return }
        while start < value.count {
            let room = (value.count - start) * 2 + JSONWriter.longestEscape
            unsafe append(atMost: room) { target in
                var end = 0
                let text = unsafe UnsafeMutableBufferPointer(start: target, count: room)
                start = unsafe JSONWriter.escape(value, from: start, into: text, &end)
                return end
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// `\u001b`
    static let longestEscape = 6

    /// Copies a text, escaped as JSON has it, as far as there is room, and says how far it came.
    ///
    /// Memory safety: eight bytes are read where so many are left, and written where an escape would fit behind them.
    static func escape(
        _ value: UnsafeBufferPointer<UInt8>, from start: Int, into room: UnsafeMutableBufferPointer<UInt8>,
        _ written: inout Int
    ) -> Int {
        guard let source = value.baseAddress, let target = room.baseAddress else { return start }
        var (index, end) = (start, 0)
        let (count, last) = (value.count, room.count &- longestEscape)
        while index < count, end <= last {
            // Short texts are sooner done by halves.
            if index &+ 32 <= count, end &+ 16 <= last {
                let some = unsafe UnsafeRawPointer(source + index).loadUnaligned(as: SIMD16<UInt8>.self)
                unsafe UnsafeMutableRawPointer(target + end).storeBytes(of: some, as: SIMD16<UInt8>.self)
                let escaped = halves(of: areEscaped(some))
                if escaped[0] | escaped[1] == 0 {
                    index &+= 16
                    end &+= 16
                    continue
                }
            }
            if index &+ 8 <= count, end &+ 8 <= last {
                let word = unsafe UnsafeRawPointer(source + index).loadUnaligned(as: UInt64.self)
                unsafe UnsafeMutableRawPointer(target + end).storeBytes(of: word, as: UInt64.self)
                let plain = plainBytes(word.littleEndian)
                index &+= plain
                end &+= plain
                if plain == 8 { continue }
            }
            let byte = unsafe source[index]
            index &+= 1
            guard isEscaped(byte) else {
                unsafe target[end] = byte
                end &+= 1
                continue
            }
            unsafe target[end] = UInt8(ascii: "\\")
            let letter: UInt8? =
                switch byte {
                case UInt8(ascii: "\""), UInt8(ascii: "\\"): byte
                case 0x0A: UInt8(ascii: "n")
                case 0x0D: UInt8(ascii: "r")
                case 0x09: UInt8(ascii: "t")
                default: nil
                }
            if let letter {
                unsafe target[end &+ 1] = letter
                end &+= 2
            } else {
                unsafe target[end &+ 1] = UInt8(ascii: "u")
                unsafe target[end &+ 2] = UInt8(ascii: "0")
                unsafe target[end &+ 3] = UInt8(ascii: "0")
                unsafe target[end &+ 4] = hexadecimalDigit(byte >> 4)
                unsafe target[end &+ 5] = hexadecimalDigit(byte & 15)
                end &+= longestEscape
            }
        }
        written = end
        return index
    }

    private static func isEscaped(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte == 0x7F
    }

    @inline(__always) private static func areEscaped(_ bytes: SIMD16<UInt8>) -> SIMDMask<SIMD16<Int8>> {
        let (quote, backslash) = (SIMD16(repeating: UInt8(ascii: "\"")), SIMD16(repeating: UInt8(ascii: "\\")))
        return (bytes .== quote) .| (bytes .== backslash) .| (bytes .< SIMD16(repeating: 0x20))
            .| (bytes .== SIMD16(repeating: 0x7F))
    }

    /// How many of the first bytes of eight need no escape.
    private static func plainBytes(_ word: UInt64) -> Int {
        let bytes = EightBytes(word)
        return EightBytes.first(
            bytes.equal(to: UInt8(ascii: "\"")) | bytes.equal(to: UInt8(ascii: "\\")) | bytes.equal(to: 0x7F)
                | bytes.belowBlank)
    }
}

private func hexadecimalDigit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
}

extension JSONWriter {
    public mutating func member(_ name: StaticString, _ value: String?) {
        guard let value else { return }
        key(name)
        string(value)
    }

    public mutating func member(_ name: StaticString, _ value: (some BinaryInteger)?) {
        guard let value else { return }
        key(name)
        integer(value)
    }

    public mutating func member(_ name: StaticString, _ value: Bool?) {
        guard let value else { return }
        key(name)
        boolean(value)
    }

    public mutating func member(_ name: StaticString, _ value: ExactDecimal?) {
        guard let value else { return }
        key(name)
        decimal(value)
    }

    /// A time as RFC 3339, UTC, with milliseconds.
    public mutating func member(_ name: StaticString, _ value: Timestamp?) {
        guard let value else { return }
        key(name)
        time(value)
    }

    public mutating func member(_ name: StaticString, raw json: (some Collection<UInt8>)?) {
        guard let json else { return }
        key(name)
        raw(json)
    }
}
