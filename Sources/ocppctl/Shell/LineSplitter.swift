/// Cuts chunks of bytes into lines, counted from 1.
struct LineSplitter {
    /// Windows begins texts with it.
    static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

    private var partial: [UInt8] = []
    private var number = 0

    /// The lines that end in this chunk, without their newlines and carriage returns, and without the byte order mark
    /// that stands at the beginning of a file, or of one of several put together.
    mutating func split(_ chunk: [UInt8]) -> [(number: Int, line: [UInt8])] {
        var lines: [(Int, [UInt8])] = []
        var start = 0
        while let end = chunk[start...].firstIndex(of: 0x0A) {
            number += 1
            lines.append((number, bare(partial + chunk[start..<end])))
            partial.removeAll(keepingCapacity: true)
            start = end + 1
        }
        partial += chunk[start...]
        return lines
    }

    /// The last line, where it ended without a newline.
    mutating func rest() -> [(number: Int, line: [UInt8])] {
        guard !partial.isEmpty else { return [] }
        defer { partial = [] }
        number += 1
        return [(number, bare(partial))]
    }

    private func bare(_ line: [UInt8]) -> [UInt8] {
        var line = line[...]
        if line.last == 0x0D { line.removeLast() }
        if line.starts(with: Self.byteOrderMark) { line.removeFirst(Self.byteOrderMark.count) }
        return Array(line)
    }
}
