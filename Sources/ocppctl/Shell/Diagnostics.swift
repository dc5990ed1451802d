import Glibc

/// Messages for people, on standard error.
enum Diagnostics {
    /// `ocppctl: …` on a line of its own; control characters of the text are made visible.
    static func say(_ message: String) {
        write("ocppctl: " + harmless(message) + "\n")
    }

    /// A text as it stands, for progress lines.
    static func write(_ text: String) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(STDERR_FILENO, $0.baseAddress!, $0.count) }
            if count > 0 { rest = rest.dropFirst(count) } else if errno != EINTR { return }
        }
    }

    /// Whether progress and colour are welcome: a terminal, and no `NO_COLOR` for the latter.
    static var isTerminal: Bool { isatty(STDERR_FILENO) == 1 }
    static var isColourWelcome: Bool { unsafe isTerminal && getenv("NO_COLOR") == nil }

    /// A text that cannot move the cursor or forge a line: control characters as `\u{1b}`; newlines stay.
    static func harmless(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: { isControl($0) }) else { return text }
        return text.unicodeScalars.reduce(into: "") { result, scalar in
            if isControl(scalar) {
                result += "\\u{\(String(scalar.value, radix: 16))}"
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        (scalar.value < 0x20 && scalar != "\n" && scalar != "\t") || (0x7F..<0xA0).contains(scalar.value)
    }
}
