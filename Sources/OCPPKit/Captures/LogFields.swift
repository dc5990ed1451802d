/// What the named values of a whole line tell: the members of a JSON object, the cells of a CSV row.
struct LogFields {
    /// The columns of a CSV file that tell something, by their number.
    struct Columns {
        let separator: UInt8
        let roles: [Int: LogFormats.Role]

        /// Reads a header: two columns or more that tell something.
        init?(header line: [UInt8]) {
            let separators = [UInt8(ascii: ","), UInt8(ascii: ";"), 0x09]
            guard line.count < 4096, let separator = line.first(where: { separators.contains($0) }) else { return nil }
            var roles: [Int: LogFormats.Role] = [:]
            for (number, cell) in line.split(separator: separator, omittingEmptySubsequences: false).enumerated() {
                guard cell.allSatisfy({ $0 != UInt8(ascii: "{") && $0 != UInt8(ascii: ":") }) else { return nil }
                roles[number] = LogFormats.role(named: cell)
            }
            guard roles.count >= 2 else { return nil }
            self.separator = separator
            self.roles = roles
        }
    }

    /// Adds what the members of a JSON object tell; an array of one value counts as that value.
    static func read(_ object: JSONNode, into prefix: inout LogPrefix) {
        for (key, value) in object.members {
            guard let role = LogFormats.role(named: key.raw) else { continue }
            let single = value.isArray ? value.elements.first { _ in true } ?? value : value
            if let text = single.text {
                prefix.take(role, Array(text.utf8)[...])
            } else if single.kind == .number {
                prefix.take(role, single.raw)
            }
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
