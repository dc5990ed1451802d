// What values are made of: strings, numbers, times, and what stands between them.
extension SoundWalk {
    /// Where the string that begins at an offset has its closing quote; -1 where none begins there, or it has an
    /// ampersand in it, or anything but plain ASCII.
    @inline(__always) func plainEnd(_ start: Int, _ notes: inout Notes) -> Int {
        guard has("\"", at: start) else { return -1 }
        var position = start &+ 1
        while true {
            let some = unsafe UnsafeRawPointer(text + position).loadUnaligned(as: SIMD16<UInt8>.self)
            let found = halves(of: SoundWalk.endsPlainText(some))
            if found[0] != 0 {
                position &+= EightBytes.first(found[0].littleEndian)
                break
            }
            if found[1] != 0 {
                position &+= 8 &+ EightBytes.first(found[1].littleEndian)
                break
            }
            position &+= 16
        }
        guard has("\"", at: position) else { return -1 }
        note(start, position, isPlain: true, &notes)
        return position
    }

    /// The same for a string that may have anything in it, and whether a backslash or a delete is.
    func anyString(at start: Int, _ notes: inout Notes) -> (end: Int, isIrregular: Bool)? {
        guard has("\"", at: start), let (end, isIrregular) = try? scanner.behindString(from: start &+ 1) else {
            return nil
        }
        if isLine, (start..<end).contains(where: { has("&", at: $0) }) { return nil }
        note(start, end &- 1, isPlain: !isIrregular, &notes)
        return (end &- 1, isIrregular)
    }

    /// Quotes, backslashes, ampersands, control characters, and bytes that are no ASCII or its delete: one more than these
    /// is negative, or small.
    @inline(__always) private static func endsPlainText(_ bytes: SIMD16<UInt8>) -> SIMDMask<SIMD16<Int8>> {
        let (quote, backslash) = (SIMD16(repeating: UInt8(ascii: "\"")), SIMD16(repeating: UInt8(ascii: "\\")))
        let ampersand = SIMD16(repeating: UInt8(ascii: "&"))
        let next = unsafe unsafeBitCast(bytes &+ SIMD16(repeating: 1), to: SIMD16<Int8>.self)
        return (bytes .== quote) .| (bytes .== backslash) .| (bytes .== ampersand) .| (next .<= SIMD16(repeating: 0x20))
    }

    @inline(__always) func behindBlanks(_ start: Int) -> Int {
        byte(start) <= 0x20 ? behindManyBlanks(start) : start
    }

    func behindManyBlanks(_ start: Int) -> Int {
        var position = start
        while isLine ? has(" ", at: position) : isBlank(byte(position)) { position &+= 1 }
        return position
    }

    /// Passes blanks, a comma, and blanks.
    func behindComma(_ start: Int) -> Int? {
        let comma = behindBlanks(start)
        return has(",", at: comma) ? behindBlanks(comma &+ 1) : nil
    }

    func word(at start: Int) -> Int? { (try? scanner.behindWord(byte(start), at: start))?.end }

    func number(at start: Int) -> (end: Int, isIrregular: Bool)? {
        if let (end, _) = plainInteger(at: start, atLeast: 0) { return (end, false) }
        guard isDigit(byte(start)) || has("-", at: start) else { return nil }
        return try? scanner.behindNumber(start)
    }

    /// An integer of few digits, without sign, fraction and exponent.
    @inline(__always) func plainInteger(at start: Int, atLeast minimum: Int64) -> (end: Int, value: Int64)? {
        var value = Int64(byte(start) &- 0x30)
        guard value < 10 else { return nil }
        var position = start &+ 1
        if value > 0 {
            while isDigit(byte(position)) {
                value = value &* 10 &+ Int64(byte(position) &- 0x30)
                position &+= 1
            }
        }
        // What may follow a value, and a digit behind a zero or a letter may not; that shows where the value should end.
        guard position &- start <= 18, value >= minimum, !has(".", at: position),
            byte(position) | 0x20 != UInt8(ascii: "e")
        else { return nil }
        return (position, value)
    }

    @inline(__always) func isText(at start: Int, _ expected: SoundTables.Text) -> Bool {
        unsafe isEqual(text + start, rows.pointee.texts + Int(expected.start), Int(expected.count))
    }

    /// Whether no escape at the ends of a text stands for a blank, or for the n of `null`: those of letters beyond ASCII do
    /// not.
    func hasPlainEnds(_ first: Int, _ end: Int) -> Bool {
        guard !has("n", at: first), !has("\\", at: first) || isLetterEscape(first) else { return false }
        // If the backslash is itself escaped, plain letters stand behind it, which are as good.
        let last = max(first, end - 6)
        for offset in (isLetterEscape(last) ? last + 1 : last)..<end where has("\\", at: offset) { return false }
        return true
    }

    /// Whether `\u` stands there with the number of no ASCII character.
    func isLetterEscape(_ offset: Int) -> Bool {
        has("\\", at: offset) && has("u", at: offset + 1)
            && (!has("0", at: offset + 2) || !has("0", at: offset + 3) || byte(offset + 4) > UInt8(ascii: "7"))
    }

    /// `2026-11-22T09:45:19Z`, with or without a fraction; no day after the 28th, no leap second.
    func isPlainTime(_ start: Int, _ end: Int) -> Bool {
        guard end &- start >= 20, has("Z", at: end &- 1) else { return false }
        // What is left of the digits, each within its bounds, and nothing of what stands between them.
        let date = unsafe UnsafeRawPointer(text + start).loadUnaligned(as: SIMD16<UInt8>.self) ^ rows.pointee.zeroTime
        let wrong = unsafe halves(of: (date .< rows.pointee.leastTime) .| (date .> rows.pointee.greatestTime))
        guard wrong[0] | wrong[1] == 0 else { return false }
        func two(_ offset: Int) -> Int {
            Int(byte(start &+ offset) &- 0x30) &* 10 &+ Int(byte(start &+ offset &+ 1) &- 0x30)
        }
        guard (1...12).contains(two(5)), (1...28).contains(two(8)), two(11) < 24, has(":", at: start &+ 16),
            byte(start &+ 17) &- 0x30 < 6, isDigit(byte(start &+ 18))
        else { return false }
        guard end &- start > 20 else { return true }
        guard has(".", at: start &+ 19), end &- start > 21 else { return false }
        for offset in start &+ 20..<end &- 1 where !isDigit(byte(offset)) { return false }
        return true
    }
}

/// Whether so many bytes are the same, looked at eight at a time: the last ones together with some before them.
///
/// Memory safety: behind both texts stand some bytes more.
@inline(__always)
func isEqual(_ left: UnsafePointer<UInt8>, _ right: UnsafePointer<UInt8>, _ count: Int) -> Bool {
    @inline(__always) func difference(at offset: Int) -> UInt64 {
        unsafe UnsafeRawPointer(left + offset).loadUnaligned(as: UInt64.self)
            ^ UnsafeRawPointer(right + offset).loadUnaligned(as: UInt64.self)
    }
    guard count > 8 else {
        // What lies behind the texts is shifted out.
        return count == 0 || difference(at: 0).littleEndian &<< UInt64(truncatingIfNeeded: 64 &- 8 &* count) == 0
    }
    var offset = 0
    while offset &+ 8 < count {
        guard difference(at: offset) == 0 else { return false }
        offset &+= 8
    }
    return difference(at: count &- 8) == 0
}
