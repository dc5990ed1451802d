/// A line at the bottom of a terminal that is written over; nothing elsewhere.
struct ProgressLine: Sendable {
    private let isShown = Diagnostics.isTerminal

    func show(_ text: String) {
        if isShown { Diagnostics.write("\r\u{1B}[K\(text)") }
    }

    func clear() {
        if isShown { Diagnostics.write("\r\u{1B}[K") }
    }
}
