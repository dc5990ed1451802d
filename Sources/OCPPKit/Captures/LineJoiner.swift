/// A line, or several that one frame runs across.
struct JoinedLine {
    var bytes: [UInt8]
    /// The number of the first line.
    var number: Int
    /// Where the further lines begin in `bytes`.
    var breaks: [Int] = []
    /// What has been found in it already.
    var findings: [FrameScanner.Finding]?

    func lineNumber(at offset: Int) -> Int { number + breaks.count { $0 <= offset } }
}

struct LineJoiner {
    mutating func take(_ line: [UInt8], number: Int) -> [JoinedLine] { [JoinedLine(bytes: line, number: number)] }
    mutating func finish() -> [JoinedLine] { [] }
}
