/// How CSV is written.
public enum CSVDialect: String, Sendable, CaseIterable {
    /// Commas between fields, lines end with CRLF, UTF-8.
    case rfc4180
    /// What Excel opens in Brazil: semicolons, decimal commas, a byte order mark.
    case excelPtBR = "excel-pt-BR"

    var separator: Unicode.Scalar {
        switch self {
        case .rfc4180: ","
        case .excelPtBR: ";"
        }
    }

    var hasByteOrderMark: Bool { self == .excelPtBR }

    /// A number's text as the dialect writes it.
    func number(_ text: String) -> String {
        guard self == .excelPtBR else { return text }
        return String(decoding: text.utf8.map { $0 == UInt8(ascii: ".") ? UInt8(ascii: ",") : $0 }, as: UTF8.self)
    }

    /// A text that came from outside: one that a spreadsheet would take for a formula gets an apostrophe before it.
    func harmless(_ text: String) -> String {
        switch text.utf8.first {
        case UInt8(ascii: "="), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "@"): "'" + text
        default: text
        }
    }

    /// A line of fields, those quoted that need it, and CRLF.
    func line(_ fields: [String]) -> [UInt8] {
        var line: [UInt8] = []
        for (index, field) in fields.enumerated() {
            if index > 0 { line.append(UInt8(ascii: separator)) }
            guard field.utf8.contains(where: needsQuotes) else {
                line.append(contentsOf: field.utf8)
                continue
            }
            line.append(UInt8(ascii: "\""))
            for byte in field.utf8 {
                if byte == UInt8(ascii: "\"") { line.append(byte) }
                line.append(byte)
            }
            line.append(UInt8(ascii: "\""))
        }
        return line + "\r\n".utf8
    }

    private func needsQuotes(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: separator) || byte == UInt8(ascii: "\"") || byte == 0x0A || byte == 0x0D
    }
}
