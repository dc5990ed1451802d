/// Finds the frames that stand anywhere in a text: bare, after prefixes, in quotes, several of them, whole or broken.
///
/// Each byte is looked at a bounded number of times, whatever the text.
public struct FrameScanner {
    /// A frame, or what begins as one.
    public struct Finding: Sendable {
        public enum Content: Sendable {
            case frame(Frame)
            case broken(FrameError, raw: [UInt8])
        }

        public var content: Content
        /// Where it stands in the text that was given, its quotes aside.
        public var range: Range<Int>
        /// Whether the text ended inside it, so that more text may complete it.
        public var isOpen = false

        var isFrame: Bool { if case .frame = content { true } else { false } }
    }

    /// Texts quoted within quoted texts are followed this deep.
    private static let maximumQuoting = 4

    private let text: [UInt8]
    private let quoting: Int
    private var findings: [Finding] = []
    /// Starts before this offset lie inside a frame that is broken.
    private var brokenUntil = 0
    /// Single-quoted literals before this offset have been tried.
    private var literalsUntil = 0

    /// The frames of a text, in order.
    public static func findings(in text: [UInt8]) -> [Finding] { findings(in: text, quoting: 0) }

    private static func findings(in text: [UInt8], quoting: Int) -> [Finding] {
        var scanner = FrameScanner(text: text, quoting: quoting)
        scanner.scan()
        return scanner.findings
    }

    private init(text: [UInt8], quoting: Int) {
        self.text = text
        self.quoting = quoting
    }

    private mutating func scan() {
        var position = 0
        while let (start, kind) = nextStart(from: position) {
            position = read(kind, at: start)
        }
    }

    private enum Start {
        case array(typeId: Int, certain: Bool)
        case object
        case escaped, doubled
    }

    private func nextStart(from first: Int) -> (Int, Start)? {
        var position = first
        while position < text.count {
            let byte = text[position]
            if byte == UInt8(ascii: "[") {
                switch FrameStart.look(at: position, in: text[...]) {
                case .none, .undecided: break
                case .plain(let typeId, let certain):
                    // Inside a broken frame only what looks like a message is another one.
                    if position >= brokenUntil || (2...4).contains(typeId) {
                        return (position, .array(typeId: typeId, certain: certain))
                    }
                case .escaped: return (position, .escaped)
                case .doubled: return (position, .doubled)
                }
            } else if byte == UInt8(ascii: "{"), let kind = objectStart(at: position) {
                return (position, kind)
            }
            position += 1
        }
        return nil
    }

    /// How an object that may be a wrapped frame is written.
    enum ObjectStart {
        case none, undecided, plain, escaped, doubled
    }

    /// A frame's type stands at most so far behind the brace.
    private static let typeKeyWindow = 512

    /// Whether the object at an offset has, near its beginning, a key that a wrapped frame has.
    static func objectStart(at start: Int, in text: [UInt8]) -> ObjectStart {
        var position = start + 1
        while position < text.count, isBlank(text[position]) { position += 1 }
        let firstQuote = position
        while position < text.count, text[position] == UInt8(ascii: "\\") { position += 1 }
        guard position < text.count else { return .undecided }
        // Blanks of a text that was quoted stand as escapes.
        var isEscaped = position > firstQuote
        if isEscaped, text[position] != UInt8(ascii: "\"") {
            guard text[position] == UInt8(ascii: "n") || text[position] == UInt8(ascii: "r") else { return .none }
            while position < text.count, text[position] != UInt8(ascii: "\"") {
                guard isBlank(text[position]) || "\\nrt".utf8.contains(text[position]) else { return .none }
                position += 1
            }
            guard position < text.count else { return .none }
            isEscaped = true
        }
        guard text[position] == UInt8(ascii: "\"") else { return .none }
        position += 1
        let isDoubled = position < text.count && text[position] == UInt8(ascii: "\"")
        if isDoubled { position += 1 }
        if !WrappedFrame.isKey(text[position..<min(text.count, position + 24)]) {
            let end = min(text.count, start + typeKeyWindow)
            guard hasTypeKey(text[position..<max(position, end)]) else {
                return end == text.count && !isDoubled && !isEscaped ? .undecided : .none
            }
        }
        return isDoubled ? .doubled : isEscaped ? .escaped : .plain
    }

    /// Whether a text between quotes is the key of a frame's type.
    private static func hasTypeKey(_ text: ArraySlice<UInt8>) -> Bool {
        var rest = text
        while let quote = rest.firstIndex(of: UInt8(ascii: "\"")) {
            rest = rest[(quote + 1)...]
            if WrappedFrame.isTypeKey(rest.prefix(24)) { return true }
        }
        return false
    }

    private func objectStart(at start: Int) -> Start? {
        switch FrameScanner.objectStart(at: start, in: text) {
        case .none, .undecided: nil
        case .plain: .object
        case .escaped: .escaped
        case .doubled: .doubled
        }
    }

    /// Reads what begins at an offset and returns where to look further.
    private mutating func read(_ kind: Start, at start: Int) -> Int {
        switch kind {
        case .array(_, let certain): readArray(at: start, certain: certain)
        case .object: readObject(at: start)
        case .escaped: readQuoted(Unquoted.string(in: text, from: start), at: start, isCell: false)
        case .doubled: readQuoted(Unquoted.cell(in: text, from: start), at: start, isCell: true)
        }
    }

    private mutating func readQuoted(_ unquoted: Unquoted, at start: Int, isCell: Bool) -> Int {
        guard quoting < FrameScanner.maximumQuoting else { return unquoted.end + 1 }
        let bytes = unquoted.bytes.contains(0x1B) ? LineSplitter.withoutColours(unquoted.bytes) : unquoted.bytes
        for var finding in FrameScanner.findings(in: bytes, quoting: quoting + 1) {
            finding.range = start..<unquoted.end
            // A JSON string cannot go on on the next line; a CSV cell can.
            finding.isOpen = finding.isOpen && isCell && !unquoted.isClosed
            findings.append(finding)
        }
        return unquoted.end + 1
    }

    private mutating func readObject(at start: Int) -> Int {
        guard let (tree, end) = try? JSONTree.parsingPrefix(of: text, from: start),
            let frame = try? Frame(tree.root)
        else { return start + 1 }
        // An object may tell about a frame and hold it too; then the frame itself counts.
        let held =
            quoting < FrameScanner.maximumQuoting
            ? FrameScanner.findings(in: Array(text[(start + 1)..<end]), quoting: quoting + 1) : []
        if held.contains(where: \.isFrame) {
            findings += held.map { Finding(content: $0.content, range: start..<end) }
        } else {
            findings.append(Finding(content: .frame(frame), range: start..<end))
        }
        return end
    }

    private mutating func readArray(at start: Int, certain: Bool) -> Int {
        if isInBytesLiteral(start), let end = readLiteral(at: start) { return end }
        do {
            let (tree, end) = try JSONTree.parsingPrefix(of: text, from: start)
            return readValue(tree.root, start..<end, certain: certain)
        } catch {
            return readBroken(error, at: start)
        }
    }

    private mutating func readValue(_ node: JSONNode, _ range: Range<Int>, certain: Bool) -> Int {
        do throws(FrameError) {
            let frame = try Frame(node)
            if let cut = cutInQuotes(range) {
                let error = FrameError(code: .truncated, message: "cut in the middle", reading: text[cut])
                findings.append(Finding(content: .broken(error, raw: Array(text[cut])), range: cut))
                return cut.upperBound
            }
            if certain || frame.kind != .callError || node.elements.reduce(0, { n, _ in n + 1 }) > 3 {
                findings.append(Finding(content: .frame(frame), range: range))
            }
        } catch {
            if certain { findings.append(Finding(content: .broken(error, raw: Array(text[range])), range: range)) }
        }
        return range.upperBound
    }

    /// A text that lost its middle can still be JSON, with more text before the closing quote: gives all up to there.
    private func cutInQuotes(_ range: Range<Int>) -> Range<Int>? {
        guard isInSingleQuotes(range.lowerBound),
            let next = text[range.upperBound...].first(where: { !isBlank($0) }), next != UInt8(ascii: "'"),
            hasElision(text[range])
        else { return nil }
        let quote = text[range.upperBound...].firstIndex(of: UInt8(ascii: "'"))
        return quote.map { range.lowerBound..<$0 }
    }

    private func isInSingleQuotes(_ start: Int) -> Bool { start > 0 && text[start - 1] == UInt8(ascii: "'") }

    /// `b'…'`: whatever backslashes stand there are Python's.
    private func isInBytesLiteral(_ start: Int) -> Bool {
        isInSingleQuotes(start) && start > 1 && text[start - 2] | 0x20 == UInt8(ascii: "b")
            && (start == 2 || !LogPrefix.isWordByte(text[start - 3]))
    }

    /// Reads a frame inside a Python literal and returns where it ends; `nil` where there is none.
    private mutating func readLiteral(at start: Int) -> Int? {
        guard start >= literalsUntil else { return nil }
        let literal = Unquoted.literal(in: text, from: start)
        literalsUntil = literal.end
        guard let (tree, end) = try? JSONTree.parsingPrefix(of: literal.bytes, from: 0),
            let frame = try? Frame(tree.root), end == literal.bytes.count || !hasElision(frame.raw)
        else { return nil }
        findings.append(Finding(content: .frame(frame), range: start..<literal.end))
        return literal.end
    }

    private mutating func readBroken(_ error: JSONError, at start: Int) -> Int {
        if isInSingleQuotes(start), let end = readLiteral(at: start) { return end }
        brokenUntil = max(brokenUntil, error.offset)
        var end = text.count
        var next: Int
        if isInSingleQuotes(start), let quote = text[error.offset...].firstIndex(of: UInt8(ascii: "'")) {
            end = quote
            next = min(nextStart(after: start, stoppedAt: error), nextStart(from: quote)?.0 ?? text.count)
            if next > start, next < quote, hasElision(text[start..<quote]) { next = quote }
        } else {
            next = nextStart(after: start, stoppedAt: error)
        }
        end = min(end, next)
        while end > start, isBlank(text[end - 1]) { end -= 1 }
        let code: FrameError.Code = isCut(error, at: start, end: end) ? .truncated : .json
        let message = JSONError(error.code, at: error.offset - start).description
        findings.append(
            Finding(
                content: .broken(
                    FrameError(code: code, message: message, reading: text[start..<end]),
                    raw: Array(text[start..<end])),
                range: start..<end, isOpen: error.code == .unexpectedEnd))
        return next
    }

    /// Where the next frame begins after a broken one. What looks like one inside its texts is none, unless reading
    /// stopped right there: then the text was cut before it.
    private func nextStart(after start: Int, stoppedAt error: JSONError) -> Int {
        // What nests too deep is no frame at any of its levels.
        var from = error.code == .tooDeep ? error.offset : start + 1
        var position = start + 1
        var isInString = false
        while let (candidate, kind) = nextStart(from: from) {
            if candidate >= error.offset { return candidate }
            while position < candidate {
                if isInString, text[position] == UInt8(ascii: "\\") {
                    position += 1
                } else if text[position] == UInt8(ascii: "\"") {
                    isInString.toggle()
                }
                position += 1
            }
            if !isInString { return candidate }
            if case .array = kind, let quote = text[candidate...].firstIndex(of: UInt8(ascii: "\"")),
                error.offset == quote + 1, quote + 1 < text.count, text[quote + 1] < 0x80,
                LogPrefix.isWordByte(text[quote + 1])
            {
                return candidate
            }
            from = candidate + 1
        }
        return text.count
    }

    /// Whether a text stopped being JSON because it was cut or elided there.
    private func isCut(_ error: JSONError, at start: Int, end: Int) -> Bool {
        if error.code == .unexpectedEnd || error.offset >= end { return true }
        guard error.code == .unexpectedByte else { return false }
        // The mark stands where reading stopped, or in the string just before, which then runs on to some later quote.
        var windowStart = error.offset
        var quotes = 0
        while windowStart > start, quotes < 2, error.offset - windowStart < 4096 {
            windowStart -= 1
            if text[windowStart] == UInt8(ascii: "\"") { quotes += 1 }
        }
        return hasElision(text[windowStart..<min(end, error.offset + 4)]) || hasCutNote(at: error.offset, before: end)
    }

    /// `[truncated]`, `(truncated)`, `<truncated…`.
    private func hasCutNote(at offset: Int, before end: Int) -> Bool {
        // The letters of `true` are read before it is clear that they are others.
        let note = text[max(0, offset - 4)..<min(end, offset + 12)].map { $0 | 0x20 }
        return note.indices.contains { note[$0...].starts(with: "truncat".utf8) }
    }
}
