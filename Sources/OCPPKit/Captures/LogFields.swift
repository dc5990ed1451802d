/// What the cells of a CSV row tell.
struct LogFields {
    /// The columns of a CSV file that tell something, by their number.
    struct Columns {
        let separator: UInt8
        let roles: [Int: LogRole]

        /// Reads a header: two columns or more that tell something.
        init?(header line: [UInt8]) {
            let separators = [UInt8(ascii: ","), UInt8(ascii: ";"), 0x09, UInt8(ascii: "|")]
            guard line.count < 4096, let separator = line.first(where: { separators.contains($0) }) else { return nil }
            var roles: [Int: LogRole] = [:]
            for (number, cell) in line.split(separator: separator, omittingEmptySubsequences: false).enumerated() {
                guard cell.allSatisfy({ $0 != UInt8(ascii: "{") && $0 != UInt8(ascii: ":") }) else { return nil }
                roles[number] = LogRole(named: cell)
            }
            guard roles.count >= 2 else { return nil }
            self.separator = separator
            self.roles = roles
        }
    }

    /// Adds what the cells of a CSV row tell.
    static func read(_ row: [UInt8], _ columns: Columns, into prefix: inout LogPrefix) {
        let quote = UInt8(ascii: "\"")
        var number = 0
        var position = 0
        while position <= row.count {
            var cell: ArraySlice<UInt8>
            if position < row.count, row[position] == quote {
                let unquoted = Unquoted.cell(in: row, from: position + 1)
                cell = unquoted.bytes[...]
                position = row[min(row.count, unquoted.end + 1)...].firstIndex(of: columns.separator) ?? row.count
            } else {
                let end = row[position...].firstIndex(of: columns.separator) ?? row.count
                cell = row[position..<end]
                position = end
            }
            if let role = columns.roles[number] { prefix.take(role, cell) }
            number += 1
            position += 1
        }
    }
}
