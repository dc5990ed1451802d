/// Records as lines for people: `--format text`. Columns are as wide as what stood in them so far.
public struct TextReport: Sendable {
    private enum Colour: String {
        case dim = "2", red = "31", green = "32", yellow = "33", cyan = "36"
    }

    private let isColoured: Bool
    private var chargePointWidth = 5
    private var actionWidth = 18
    private var idWidth = 4
    /// When the last frame was seen.
    private var lastTime: Timestamp?

    /// Wider texts do not widen their column.
    private static let maximumWidth = 36
    /// Nothing for so long is said.
    private static let gap: Int64 = 60_000

    public init(isColoured: Bool = false) { self.isColoured = isColoured }

    /// A frame on one line; under it what is wrong with it and what it took to read it all the same, newlines included:
    ///
    ///     2026-11-22T09:45:19.146Z  CP001  →  CALL        Authorize           17               {}
    ///                               error missing $.idTag: …
    ///
    /// `→` is from the charge point, `←` from the central system; `-` stands for what is not known. Answers have how long
    /// they took. Control characters are shown as escapes.
    public mutating func lines(of record: FrameRecord) -> String {
        let frame = record.frame
        let direction: (arrow: String, colour: Colour?) =
            switch record.direction {
            case .fromChargePoint: ("→", .green)
            case .fromCentralSystem: ("←", .cyan)
            case nil: ("-", nil)
            }
        var rest: [String] = []
        if let error = frame.error { rest.append(TextReport.visible("\(error.code): \(error.description)")) }
        if let payload = frame.payload {
            rest.append(TextReport.visible(String(decoding: TextReport.compact(payload), as: UTF8.self)))
        }
        let took = record.responseMilliseconds.map { "\($0) ms" } ?? ""
        var text = gap(before: record.timestamp)
        text += columns(
            [
                painted(padded(record.timestamp?.description ?? "-", 24), .dim),
                fitted(record.chargePointId, &chargePointWidth),
                painted(direction.arrow, direction.colour),
                painted(padded(frame.kind.rawValue, 10), frame.kind == .callError ? .red : nil),
                fitted(record.action, &actionWidth),
                fitted(frame.messageId.isEmpty ? nil : frame.messageId, &idWidth),
                painted(padded(took, 9, isRight: true), .dim),
            ] + rest)
        for violation in record.violations {
            let colour: Colour = violation.severity == .error ? .red : .yellow
            text += TextReport.indent + painted(violation.severity.rawValue, colour)
            text += TextReport.visible(" \(violation.code.rawValue) \(violation.path): \(violation.message)") + "\n"
        }
        if !record.repairs.isEmpty {
            text += TextReport.indent + painted("repaired", .yellow)
            text += TextReport.visible(" " + record.repairs.joined(separator: ", ")) + "\n"
        }
        return text
    }

    /// A broken frame on one line: `charge.log:42: truncated: … [2,"17","Heart`.
    public mutating func lines(of unreadable: UnreadableFrame) -> String {
        let place = unreadable.source.map { "\($0.file):\($0.line): " } ?? ""
        let code = painted(unreadable.error.code.rawValue, .red)
        let raw = String(decoding: unreadable.raw, as: UTF8.self)
        return gap(before: unreadable.timestamp) + TextReport.visible(place) + code
            + TextReport.visible(": \(unreadable.error.message): \(raw)") + "\n"
    }

    /// A finding on one line, and where it was seen on the next one.
    public mutating func lines(of finding: Finding) -> String {
        let colour: Colour =
            switch finding.severity {
            case .error: .red
            case .warning: .yellow
            case .info: .dim
            }
        let place = (finding.chargePointId ?? "-") + (finding.connectorId.map { " connector \($0)" } ?? "")
        var text = painted(padded(finding.severity.rawValue, 7), colour)
        text += TextReport.visible("  \(place): \(finding.message) (\(finding.code), \(finding.count)×)") + "\n"
        let times = [finding.firstTimestamp, finding.lastTimestamp].compactMap { $0?.description }
        let span = times.first == times.last ? times.prefix(1).joined() : times.joined(separator: " – ")
        let places = finding.evidence.map { "\($0.file):\($0.line)" }.joined(separator: ", ")
        let more = [span, TextReport.visible(places)].filter { !$0.isEmpty }.joined(separator: "  ")
        if !more.isEmpty { text += "         " + painted(more, .dim) + "\n" }
        return text
    }

    // MARK: columns

    private static let indent = String(repeating: " ", count: 26)

    private func columns(_ texts: [String]) -> String {
        var line = texts.joined(separator: "  ")
        while line.last == " " { line.removeLast() }
        return line + "\n"
    }

    /// A line that says how long nothing came.
    private mutating func gap(before time: Timestamp?) -> String {
        guard let time else { return "" }
        defer { lastTime = time }
        guard let last = lastTime, time - last >= TextReport.gap else { return "" }
        let seconds = (time - last) / 1000
        let parts = [
            (seconds / 86_400, "d"), (seconds / 3600 % 24, "h"), (seconds / 60 % 60, "min"), (seconds % 60, "s"),
        ]
        let said = parts.filter { $0.0 > 0 }.prefix(2).map { "\($0.0) \($0.1)" }.joined(separator: " ")
        return TextReport.indent + painted("… \(said) later", .dim) + "\n"
    }

    /// A text of an unknown width, in a column that grows with it.
    private func fitted(_ text: String?, _ width: inout Int) -> String {
        let shown = TextReport.visible(text ?? "-")
        width = max(width, min(shown.count, TextReport.maximumWidth))
        return padded(shown, width)
    }

    private func padded(_ text: String, _ width: Int, isRight: Bool = false) -> String {
        let blanks = String(repeating: " ", count: max(0, width - text.count))
        return isRight ? blanks + text : text + blanks
    }

    private func painted(_ text: String, _ colour: Colour?) -> String {
        guard isColoured, let colour, text.contains(where: { $0 != " " }) else { return text }
        return "\u{1B}[\(colour.rawValue)m\(text)\u{1B}[0m"
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
