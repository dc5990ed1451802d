/// A line, or several that one frame runs across.
struct JoinedLine {
    var bytes: [UInt8]
    /// The number of the first line.
    var number: Int
    /// Where the further lines begin in `bytes`.
    var breaks: [Int] = []
    /// The frames in it, where they have been looked for.
    var findings: [FrameScanner.Finding]?
    /// What an envelope around the line tells: the JSON object that a logging system put it in.
    var envelope = LogPrefix()

    func lineNumber(at offset: Int) -> Int { number + breaks.count { $0 <= offset } }
}

/// Puts frames together that stand on several lines: pretty-printed ones, CSV cells, and texts that a logger or a
/// terminal cut at a column, with or without the line's prefix before each piece.
///
/// Lines are joined only where a whole frame comes out; any doubt hands them on one by one.
struct LineJoiner {
    /// Beyond so much, a frame that has not ended is taken as cut.
    private static let maximumBytes = 1 << 20
    private static let maximumLines = 10_000
    /// So many lines may pass until it is clear whether a frame begins.
    private static let undecidedLines = 12

    /// A line, with its number and its envelope.
    private typealias Line = JoinedLine

    /// Lines that may belong together, since a frame begins on the first and has not ended.
    private struct Hold {
        var lines: [Line]
        /// Where the frame begins on the first line.
        let start: Int
        var joined: JoinedLine
        /// Follows the frame; `nil` while the frame's first elements are still to come.
        var extent: FrameExtent?
        /// Whether further lines repeat the prefix of the first.
        var isWrapped: Bool?
    }

    private var hold: Hold?

    /// Whether lines are held that a further line may complete.
    var isHolding: Bool { hold != nil }

    /// Whether a frame begins in a line that the line does not end.
    static func endsInFrame(_ line: [UInt8]) -> Bool { openFrame(line, FrameScanner.findings(in: line)) != nil }

    /// Takes a line and returns what is now ready.
    mutating func take(_ line: JoinedLine) -> [JoinedLine] {
        var ready: [JoinedLine] = []
        var waiting = [line]
        while let line = waiting.popLast() {
            guard hold != nil else {
                if let single = begin(line) { ready.append(single) }
                continue
            }
            switch extend(with: line) {
            case .open: break
            case .complete:
                var joined = hold!.joined
                let findings = FrameScanner.findings(in: joined.bytes)
                if findings.contains(where: { $0.range.lowerBound == hold!.start && $0.isFrame }) {
                    hold = nil
                    joined.findings = findings
                    ready.append(joined)
                } else {
                    waiting += release(&ready)
                }
            case .broken:
                waiting.append(line)
                waiting += release(&ready)
            }
        }
        return ready
    }

    /// No more lines come: what is held is handed on line by line.
    mutating func finish() -> [JoinedLine] {
        var ready: [JoinedLine] = []
        while hold != nil {
            var waiting = release(&ready)
            while hold == nil, let line = waiting.popLast() { ready += begin(line).map { [$0] } ?? [] }
            while let line = waiting.popLast() { ready += take(line) }
        }
        return ready
    }

    /// Gives up on what is held: its first line is ready, the others are looked at again, the next one last.
    private mutating func release(_ ready: inout [JoinedLine]) -> [JoinedLine] {
        guard let held = hold else { return [] }
        hold = nil
        ready.append(held.lines[0])
        return held.lines.dropFirst().reversed()
    }

    /// Holds a line that begins a frame, or hands it back.
    private mutating func begin(_ line: JoinedLine) -> JoinedLine? {
        // A whole object needs no other line, and most of them are records, whose frames are not looked for.
        if line.bytes.first == UInt8(ascii: "{"), line.bytes.last == UInt8(ascii: "}") { return line }
        var line = line
        let findings = line.findings ?? FrameScanner.findings(in: line.bytes)
        line.findings = findings
        guard let (start, extent) = LineJoiner.openFrame(line.bytes, findings) else { return line }
        hold = Hold(lines: [line], start: start, joined: line, extent: extent)
        return nil
    }

    /// Where a frame begins that the line does not end, and how it goes on, if that can be told yet.
    private static func openFrame(_ line: [UInt8], _ findings: [FrameScanner.Finding]) -> (Int, FrameExtent?)? {
        if let last = findings.last, last.isOpen {
            let start = last.range.lowerBound
            var extent = FrameExtent(isCell: FrameStart.look(at: start, in: line[...]) == .doubled)
            extent.follow(line[start...])
            guard case .open = extent.state else { return nil }
            return (start, extent)
        }
        guard let start = line.suffix(24).lastIndex(where: { $0 == UInt8(ascii: "[") || $0 == UInt8(ascii: "{") })
        else { return nil }
        if line[start] == UInt8(ascii: "{") {
            return line[(start + 1)...].allSatisfy(isBlank) ? (start, nil) : nil
        }
        return FrameStart.look(at: start, in: line[...]) == .undecided ? (start, nil) : nil
    }

    /// Adds a line to what is held, if it can go on there.
    private mutating func extend(with line: JoinedLine) -> FrameExtent.State {
        guard hold!.lines.count < LineJoiner.maximumLines,
            hold!.joined.bytes.count + line.bytes.count < LineJoiner.maximumBytes
        else { return .broken }
        let prefix = LineJoiner.repeatedPrefix(of: hold!.lines[0].bytes[..<hold!.start], on: line.bytes)
        if let isWrapped = hold!.isWrapped, isWrapped != (prefix != nil) { return .broken }
        let more = line.bytes[(prefix ?? 0)...]
        let isInString = hold!.extent?.mayBreakLine == false
        // Another frame begins there: this one was cut.
        if !(isInString && prefix != nil), let first = more.firstIndex(where: { !isBlank($0) }),
            more[first] == UInt8(ascii: "["),
            case .plain(_, certain: true) = FrameStart.look(at: first, in: line.bytes[...])
        {
            return .broken
        }
        if prefix == nil, isInString, !isWrappedAtColumn(line.bytes) { return .broken }
        let before = hold!.joined
        let end = before.bytes.count
        if prefix == nil, !isInString, LineJoiner.isLineBreak(after: before.bytes.last, before: more.first) {
            hold!.joined.bytes.append(0x0A)
        }
        hold!.joined.breaks.append(hold!.joined.bytes.count)
        hold!.joined.bytes += more
        let state = follow(from: end)
        if case .broken = state {
            hold!.joined = before
        } else {
            hold!.isWrapped = prefix != nil
            hold!.lines.append(line)
        }
        return state
    }

    /// Whether a text without prefixes may have been cut at a terminal's width in the middle of a string: all its lines but
    /// the last have about that width, and none begins with a time.
    private func isWrappedAtColumn(_ line: [UInt8]) -> Bool {
        let (first, last) = (hold!.lines[0].bytes, hold!.lines[hold!.lines.count - 1].bytes)
        return first.count >= 40 && abs(first.count - last.count) <= 8 && line.count <= first.count + 8
            && !LineJoiner.isElided(last) && LogTime.first(in: line.prefix(40)) == nil
    }

    /// Whether a line says at its end that it was cut.
    private static func isElided(_ line: [UInt8]) -> Bool {
        hasElision(line.suffix(8)) || line.suffix(1).contains { "])>".utf8.contains($0) }
    }

    /// Whether a line break stands between values, and not in the middle of a number or a word that was cut.
    private static func isLineBreak(after last: UInt8?, before first: UInt8?) -> Bool {
        guard let last, let first else { return true }
        return !(LogPrefix.isWordByte(last) || last == UInt8(ascii: ".") || last == UInt8(ascii: "-"))
            || !(LogPrefix.isWordByte(first) || first == UInt8(ascii: "."))
    }

    private mutating func follow(from end: Int) -> FrameExtent.State {
        if hold!.extent != nil {
            hold!.extent!.follow(hold!.joined.bytes[end...])
            return hold!.extent!.state
        }
        var isCell = false
        if hold!.joined.bytes[hold!.start] == UInt8(ascii: "{") {
            switch FrameScanner.objectStart(at: hold!.start, in: hold!.joined.bytes) {
            case .none: return .broken
            case .undecided: return hold!.lines.count < LineJoiner.undecidedLines ? .open : .broken
            case .plain: break
            case .escaped, .doubled: return .broken
            }
        } else {
            switch FrameStart.look(at: hold!.start, in: hold!.joined.bytes[...]) {
            case .none, .escaped: return .broken
            case .undecided: return hold!.lines.count < LineJoiner.undecidedLines ? .open : .broken
            case .plain: break
            case .doubled: isCell = true
            }
        }
        hold!.extent = FrameExtent(isCell: isCell)
        hold!.extent!.follow(hold!.joined.bytes[hold!.start...])
        return hold!.extent!.state
    }

    /// How long the prefix is that a cut text's line repeats: all that stands before the frame, or all but an arrow;
    /// digits may differ. It must hold a time: without one, lines that begin alike prove nothing.
    private static func repeatedPrefix(of prefix: ArraySlice<UInt8>, on line: [UInt8]) -> Int? {
        guard LogTime.first(in: prefix) != nil else { return nil }
        if isAlike(prefix, line) { return prefix.count }
        var rest = prefix
        while let last = rest.last, isBlank(last) || "<>-=".utf8.contains(last) { rest.removeLast() }
        let kept = prefix[..<rest.endIndex]
        return LogTime.first(in: kept) != nil && isAlike(kept, line) ? kept.count : nil
    }

    /// Whether a line begins as another one did: the same but for digits, and for a capital letter that stands alone,
    /// as container runtimes mark pieces (`P`) and the last of them (`F`).
    private static func isAlike(_ prefix: ArraySlice<UInt8>, _ line: [UInt8]) -> Bool {
        guard line.count >= prefix.count else { return false }
        func isAlone(_ index: Int) -> Bool {
            index > 0 && prefix[index - 1] == 0x20 && index + 1 < prefix.endIndex && prefix[index + 1] == 0x20
        }
        for index in prefix.indices {
            let (a, b) = (prefix[index], line[index])
            let isCapital = a &- UInt8(ascii: "A") < 26 && b &- UInt8(ascii: "A") < 26
            guard a == b || (isDigit(a) && isDigit(b)) || (isCapital && isAlone(index)) else { return false }
        }
        return true
    }
}
