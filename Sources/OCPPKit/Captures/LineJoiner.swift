/// A line, or several that one frame runs across.
struct JoinedLine {
    var bytes: [UInt8]
    /// The number of the first line.
    var number: Int
    /// Where the further lines begin in `bytes`.
    var breaks: [Int] = []
    /// The frames in it, where they have been looked for.
    var findings: [FrameScanner.Finding]?

    func lineNumber(at offset: Int) -> Int { number + breaks.count { $0 <= offset } }
}

/// Puts frames together that stand on several lines: pretty-printed ones, CSV cells, and texts that a logger cut at a
/// column, repeating its prefix on each piece.
///
/// Lines are joined only where a whole frame comes out; any doubt hands them on one by one.
struct LineJoiner {
    /// Beyond so much, a frame that has not ended is taken as cut.
    private static let maximumBytes = 1 << 20
    private static let maximumLines = 10_000

    /// Lines that may belong together, since a frame begins on the first and has not ended.
    private struct Hold {
        var lines: [[UInt8]]
        let number: Int
        let findings: [FrameScanner.Finding]
        /// Where the frame begins on the first line.
        let start: Int
        var joined: JoinedLine
        /// Follows the frame; `nil` while the frame's first elements are still to come.
        var extent: FrameExtent?
        /// What each piece repeats, where the first line is one piece of a text that was cut.
        var isWrapped: Bool?
    }

    private var hold: Hold?

    /// Takes a line and returns what is now ready.
    mutating func take(_ line: [UInt8], number: Int) -> [JoinedLine] {
        guard hold != nil else { return begin(line, number) }
        switch extend(with: line) {
        case .open: return []
        case .complete:
            let joined = hold!.joined
            let findings = FrameScanner.findings(in: joined.bytes)
            if findings.contains(where: { $0.range.lowerBound == hold!.start && $0.isFrame }) {
                hold = nil
                return [
                    JoinedLine(bytes: joined.bytes, number: joined.number, breaks: joined.breaks, findings: findings)
                ]
            }
            let last = hold!.lines.removeLast()
            return finish() + begin(last, number)
        case .broken: return finish() + begin(line, number)
        }
    }

    /// No more lines come: what is held is handed on line by line.
    mutating func finish() -> [JoinedLine] {
        guard let held = hold else { return [] }
        hold = nil
        return held.lines.enumerated().map { index, line in
            JoinedLine(bytes: line, number: held.number + index, findings: index == 0 ? held.findings : nil)
        }
    }

    private mutating func begin(_ line: [UInt8], _ number: Int) -> [JoinedLine] {
        // A whole object needs no other line, and most of them are records, whose frames are not looked for.
        if line.first == UInt8(ascii: "{"), line.last == UInt8(ascii: "}") {
            return [JoinedLine(bytes: line, number: number)]
        }
        let findings = FrameScanner.findings(in: line)
        let joined = JoinedLine(bytes: line, number: number, findings: findings)
        guard let (start, isCell) = LineJoiner.openFrame(line, findings) else { return [joined] }
        var held = Hold(lines: [line], number: number, findings: findings, start: start, joined: joined)
        if let isCell {
            var extent = FrameExtent(isCell: isCell)
            extent.follow(line[start...])
            guard case .open = extent.state else { return [joined] }
            held.extent = extent
        }
        hold = held
        return []
    }

    /// Where a frame begins that the line does not end, and whether it is a CSV cell, if that can be told yet.
    private static func openFrame(_ line: [UInt8], _ findings: [FrameScanner.Finding]) -> (Int, isCell: Bool?)? {
        if let last = findings.last, last.isOpen {
            return (last.range.lowerBound, FrameStart.look(at: last.range.lowerBound, in: line) == .doubled)
        }
        guard let start = line.suffix(24).lastIndex(of: UInt8(ascii: "[")),
            FrameStart.look(at: start, in: line) == .undecided
        else { return nil }
        return (start, nil)
    }

    /// Adds a line to what is held, if it can go on there.
    private mutating func extend(with line: [UInt8]) -> FrameExtent.State {
        guard hold!.lines.count < LineJoiner.maximumLines,
            hold!.joined.bytes.count + line.count < LineJoiner.maximumBytes
        else { return .broken }
        let prefix = LineJoiner.repeatedPrefix(of: hold!.lines[0][..<hold!.start], on: line)
        if let isWrapped = hold!.isWrapped, isWrapped != (prefix != nil) { return .broken }
        if prefix == nil, hold!.extent?.mayBreakLine == false { return .broken }
        hold!.isWrapped = prefix != nil
        let more = line[(prefix ?? 0)...]
        let end = hold!.joined.bytes.count
        if prefix == nil { hold!.joined.bytes.append(0x0A) }
        hold!.joined.breaks.append(hold!.joined.bytes.count)
        hold!.joined.bytes += more
        hold!.lines.append(line)
        let state = follow(from: end)
        // The line did not belong there: it is not held.
        if case .broken = state { hold!.lines.removeLast() }
        return state
    }

    private mutating func follow(from end: Int) -> FrameExtent.State {
        if hold!.extent != nil {
            hold!.extent!.follow(hold!.joined.bytes[end...])
            return hold!.extent!.state
        }
        let extent: FrameExtent
        switch FrameStart.look(at: hold!.start, in: hold!.joined.bytes) {
        case .none, .escaped: return .broken
        case .undecided: return hold!.lines.count < 8 ? .open : .broken
        case .plain: extent = FrameExtent(isCell: false)
        case .doubled: extent = FrameExtent(isCell: true)
        }
        hold!.extent = extent
        hold!.extent!.follow(hold!.joined.bytes[hold!.start...])
        return hold!.extent!.state
    }

    /// How long the prefix is that a cut text's line repeats: all that stands before the frame, or all but an arrow.
    /// It must hold a time; without one, lines that begin alike prove nothing.
    private static func repeatedPrefix(of prefix: ArraySlice<UInt8>, on line: [UInt8]) -> Int? {
        guard LogTime.first(in: prefix) != nil else { return nil }
        if line.starts(with: prefix) { return prefix.count }
        var rest = prefix
        while let last = rest.last, isBlank(last) || "<>-=".utf8.contains(last) { rest.removeLast() }
        let kept = prefix[..<rest.endIndex]
        return LogTime.first(in: kept) != nil && line.starts(with: kept) ? kept.count : nil
    }
}
