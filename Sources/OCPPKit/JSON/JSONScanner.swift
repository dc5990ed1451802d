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
            guard buffer.count < Int(UInt32.max) else { throw JSONError(.tooLong, at: 0) }
            let scanner = unsafe JSONScanner(base, buffer.count, maximumDepth: maximumDepth)
            // A typical frame has a value for each six bytes.
            var entries = JSONEntries(capacity: 16 + min(buffer.count - start, 1 << 16) / 6)
            do throws(JSONError) {
                var hasBreaks = false
                var end = try scanner.scan(from: start, &entries, &hasBreaks)
                if isWhole {
                    // Breaks behind the value stand in nothing.
                    var areBreaksBehind = false
                    end = scanner.behindBlanks(end, &areBreaksBehind)
                    guard end == buffer.count else { throw JSONError(.trailingBytes, at: end) }
                }
                return Index(entries: entries, hasBreaks: hasBreaks, end: end)
            } catch {
                entries.deallocate()
                throw error
            }
        }
    }

    init(_ bytes: UnsafePointer<UInt8>, _ count: Int, maximumDepth: Int) {
        unsafe self.bytes = bytes
        self.count = count
        self.maximumDepth = maximumDepth
    }

    /// The byte at an offset that the caller has compared with `count`.
    @inline(__always) private func byte(at offset: Int) -> UInt8 { unsafe bytes[offset] }

    /// Reads the value at an offset and returns the offset behind it.
    private func scan(
        from start: Int, _ index: inout JSONEntries, _ breaks: inout Bool
    ) throws(JSONError) -> Int {
        // Copies, which need not be looked at anew after each entry that is written.
        var entries = index
        var hasBreaks = false
        defer {
            index = entries
            breaks = hasBreaks
        }
        // The innermost value that is open. Until it is closed, its entry's `next` is the one around it.
        var open = -1
        var isObject = false
        var depth = 0
        var isKeyNext = false
        var position = behindBlanks(start, &hasBreaks)
        while true {
            if isKeyNext {
                guard try current(position) == UInt8(ascii: "\"") else {
                    throw JSONError(.unexpectedByte, at: position)
                }
                position = behindBlanks(try string(at: position, &entries), &hasBreaks)
                guard try current(position) == UInt8(ascii: ":") else { throw JSONError(.unexpectedByte, at: position) }
                position = behindBlanks(position &+ 1, &hasBreaks)
            }
            // A value begins here.
            let byte = try current(position)
            switch byte {
            case UInt8(ascii: "\""): position = try string(at: position, &entries)
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                guard depth < maximumDepth else { throw JSONError(.tooDeep, at: position) }
                isObject = byte == UInt8(ascii: "{")
                entries.append(isObject ? .object : .array, from: position, to: position, isIrregular: false)
                entries[entries.count &- 1].next = UInt32(truncatingIfNeeded: open)
                open = entries.count &- 1
                depth &+= 1
                position = behindBlanks(position &+ 1, &hasBreaks)
                if try current(position) != (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) {
                    isKeyNext = isObject
                    continue
                }
            case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
                let (end, isIrregular) = try behindNumber(position)
                entries.append(.number, from: position, to: end, isIrregular: isIrregular)
                position = end
            case UInt8(ascii: "t"), UInt8(ascii: "f"), UInt8(ascii: "n"):
                let (end, kind) = try behindWord(byte, at: position)
                entries.append(kind, from: position, to: end, isIrregular: false)
                position = end
            default: throw JSONError(.unexpectedByte, at: position)
            }
            // A value ended; close what it completes.
            while depth > 0 {
                position = behindBlanks(position, &hasBreaks)
                let byte = try current(position)
                if byte == UInt8(ascii: ",") {
                    position = behindBlanks(position &+ 1, &hasBreaks)
                    isKeyNext = isObject
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

    @inline(__always) private func current(_ position: Int) throws(JSONError) -> UInt8 {
        guard position < count else { throw JSONError(.unexpectedEnd, at: position) }
        return byte(at: position)
    }

    @inline(__always) private func behindBlanks(_ start: Int, _ hasBreaks: inout Bool) -> Int {
        guard start < count, byte(at: start) <= 0x20 else { return start }
        let (end, areBreaks) = behindManyBlanks(start)
        if areBreaks { hasBreaks = true }
        return end
    }

    private func behindManyBlanks(_ start: Int) -> (end: Int, areBreaks: Bool) {
        var (position, areBreaks) = (start, false)
        while position < count {
            switch byte(at: position) {
            case 0x20: break
            case 0x09, 0x0A, 0x0D: areBreaks = true
            default: return (position, areBreaks)
            }
            position += 1
        }
        return (position, areBreaks)
    }

    @inline(__always)
    private func string(at start: Int, _ entries: inout JSONEntries) throws(JSONError) -> Int {
        let quote = behindPlainBytes(start &+ 1)
        if quote < count, byte(at: quote) == UInt8(ascii: "\"") {
            entries.append(.string, from: start, to: quote &+ 1, isIrregular: false)
            return quote &+ 1
        }
        let (end, isIrregular) = try behindString(from: quote)
        entries.append(.string, from: start, to: end, isIrregular: isIrregular)
        return end
    }

    /// Passes the rest of a string, the closing quote too.
    func behindString(from start: Int) throws(JSONError) -> (end: Int, isIrregular: Bool) {
        var (position, isIrregular) = (start, false)
        while true {
            let byte = try current(position)
            switch byte {
            case UInt8(ascii: "\""): return (position + 1, isIrregular)
            case UInt8(ascii: "\\"):
                isIrregular = true
                position = try behindEscape(position + 1)
            case 0..<0x20: throw JSONError(.unexpectedByte, at: position)
            case 0x7F:
                isIrregular = true
                position += 1
            case 0x20..<0x80: position += 1
            default: position = try behindMultibyteScalar(byte, at: position)
            }
            position = behindPlainBytes(position)
        }
    }

    /// Passes characters of a string that stand for themselves, eight at a time.
    @inline(__always) private func behindPlainBytes(_ start: Int) -> Int {
        var position = start
        while position &+ 8 <= count {
            let word = unsafe UnsafeRawPointer(bytes + position).loadUnaligned(as: UInt64.self).littleEndian
            let eight = EightBytes(word)
            let found =
                eight.equal(to: UInt8(ascii: "\"")) | eight.equal(to: UInt8(ascii: "\\")) | eight.belowBlank
                | eight.beyondPlainASCII
            guard found == 0 else { return position &+ EightBytes.first(found) }
            position &+= 8
        }
        return position
    }

    private func behindEscape(_ start: Int) throws(JSONError) -> Int {
        switch try current(start) {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            return start + 1
        case UInt8(ascii: "u"):
            for position in start + 1..<start + 5 {
                guard hexadecimalValue(try current(position)) != nil else {
                    throw JSONError(.unexpectedByte, at: position)
                }
            }
            return start + 5
        default: throw JSONError(.unexpectedByte, at: start)
        }
    }

    /// UTF-8 as RFC 3629 has it: no overlong forms, no surrogates, nothing past U+10FFFF.
    private func behindMultibyteScalar(_ lead: UInt8, at start: Int) throws(JSONError) -> Int {
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
        default: throw JSONError(.unexpectedByte, at: start)
        }
        guard second.contains(try current(start + 1)) else { throw JSONError(.unexpectedByte, at: start + 1) }
        for position in start + 2..<start + 2 + more {
            guard try current(position) & 0xC0 == 0x80 else { throw JSONError(.unexpectedByte, at: position) }
        }
        return start + 2 + more
    }

    func behindNumber(_ start: Int) throws(JSONError) -> (end: Int, isIrregular: Bool) {
        var (position, isIrregular) = (start, false)
        if byte(at: position) == UInt8(ascii: "-") { position += 1 }
        position = try current(position) == UInt8(ascii: "0") ? position + 1 : behindDigits(position)
        if position < count, byte(at: position) == UInt8(ascii: ".") {
            isIrregular = true
            position = try behindDigits(position + 1)
        }
        if position < count, byte(at: position) | 0x20 == UInt8(ascii: "e") {
            isIrregular = true
            position += 1
            let sign = try current(position)
            if sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") { position += 1 }
            position = try behindDigits(position)
        }
        return (position, isIrregular)
    }

    /// One digit or more.
    private func behindDigits(_ start: Int) throws(JSONError) -> Int {
        guard isDigit(try current(start)) else { throw JSONError(.unexpectedByte, at: start) }
        var position = start + 1
        while position < count, isDigit(byte(at: position)) { position += 1 }
        return position
    }

    /// - Parameter first: the word's first letter: `t`, `f` or `n`.
    func behindWord(_ first: UInt8, at start: Int) throws(JSONError) -> (end: Int, kind: JSONKind) {
        let (word, kind): (StaticString, JSONKind) =
            switch first {
            case UInt8(ascii: "t"): ("true", .true)
            case UInt8(ascii: "f"): ("false", .false)
            default: ("null", .null)
            }
        var position = start
        for expected in word.description.utf8 {
            guard try current(position) == expected else { throw JSONError(.unexpectedByte, at: position) }
            position += 1
        }
        return (position, kind)
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
