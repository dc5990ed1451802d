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
                switch FrameStart.look(at: position, in: text) {
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

    /// Whether the object at an offset begins with a key that a wrapped frame has.
    private func objectStart(at start: Int) -> Start? {
        var position = start + 1
        while position < text.count, isBlank(text[position]) { position += 1 }
        let firstQuote = position
        while position < text.count, text[position] == UInt8(ascii: "\\") { position += 1 }
        let isEscaped = position > firstQuote
        guard position < text.count, text[position] == UInt8(ascii: "\"") else { return nil }
        position += 1
        let isDoubled = position < text.count && text[position] == UInt8(ascii: "\"")
        if isDoubled { position += 1 }
        guard WrappedFrame.isKey(text[position..<min(text.count, position + 24)]) else { return nil }
        return isDoubled ? .doubled : isEscaped ? .escaped : .object
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
        for var finding in FrameScanner.findings(in: unquoted.bytes, quoting: quoting + 1) {
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
            if isCutInQuotes(range) {
                let error = FrameError(code: .truncated, message: "cut in the middle", reading: text[range])
                findings.append(Finding(content: .broken(error, raw: Array(text[range])), range: range))
            } else if certain || frame.kind != .callError || node.elements.reduce(0, { n, _ in n + 1 }) > 3 {
                findings.append(Finding(content: .frame(frame), range: range))
            }
        } catch {
            if certain { findings.append(Finding(content: .broken(error, raw: Array(text[range])), range: range)) }
        }
        return range.upperBound
    }

    /// A text that lost its middle can still be JSON, with brackets left over before the closing quote.
    private func isCutInQuotes(_ range: Range<Int>) -> Bool {
        guard range.upperBound < text.count, isInSingleQuotes(range.lowerBound),
            text[range.upperBound] == UInt8(ascii: "}") || text[range.upperBound] == UInt8(ascii: "]")
        else { return false }
        return hasElision(text[range])
    }

    private func isInSingleQuotes(_ start: Int) -> Bool { start > 0 && text[start - 1] == UInt8(ascii: "'") }

    private mutating func readBroken(_ error: JSONError, at start: Int) -> Int {
        if isInSingleQuotes(start), start >= literalsUntil {
            let literal = Unquoted.literal(in: text, from: start)
            literalsUntil = literal.end
            if let (tree, _) = try? JSONTree.parsingPrefix(of: literal.bytes, from: 0),
                let frame = try? Frame(tree.root)
            {
                findings.append(Finding(content: .frame(frame), range: start..<literal.end))
                return literal.end
            }
        }
        brokenUntil = max(brokenUntil, error.offset)
        var end = text.count
        if isInSingleQuotes(start), let quote = text[error.offset...].firstIndex(of: UInt8(ascii: "'")) { end = quote }
        // What nests too deep is no frame at any of its levels.
        let next = nextStart(from: error.code == .tooDeep ? error.offset : start + 1)?.0 ?? text.count
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
        return hasElision(text[windowStart..<min(end, error.offset + 3)]) || hasCutNote(at: error.offset, before: end)
    }

    /// `[truncated]`, `(truncated)`, `<truncated…`.
    private func hasCutNote(at offset: Int, before end: Int) -> Bool {
        let note = text[offset..<min(end, offset + 12)].map { $0 | 0x20 }
        return note.dropFirst().starts(with: "truncat".utf8) || note.starts(with: "truncat".utf8)
    }
}

/// Whether `...` or `…` stands in a text.
func hasElision(_ text: ArraySlice<UInt8>) -> Bool {
    var dots = 0
    var position = text.startIndex
    while position < text.endIndex {
        dots = text[position] == UInt8(ascii: ".") ? dots + 1 : 0
        if dots == 3 { return true }
        if text[position] == 0xE2, position + 2 < text.endIndex, text[position + 1] == 0x80, text[position + 2] == 0xA6
        {
            return true
        }
        position += 1
    }
    return false
}
