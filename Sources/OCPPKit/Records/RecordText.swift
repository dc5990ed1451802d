/// Records as lines for people: `--format text`.
public enum RecordText {
    private enum Colour: String {
        case dim = "2", red = "31", green = "32", yellow = "33", cyan = "36"
    }

    /// A frame on one line, its violations each on a line under it, newlines included:
    ///
    ///     2026-11-22T09:45:19.146Z CP001 → CALL Heartbeat 17 {}
    ///       error missing $.idTag: …
    ///
    /// `→` is from the charge point, `←` from the central system; `-` stands for what is not known. Control
    /// characters are shown as escapes.
    public static func lines(of record: FrameRecord, isColoured: Bool = false) -> String {
        let frame = record.frame
        let direction: (arrow: String, colour: Colour?) =
            switch record.direction {
            case .fromChargePoint: ("→", .green)
            case .fromCentralSystem: ("←", .cyan)
            case nil: ("-", nil)
            }
        var parts = [
            painted(record.timestamp?.description ?? "-", .dim, isColoured),
            visible(record.chargePointId ?? "-"),
            painted(direction.arrow, direction.colour, isColoured),
            painted(frame.kind.rawValue, frame.kind == .callError ? .red : nil, isColoured),
            visible(record.action ?? "-"),
            visible(frame.messageId.isEmpty ? "-" : frame.messageId),
        ]
        if let error = frame.error { parts.append(visible("\(error.code): \(error.description)")) }
        if let payload = frame.payload { parts.append(visible(String(decoding: compact(payload), as: UTF8.self))) }
        if let milliseconds = record.responseMilliseconds {
            parts.append(painted("(\(milliseconds) ms)", .dim, isColoured))
        }
        var text = parts.joined(separator: " ") + "\n"
        for violation in record.violations {
            let colour: Colour = violation.severity == .error ? .red : .yellow
            text += "  " + painted(violation.severity.rawValue, colour, isColoured)
            text += visible(" \(violation.code.rawValue) \(violation.path): \(violation.message)") + "\n"
        }
        return text
    }

    /// A broken frame on one line: `charge.log:42: truncated: … [2,"17","Heart`.
    public static func lines(of unreadable: UnreadableFrame, isColoured: Bool = false) -> String {
        let place = unreadable.source.map { "\($0.file):\($0.line): " } ?? ""
        let code = painted(unreadable.error.code.rawValue, .red, isColoured)
        let raw = String(decoding: unreadable.raw, as: UTF8.self)
        return visible(place) + code + visible(": \(unreadable.error.message): \(raw)") + "\n"
    }

    /// The value's text without blanks between its parts.
    private static func compact(_ node: JSONNode) -> [UInt8] {
        var isInString = false
        var isEscaped = false
        return node.raw.filter { byte in
            if isInString {
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isInString = false
                }
                return true
            }
            if byte == UInt8(ascii: "\"") { isInString = true }
            return byte > 0x20
        }
    }

    private static func painted(_ text: String, _ colour: Colour?, _ isColoured: Bool) -> String {
        guard isColoured, let colour else { return text }
        return "\u{1B}[\(colour.rawValue)m\(text)\u{1B}[0m"
    }

    /// A text that cannot move a terminal's cursor or forge a line.
    private static func visible(_ text: String) -> String {
        func isControl(_ scalar: Unicode.Scalar) -> Bool { scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value) }
        guard text.unicodeScalars.contains(where: isControl) else { return text }
        return text.unicodeScalars.reduce(into: "") { result, scalar in
            if isControl(scalar) {
                result += "\\u{\(String(scalar.value, radix: 16))}"
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
    }
}
