/// Takes a quoted text apart: what it says, and where it ends in the text around it.
struct Unquoted {
    var bytes: [UInt8] = []
    /// The offset of the closing quote; the text's length where there is none.
    var end: Int
    var isClosed = false

    /// The rest of a JSON string from an offset inside it: backslashes resolved, up to a quote without one.
    static func string(in text: [UInt8], from start: Int) -> Unquoted {
        backslashes(in: text, from: start, until: UInt8(ascii: "\""))
    }

    /// The rest of a Python literal in single quotes: `'…'`, `b'…'`.
    static func literal(in text: [UInt8], from start: Int) -> Unquoted {
        backslashes(in: text, from: start, until: UInt8(ascii: "'"))
    }

    /// The rest of a CSV cell: `""` is one quote, a single one ends it.
    static func cell(in text: [UInt8], from start: Int) -> Unquoted {
        let quote = UInt8(ascii: "\"")
        var result = Unquoted(end: text.count)
        var position = start
        while position < text.count {
            if text[position] == quote {
                guard position + 1 < text.count, text[position + 1] == quote else {
                    result.end = position
                    result.isClosed = true
                    return result
                }
                position += 1
            }
            result.bytes.append(text[position])
            position += 1
        }
        return result
    }

    /// A piece of a quoted text with its escapes resolved; its quotes stay.
    static func withoutEscapes(_ text: ArraySlice<UInt8>) -> [UInt8] {
        // No byte of a text is the end of it.
        let bytes = backslashes(in: Array(text), from: 0, until: nil).bytes
        return bytes.contains(0x1B) ? LineSplitter.withoutColours(bytes) : bytes
    }

    /// A line of a page in which a frame's quotes stand as `&quot;`, as it was before; `nil` where there is no such frame.
    static func withoutEntities(_ line: [UInt8]) -> [UInt8]? {
        guard let first = line.firstIndex(of: UInt8(ascii: "&")) else { return nil }
        let quote = Array("&quot;".utf8)
        // `[2,&quot;17&quot;,`: entities inside the texts of a frame are the frame's own.
        let isQuoted = line[first...].indices.contains { index in
            guard line[index] == UInt8(ascii: "&"), line[index...].starts(with: quote) else { return false }
            let before = line[..<index].suffix(8).filter { !isBlank($0) }
            let id = line[(index + quote.count)...].prefix(64).prefix { $0 != UInt8(ascii: "&") }
            let after = line[id.endIndex...]
            return before.last == UInt8(ascii: ",") && before.dropLast().last.map(isDigit) == true
                && before.dropLast(2).last == UInt8(ascii: "[") && after.starts(with: quote)
                && after.dropFirst(quote.count).first { !isBlank($0) } == UInt8(ascii: ",")
        }
        guard isQuoted else { return nil }
        let entities: [(name: [UInt8], byte: UInt8)] = [
            (quote, UInt8(ascii: "\"")), (Array("&lt;".utf8), UInt8(ascii: "<")),
            (Array("&gt;".utf8), UInt8(ascii: ">")),
            (Array("&#39;".utf8), UInt8(ascii: "'")), (Array("&amp;".utf8), UInt8(ascii: "&")),
        ]
        var result = Array(line[..<first])
        var position = first
        while position < line.count {
            if line[position] == UInt8(ascii: "&"),
                let entity = entities.first(where: { line[position...].starts(with: $0.name) })
            {
                result.append(entity.byte)
                position += entity.name.count
            } else {
                result.append(line[position])
                position += 1
            }
        }
        return result
    }

    /// `CP%20001` as it is meant; what is no such escape stays.
    static func percentEncoded(_ text: ArraySlice<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        var position = text.startIndex
        while position < text.endIndex {
            if text[position] == UInt8(ascii: "%"), position + 2 < text.endIndex,
                let high = hexadecimalValue(text[position + 1]), let low = hexadecimalValue(text[position + 2])
            {
                result.append(UInt8(high << 4 | low))
                position += 3
            } else {
                result.append(text[position])
                position += 1
            }
        }
        return result
    }

    private static func backslashes(in text: [UInt8], from start: Int, until quote: UInt8?) -> Unquoted {
        var result = Unquoted(end: text.count)
        var position = start
        while position < text.count {
            let byte = text[position]
            if byte == quote {
                result.end = position
                result.isClosed = true
                return result
            }
            if byte == UInt8(ascii: "\\"), position + 1 < text.count {
                position = result.appendEscape(in: text, at: position)
            } else {
                result.bytes.append(byte)
                position += 1
            }
        }
        return result
    }

    /// Resolves the escape at an offset and returns the offset behind it; one that nobody knows stays as it is.
    private mutating func appendEscape(in text: [UInt8], at backslash: Int) -> Int {
        switch text[backslash + 1] {
        case UInt8(ascii: "n"): bytes.append(0x0A)
        case UInt8(ascii: "r"): bytes.append(0x0D)
        case UInt8(ascii: "t"): bytes.append(0x09)
        case UInt8(ascii: "b"): bytes.append(0x08)
        case UInt8(ascii: "f"): bytes.append(0x0C)
        case UInt8(ascii: "\\"), UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "/"):
            bytes.append(text[backslash + 1])
        case UInt8(ascii: "x"):
            guard let value = hexadecimal(in: text, from: backslash + 2, digits: 2) else { fallthrough }
            bytes.append(UInt8(value))
            return backslash + 4
        case UInt8(ascii: "u"):
            guard let first = hexadecimal(in: text, from: backslash + 2, digits: 4) else { fallthrough }
            return appendScalar(first, in: text, at: backslash)
        default:
            bytes.append(UInt8(ascii: "\\"))
            bytes.append(text[backslash + 1])
        }
        return backslash + 2
    }

    /// A `\u` escape; two of them where they are a surrogate pair.
    private mutating func appendScalar(_ first: UInt32, in text: [UInt8], at backslash: Int) -> Int {
        var value = first
        var end = backslash + 6
        if (0xD800..<0xDC00).contains(first), end + 1 < text.count, text[end] == UInt8(ascii: "\\"),
            text[end + 1] == UInt8(ascii: "u"), let second = hexadecimal(in: text, from: end + 2, digits: 4),
            (0xDC00..<0xE000).contains(second)
        {
            value = 0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00)
            end += 6
        }
        bytes.append(contentsOf: String(Unicode.Scalar(value) ?? "\u{FFFD}").utf8)
        return end
    }

    private func hexadecimal(in text: [UInt8], from start: Int, digits: Int) -> UInt32? {
        guard start + digits <= text.count else { return nil }
        var value: UInt32 = 0
        for byte in text[start..<start + digits] {
            guard let digit = hexadecimalValue(byte) else { return nil }
            value = value << 4 | UInt32(digit)
        }
        return value
    }
}
