/// The head of an HTTP/1.1 message: its first line and its headers, as bytes arrived. Used by both sides.
struct HTTPHead {
    /// Larger heads are refused.
    static let maxBytes = 16_384

    /// Without the line end.
    private(set) var firstLine: String
    private(set) var headers: [(name: String, value: String)] = []

    /// - Parameter bytes: up to and including the empty line.
    /// - Returns: `nil` where it is not well-formed: a control character, a folded line, a space before the colon.
    init?(_ bytes: ArraySlice<UInt8>) {
        var lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map { line in
            line.last == UInt8(ascii: "\r") ? line.dropLast() : line
        }
        while lines.last?.isEmpty == true { lines.removeLast() }
        guard let first = lines.first, !first.isEmpty, lines.allSatisfy(Self.isClean) else { return nil }
        firstLine = Self.text(first)
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > line.startIndex else { return nil }
            let name = line[..<colon]
            guard name.allSatisfy(Self.isTokenByte) else { return nil }
            headers.append((Self.text(name), Self.text(Self.trimmed(line[(colon + 1)...]))))
        }
    }

    /// The index after the empty line that ends a head.
    static func end(of bytes: [UInt8], from start: Int = 0) -> Int? {
        var index = max(start, 0)
        while let newline = bytes[index...].firstIndex(of: UInt8(ascii: "\n")) {
            if newline + 1 < bytes.count && bytes[newline + 1] == UInt8(ascii: "\n") { return newline + 2 }
            if newline + 2 < bytes.count && bytes[newline + 1] == UInt8(ascii: "\r")
                && bytes[newline + 2] == UInt8(ascii: "\n")
            {
                return newline + 3
            }
            index = newline + 1
        }
        return nil
    }

    /// Every value of `name`, whose case does not matter.
    func values(_ name: String) -> [String] {
        let wanted = name.lowercased()
        return headers.filter { $0.name.lowercased() == wanted }.map(\.value)
    }

    func value(_ name: String) -> String? { values(name).first }

    /// The members of a header that is a list with commas, over all its lines.
    func list(_ name: String) -> [String] {
        values(name).flatMap { $0.split(separator: ",") }.compactMap { member in
            let text = Self.text(Self.trimmed(Array(member.utf8)[...]))
            return text.isEmpty ? nil : text
        }
    }

    private static func isClean(_ line: ArraySlice<UInt8>) -> Bool {
        line.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == UInt8(ascii: "\t") }
    }

    /// Whether this can be a name of HTTP: a method, a header.
    static func isToken(_ text: some StringProtocol) -> Bool { !text.isEmpty && text.utf8.allSatisfy(isTokenByte) }

    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }

    private static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var rest = bytes
        while let first = rest.first, first == 0x20 || first == 0x09 { rest = rest.dropFirst() }
        while let last = rest.last, last == 0x20 || last == 0x09 { rest = rest.dropLast() }
        return rest
    }

    /// Bytes above 127 are taken as Latin-1, so that no byte is lost and nothing fails.
    private static func text(_ bytes: ArraySlice<UInt8>) -> String {
        String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
    }
}
