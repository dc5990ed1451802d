/// A charge point's identity as the last segment of a URL's path.
enum PathSegment {
    /// Letters, digits and `-._~` stand for themselves (RFC 3986).
    static func encoded(_ text: String) -> String {
        text.utf8.reduce(into: "") { result, byte in
            let scalar = Unicode.Scalar(byte)
            let isPlain =
                scalar.isASCII
                && (scalar.properties.isAlphabetic || byte &- UInt8(ascii: "0") < 10 || "-._~".utf8.contains(byte))
            if isPlain {
                result.unicodeScalars.append(scalar)
            } else {
                result += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }
    }
}
