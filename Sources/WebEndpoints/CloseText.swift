/// The text of a close frame.
enum CloseText {
    /// A control frame holds 125 bytes, two of them the code (RFC 6455, 5.5).
    static let maximumBytes = 123

    /// As much of a text as fits. It ends where a character does: half of one is no UTF-8, and would be a fault of ours.
    static func bytes(of text: String) -> [UInt8] {
        var bytes = Array(text.utf8)
        guard bytes.count > maximumBytes else { return bytes }
        var end = maximumBytes
        while bytes[end] & 0xC0 == 0x80 { end -= 1 }
        bytes.removeSubrange(end...)
        return bytes
    }
}
