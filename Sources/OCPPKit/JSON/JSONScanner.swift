/// The kinds of JSON values.
public enum JSONKind: UInt8, Sendable {
    case object, array, string, number, `true`, `false`, null
}

/// Reads one JSON value strictly (RFC 8259) and writes down where everything stands.
///
/// An object's entry is followed by its members, a key's entry and then its value's, in order.
///
/// Memory safety: it lives within the closure that lends it the bytes, and looks at no byte behind `count`.
@safe struct JSONScanner {
    private let bytes: UnsafePointer<UInt8>
    private let count: Int
    private var position: Int
    private var entries: JSONEntries
    private var hasBreaks = false
    private let maximumDepth: Int

    /// Where everything stands in a text.
    struct Index {
        /// To be freed by who takes them.
        let entries: JSONEntries
        /// Whether line breaks or tabs stand between values.
        let hasBreaks: Bool
        /// The offset behind the value.
        let end: Int
    }

    /// Reads the value that begins at an offset.
    ///
    /// - Parameter isWhole: nothing but blanks may follow the value.
    static func scan(
        _ bytes: [UInt8], from start: Int, maximumDepth: Int, isWhole: Bool
    ) throws(JSONError) -> Index {
        return try unsafe bytes.withUnsafeBufferPointer { buffer throws(JSONError) in
            guard let base = buffer.baseAddress else { throw JSONError(.unexpectedEnd, at: 0) }
            // A typical frame has a value for each six bytes.
            let likely = 16 + min(buffer.count - start, 1 << 16) / 6
            var scanner = unsafe JSONScanner(base, buffer.count, from: start, maximumDepth: maximumDepth, likely)
            do throws(JSONError) {
                var end = try scanner.scan()
                let hasBreaks = scanner.hasBreaks
                if isWhole {
                    scanner.skipBlanks()
                    end = scanner.position
                    guard end == buffer.count else { throw JSONError(.trailingBytes, at: end) }
                }
                return Index(entries: scanner.entries, hasBreaks: hasBreaks, end: end)
            } catch {
                scanner.entries.deallocate()
                throw error
            }
        }
    }

    private init(
        _ bytes: UnsafePointer<UInt8>, _ count: Int, from start: Int, maximumDepth: Int, _ likelyEntries: Int
    ) {
        unsafe self.bytes = bytes
        self.count = count
        self.position = start
        self.maximumDepth = maximumDepth
        self.entries = JSONEntries(capacity: likelyEntries)
    }

    /// The byte at an offset that the caller has compared with `count`.
    @inline(__always) private func byte(at offset: Int) -> UInt8 { unsafe bytes[offset] }

    /// Reads the value at the scanner's start and returns the offset behind it.
    private mutating func scan() throws(JSONError) -> Int {
        guard count < Int(UInt32.max) else { throw JSONError(.tooLong, at: 0) }
        // The innermost value that is open. Until it is closed, its entry's `next` is the one around it.
        var open = -1
        var isObject = false
        var depth = 0
        skipBlanks()
        while true {
            // A value begins here.
            let byte = try current()
            switch byte {
            case UInt8(ascii: "\""): try scanString()
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                guard depth < maximumDepth else { throw JSONError(.tooDeep, at: position) }
                isObject = byte == UInt8(ascii: "{")
                append(isObject ? .object : .array, from: position, to: position, irregular: false)
                entries[entries.count &- 1].next = UInt32(truncatingIfNeeded: open)
                open = entries.count &- 1
                depth &+= 1
                position &+= 1
                skipBlanks()
                if try current() != (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) {
                    if isObject { try scanKey() }
                    continue
                }
            case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): try scanNumber()
            case UInt8(ascii: "t"): try scanWord("true", .true)
            case UInt8(ascii: "f"): try scanWord("false", .false)
            case UInt8(ascii: "n"): try scanWord("null", .null)
            default: throw JSONError(.unexpectedByte, at: position)
            }
            // A value ended; close what it completes.
            while depth > 0 {
                skipBlanks()
                let byte = try current()
                if byte == UInt8(ascii: ",") {
                    position &+= 1
                    skipBlanks()
                    if isObject { try scanKey() }
                    break
                }
                guard byte == (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) else {
                    throw JSONError(.unexpectedByte, at: position)
                }
                position &+= 1
                let outer = Int(entries[open].next)
                entries[open].end = UInt32(truncatingIfNeeded: position)
                entries[open].next = UInt32(truncatingIfNeeded: entries.count)
                open = outer
                depth &-= 1
                isObject = depth > 0 && entries[open].kind == .object
            }
            if depth == 0 { return position }
        }
    }

    @inline(__always)
    private mutating func append(_ kind: JSONKind, from start: Int, to end: Int, irregular: Bool) {
        entries.append(
            JSONEntry(
                start: UInt32(truncatingIfNeeded: start), end: UInt32(truncatingIfNeeded: end),
                next: UInt32(truncatingIfNeeded: entries.count &+ 1), kind: kind, isIrregular: irregular))
    }

    @inline(__always) private func current() throws(JSONError) -> UInt8 {
        guard position < count else { throw JSONError(.unexpectedEnd, at: position) }
        return byte(at: position)
    }

    @inline(__always) private mutating func skipBlanks() {
        if position < count, byte(at: position) <= 0x20 { skipManyBlanks() }
    }

    private mutating func skipManyBlanks() {
        while position < count {
            switch byte(at: position) {
            case 0x20: position += 1
            case 0x09, 0x0A, 0x0D:
                hasBreaks = true
                position += 1
            default: return
            }
        }
    }

    @inline(__always) private mutating func scanKey() throws(JSONError) {
        guard try current() == UInt8(ascii: "\"") else { throw JSONError(.unexpectedByte, at: position) }
        try scanString()
        skipBlanks()
        guard try current() == UInt8(ascii: ":") else { throw JSONError(.unexpectedByte, at: position) }
        position &+= 1
        skipBlanks()
    }

    @inline(__always) private mutating func scanString() throws(JSONError) {
        let start = position
        position &+= 1
        skipPlainBytes()
        if position < count, byte(at: position) == UInt8(ascii: "\"") {
            position &+= 1
            append(.string, from: start, to: position, irregular: false)
        } else {
            try scanRest(ofStringAt: start)
        }
    }

    private mutating func scanRest(ofStringAt start: Int) throws(JSONError) {
        var irregular = false
        while true {
            let byte = try current()
            switch byte {
            case UInt8(ascii: "\""):
                position += 1
                append(.string, from: start, to: position, irregular: irregular)
                return
            case UInt8(ascii: "\\"):
                irregular = true
                position += 1
                try scanEscape()
            case 0..<0x20: throw JSONError(.unexpectedByte, at: position)
            case 0x7F:
                irregular = true
                position += 1
            case 0x20..<0x80: position += 1
            default: try scanMultibyteScalar(byte)
            }
            skipPlainBytes()
        }
    }

    /// Passes characters of a string that stand for themselves, eight at a time.
    @inline(__always) private mutating func skipPlainBytes() {
        while position &+ 8 <= count {
            let word = unsafe UnsafeRawPointer(bytes + position).loadUnaligned(as: UInt64.self).littleEndian
            let eight = EightBytes(word)
            let found =
                eight.equal(to: UInt8(ascii: "\"")) | eight.equal(to: UInt8(ascii: "\\")) | eight.belowBlank
                | eight.beyondPlainASCII
            guard found == 0 else {
                position &+= EightBytes.first(found)
                return
            }
            position &+= 8
        }
    }

    private mutating func scanEscape() throws(JSONError) {
        switch try current() {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            position += 1
        case UInt8(ascii: "u"):
            position += 1
            for _ in 0..<4 {
                guard hexadecimalValue(try current()) != nil else { throw JSONError(.unexpectedByte, at: position) }
                position += 1
            }
        default: throw JSONError(.unexpectedByte, at: position)
        }
    }

    /// UTF-8 as RFC 3629 has it: no overlong forms, no surrogates, nothing past U+10FFFF.
    private mutating func scanMultibyteScalar(_ lead: UInt8) throws(JSONError) {
        let second: ClosedRange<UInt8>
        let more: Int
        switch lead {
        case 0xC2...0xDF: (second, more) = (0x80...0xBF, 0)
        case 0xE0: (second, more) = (0xA0...0xBF, 1)
        case 0xE1...0xEC, 0xEE...0xEF: (second, more) = (0x80...0xBF, 1)
        case 0xED: (second, more) = (0x80...0x9F, 1)
        case 0xF0: (second, more) = (0x90...0xBF, 2)
        case 0xF1...0xF3: (second, more) = (0x80...0xBF, 2)
        case 0xF4: (second, more) = (0x80...0x8F, 2)
        default: throw JSONError(.unexpectedByte, at: position)
        }
        position += 1
        guard second.contains(try current()) else { throw JSONError(.unexpectedByte, at: position) }
        position += 1
        for _ in 0..<more {
            guard try current() & 0xC0 == 0x80 else { throw JSONError(.unexpectedByte, at: position) }
            position += 1
        }
    }

    private mutating func scanNumber() throws(JSONError) {
        let start = position
        var irregular = false
        if byte(at: position) == UInt8(ascii: "-") { position += 1 }
        if try current() == UInt8(ascii: "0") { position += 1 } else { try scanDigits() }
        if position < count, byte(at: position) == UInt8(ascii: ".") {
            irregular = true
            position += 1
            try scanDigits()
        }
        if position < count, byte(at: position) | 0x20 == UInt8(ascii: "e") {
            irregular = true
            position += 1
            let sign = try current()
            if sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") { position += 1 }
            try scanDigits()
        }
        append(.number, from: start, to: position, irregular: irregular)
    }

    /// One digit or more.
    private mutating func scanDigits() throws(JSONError) {
        guard isDigit(try current()) else { throw JSONError(.unexpectedByte, at: position) }
        repeat { position += 1 } while position < count && isDigit(byte(at: position))
    }

    private mutating func scanWord(_ word: StaticString, _ kind: JSONKind) throws(JSONError) {
        let start = position
        for expected in word.description.utf8 {
            guard try current() == expected else { throw JSONError(.unexpectedByte, at: position) }
            position += 1
        }
        append(kind, from: start, to: position, irregular: false)
    }
}

func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }

func hexadecimalValue(_ byte: UInt8) -> UInt16? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt16(byte - UInt8(ascii: "0"))
    case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt16(byte - UInt8(ascii: "a") + 10)
    case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt16(byte - UInt8(ascii: "A") + 10)
    default: nil
    }
}
