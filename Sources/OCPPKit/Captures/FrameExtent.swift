/// Follows a frame that runs over several lines to its end, byte by byte, without reading what it says.
struct FrameExtent {
    enum State {
        /// The frame goes on.
        case open
        /// It has ended.
        case complete
        /// This cannot be the text of a frame.
        case broken
    }

    private let isCell: Bool
    private var depth = 0
    private var isInString = false
    private var isEscaped = false
    private(set) var state = State.open

    /// - Parameter isCell: the frame stands in a CSV cell, which ends at a quote that is not doubled.
    init(isCell: Bool) { self.isCell = isCell }

    /// Whether a line may end here: JSON has no line breaks inside its strings, cells may have them anywhere.
    var mayBreakLine: Bool { isCell || !isInString }

    /// Follows the frame to the end of a line.
    mutating func follow(_ text: some Sequence<UInt8>) {
        for byte in text {
            guard case .open = state else { return }
            if isCell { followCell(byte) } else { followJSON(byte) }
        }
        if isCell, isEscaped { state = .complete }
    }

    private mutating func followCell(_ byte: UInt8) {
        // `isEscaped`: the byte before was a quote, which was the first of two or the end.
        if byte == UInt8(ascii: "\"") {
            isEscaped.toggle()
        } else if isEscaped {
            state = .complete
        }
    }

    private mutating func followJSON(_ byte: UInt8) {
        if isInString {
            if isEscaped {
                isEscaped = false
            } else if byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else if byte == UInt8(ascii: "\"") {
                isInString = false
            }
            return
        }
        switch byte {
        case UInt8(ascii: "\""): isInString = true
        case UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
        case UInt8(ascii: "]"), UInt8(ascii: "}"):
            depth -= 1
            if depth == 0 { state = .complete }
        default:
            if !FrameExtent.outsideStrings.contains(byte) { state = .broken }
        }
    }

    /// Blanks, separators, and the letters of numbers and of `true`, `false`, `null`.
    private static let outsideStrings = Set(" \t\r\n,:0123456789+-.eEtrufalsn".utf8)
}
