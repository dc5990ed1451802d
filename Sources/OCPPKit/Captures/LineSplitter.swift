/// Cuts a stream of bytes into lines, in constant memory: UTF-8, or UTF-16 with or without a byte order mark.
///
/// Lines come without their newline; `cleaned` takes from them what else is not theirs.
struct LineSplitter {
    /// A longer line is handed on in pieces of this size; `LogReader` mends the seams.
    static let maximumLineBytes = 2 << 20

    /// Files that were put one after the other each begin with one.
    private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

    /// Takes a line, and whether it goes on in the next one.
    typealias Body = (_ line: ArraySlice<UInt8>, _ isPiece: Bool) throws -> Void

    private enum Encoding {
        case unknown, utf8, utf16(isBigEndian: Bool)
    }

    /// The line that has begun.
    private var line: [UInt8] = []
    private var encoding = Encoding.unknown
    /// The first bytes, until they tell the encoding; later a byte or a surrogate that waits for its other half.
    private var waiting: [UInt8] = []
    private var highSurrogate: UInt16?

    /// Takes more of the stream and calls back for each line that is complete.
    mutating func split(_ chunk: [UInt8], _ body: Body) rethrows {
        if case .utf8 = encoding {
            try splitLines(chunk[...], body)
            return
        }
        waiting += chunk
        if case .unknown = encoding {
            guard waiting.count >= 4 else { return }
            chooseEncoding()
        }
        try drain(body)
    }

    /// The stream has ended: hands on a last line without a newline.
    mutating func finish(_ body: Body) rethrows {
        if case .unknown = encoding { chooseEncoding() }
        try drain(body)
        if !line.isEmpty { try body(line[...], false) }
        self = LineSplitter()
    }

    private mutating func chooseEncoding() {
        if waiting.starts(with: LineSplitter.byteOrderMark) {
            encoding = .utf8
            waiting.removeFirst(3)
        } else if waiting.starts(with: [0xFF, 0xFE]) || waiting.starts(with: [0xFE, 0xFF]) {
            encoding = .utf16(isBigEndian: waiting[0] == 0xFE)
            waiting.removeFirst(2)
        } else if waiting.count >= 4, waiting[0] == 0 || waiting[1] == 0, waiting[0] != waiting[1],
            (waiting[0] == 0) == (waiting[2] == 0), (waiting[1] == 0) == (waiting[3] == 0)
        {
            // Two characters of ASCII, each beside a zero: nothing else looks so.
            encoding = .utf16(isBigEndian: waiting[0] == 0)
        } else {
            encoding = .utf8
        }
    }

    private mutating func drain(_ body: Body) rethrows {
        let bytes = waiting
        waiting = []
        guard case .utf16(let isBigEndian) = encoding else {
            try splitLines(bytes[...], body)
            return
        }
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count)
        var index = 0
        while index + 1 < bytes.count {
            let (first, second) = (UInt16(bytes[index]), UInt16(bytes[index + 1]))
            append(isBigEndian ? first << 8 | second : second << 8 | first, to: &text)
            index += 2
        }
        if index < bytes.count { waiting = [bytes[index]] }
        try splitLines(text[...], body)
    }

    private mutating func append(_ unit: UInt16, to text: inout [UInt8]) {
        var value = UInt32(unit)
        if let high = highSurrogate, (0xDC00..<0xE000).contains(unit) {
            value = 0x10000 + (UInt32(high - 0xD800) << 10) + UInt32(unit - 0xDC00)
        }
        highSurrogate = (0xD800..<0xDC00).contains(unit) ? unit : nil
        guard highSurrogate == nil else { return }
        if value < 0x80 {
            text.append(UInt8(value))
        } else {
            text.append(contentsOf: String(Unicode.Scalar(value) ?? "\u{FFFD}").utf8)
        }
    }

    private mutating func splitLines(_ text: ArraySlice<UInt8>, _ body: Body) rethrows {
        var start = text.startIndex
        while let newline = text.firstOffset(of: 0x0A, from: start) {
            if line.isEmpty {
                try body(text[start..<newline], false)
            } else {
                line.append(contentsOf: text[start..<newline])
                try body(line[...], false)
                line.removeAll(keepingCapacity: true)
            }
            start = newline + 1
        }
        line.append(contentsOf: text[start...])
        if line.count > LineSplitter.maximumLineBytes {
            try body(line[...], true)
            line.removeAll()
        }
    }

    /// A line without a carriage return at its end, a byte order mark and terminal colours.
    static func cleaned(_ line: ArraySlice<UInt8>) -> [UInt8] {
        var line = line
        if line.last == 0x0D { line.removeLast() }
        if line.first == byteOrderMark[0], line.starts(with: byteOrderMark) { line.removeFirst(3) }
        return line.firstOffset(of: 0x1B, from: line.startIndex) != nil ? withoutColours(Array(line)) : Array(line)
    }

    /// Takes out what moves and colours a terminal's text: ESC `[` … letter, ESC `]` … BEL, ESC and one byte.
    static func withoutColours(_ line: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(line.count)
        var index = 0
        while index < line.count {
            guard line[index] == 0x1B, index + 1 < line.count else {
                result.append(line[index])
                index += 1
                continue
            }
            var end = index + 2
            switch line[index + 1] {
            case UInt8(ascii: "["): while end < line.count, (0x20..<0x40).contains(line[end]) { end += 1 }
            case UInt8(ascii: "]"):
                // Titles and links are short; one without an end takes nothing with it.
                let limit = min(line.count, end + 256)
                guard let bell = line[end..<limit].firstIndex(where: { $0 == 0x07 || $0 == 0x1B }) else { break }
                end = line[bell] == 0x1B ? bell + 1 : bell
            default: end -= 1
            }
            index = end + 1
        }
        return result
    }
}
