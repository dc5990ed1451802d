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

    /// A text that came from outside: one that a spreadsheet would take for a formula gets an apostrophe before it, and
    /// control characters, which would steer a terminal, are made visible as `\u{1b}`; line ends and tabs stay.
    func harmless(_ text: String) -> String {
        var text = text
        if text.unicodeScalars.contains(where: steers) {
            text = text.unicodeScalars.reduce(into: "") { result, scalar in
                if steers(scalar) {
                    result += "\\u{\(String(scalar.value, radix: 16))}"
                } else {
                    result.unicodeScalars.append(scalar)
                }
            }
        }
        switch text.utf8.first {
        case UInt8(ascii: "="), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "@"), 0x09, 0x0D: return "'" + text
        default: return text
        }
    }

    private func steers(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09, 0x0A, 0x0D: false
        case 0..<0x20, 0x7F..<0xA0: true
        default: false
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
