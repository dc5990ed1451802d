/// Cuts chunks of bytes into lines, counted from 1.
struct LineSplitter {
    private var partial: [UInt8] = []
    private var number = 0

    /// The lines that end in this chunk, without their newlines and carriage returns.
    mutating func split(_ chunk: [UInt8]) -> [(number: Int, line: [UInt8])] {
        var lines: [(Int, [UInt8])] = []
        var start = 0
        while let end = chunk[start...].firstIndex(of: 0x0A) {
            number += 1
            lines.append((number, withoutReturn(partial + chunk[start..<end])))
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
        return [(number, withoutReturn(partial))]
    }

    private func withoutReturn(_ line: [UInt8]) -> [UInt8] {
        line.last == 0x0D ? Array(line.dropLast()) : line
    }
}
