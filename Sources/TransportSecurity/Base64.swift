import COpenSSL

/// Base64 (RFC 4648, section 4), with padding.
public enum Base64 {
    /// `nil` where the text is no whole groups of the alphabet.
    public static func decode(_ text: some StringProtocol) -> [UInt8]? {
        let bytes = Array(text.utf8)
        guard !bytes.isEmpty else { return [] }
        guard bytes.count % 4 == 0, bytes.count < 1 << 20 else { return nil }
        // OpenSSL's decoder skips blanks and takes padding anywhere in the last group.
        let padding = bytes.reversed().prefix { $0 == UInt8(ascii: "=") }.count
        guard padding <= 2, bytes.dropLast(padding).allSatisfy(isOfAlphabet) else { return nil }
        var result = [UInt8](repeating: 0, count: bytes.count / 4 * 3)
        guard unsafe EVP_DecodeBlock(&result, bytes, Int32(bytes.count)) >= 0 else { return nil }
        return Array(result.dropLast(padding))
    }

    public static func encode(_ bytes: [UInt8]) -> String {
        var result = [UInt8](repeating: 0, count: (bytes.count + 2) / 3 * 4 + 1)
        let count = unsafe EVP_EncodeBlock(&result, bytes, Int32(bytes.count))
        return String(decoding: result.prefix(Int(count)), as: UTF8.self)
    }

    private static func isOfAlphabet(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "/"):
            true
        default: false
        }
    }
}
