/// The identity of a charge point in the URL that it connects to: one path segment behind the central system's path,
/// percent-decoded once (OCPP-J 1.6, section 3.1.1). Empty segments count for nothing.
public enum ChargePointIdentity {
    /// The longest that is taken; the specification's own limit for identities is 20 characters in most places and
    /// real stations use more.
    public static let maximumLength = 48

    public enum Failure: Error, Sendable, Equatable {
        /// The target is not below the central system's path.
        case wrongPath
        /// Nothing stands behind the path.
        case missing
        /// Not one segment, badly encoded, too long, or with characters that are not allowed.
        case malformed
    }

    /// - Parameters:
    ///   - target: the request target exactly as it came, its query included.
    ///   - path: the central system's path, for example `/ocpp`.
    public static func read(target: String, below path: String) throws(Failure) -> String {
        var rest = slashesJoined(target.utf8.prefix { $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") })[...]
        let prefix = slashesJoined((path + "/").utf8)
        guard rest.starts(with: prefix) else { throw .wrongPath }
        rest = rest.dropFirst(prefix.count)
        // Some stations put a slash behind their identity.
        if rest.last == UInt8(ascii: "/") { rest = rest.dropLast() }
        guard !rest.isEmpty else { throw .missing }
        var decoded: [UInt8] = []
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%") {
                guard let high = rest.popFirst().flatMap(hexadecimalValue),
                    let low = rest.popFirst().flatMap(hexadecimalValue)
                else { throw .malformed }
                decoded.append(UInt8(high << 4 | low))
            } else {
                decoded.append(byte)
            }
        }
        guard decoded.count <= maximumLength, decoded.allSatisfy(isAllowed), decoded != Array(".".utf8),
            decoded != Array("..".utf8), decoded.first != 0x20, decoded.last != 0x20
        else { throw .malformed }
        return String(decoding: decoded, as: UTF8.self)
    }

    /// Slashes that follow one another are one: stations add a slash of their own to an address that ends in one.
    private static func slashesJoined(_ path: some Sequence<UInt8>) -> [UInt8] {
        path.reduce(into: []) { joined, byte in
            if byte != UInt8(ascii: "/") || joined.last != byte { joined.append(byte) }
        }
    }

    /// Letters and digits of ASCII, a blank, and `-._~:@*+=|`.
    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: " -._~:@*+=|".utf8.contains(byte)
        }
    }
}
