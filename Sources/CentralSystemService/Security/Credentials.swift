import OCPPKit
public import TransportSecurity

/// What a charge point proves itself with.
public struct Secret: Sendable {
    public enum Kind: String, Sendable {
        /// An AuthorizationKey: 16 to 20 bytes, 20 in this version of OCPP.
        case key
        /// Any other text; taken only by `serve --lenient-passwords`.
        case password
    }

    public let kind: Kind
    /// A key's bytes, a password's UTF-8.
    public let bytes: [UInt8]

    /// Reads a secret as people and ChangeConfiguration write it: 32 to 40 hexadecimal digits are a key (whitepaper
    /// "Improved security for OCPP 1.6-J", AuthorizationKey).
    /// - Returns: `nil` where it is empty or longer than 255 bytes.
    public init?(text: String) {
        if let key = Secret.keyBytes(of: Array(text.utf8)) {
            kind = .key
            bytes = key
        } else {
            guard (1...255).contains(text.utf8.count) else { return nil }
            kind = .password
            bytes = Array(text.utf8)
        }
    }

    /// The bytes that 32 to 40 hexadecimal digits stand for.
    static func keyBytes(of text: [UInt8]) -> [UInt8]? {
        guard (32...40).contains(text.count), text.count % 2 == 0 else { return nil }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: text.count, by: 2) {
            guard let high = digit(text[index]), let low = digit(text[index + 1]) else { return nil }
            bytes.append(high << 4 | low)
        }
        return bytes
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}

/// A secret as the passwords' file has it.
public struct StoredSecret: Sendable, Equatable {
    public var kind: Secret.Kind
    public var hash: SaltedHash

    public init(_ secret: Secret) {
        kind = secret.kind
        hash = SaltedHash(of: secret.bytes, strength: secret.kind == .key ? .randomKey : .password)
    }

    init?(_ node: JSONNode) {
        guard let kind = node["kind"]?.text.flatMap(Secret.Kind.init(rawValue:)),
            let cost = node["n"]?.integer.flatMap({ Int(exactly: $0) }),
            let salt = node["salt"]?.text.flatMap({ Base64.decode($0) }),
            let digest = node["digest"]?.text.flatMap({ Base64.decode($0) }),
            let hash = SaltedHash(cost: cost, salt: salt, digest: digest)
        else { return nil }
        self.kind = kind
        self.hash = hash
    }

    func writeMembers(to writer: inout JSONWriter) {
        writer.member("kind", kind.rawValue)
        writer.member("n", hash.cost)
        writer.member("salt", Base64.encode(hash.salt))
        writer.member("digest", Base64.encode(hash.digest))
    }

    /// Whether a charge point that presents these bytes knows the secret. Takes its time.
    ///
    /// - Parameter isLenient: takes a key as hexadecimal text, and passwords.
    func matches(_ presented: [UInt8], isLenient: Bool) -> Bool {
        switch kind {
        case .key:
            if hash.matches(presented) { return true }
            return isLenient && Secret.keyBytes(of: presented).map { hash.matches($0) } ?? false
        case .password: return isLenient && hash.matches(presented)
        }
    }
}

/// The credentials of an `Authorization: Basic` header (RFC 7617).
struct BasicCredentials {
    /// User name, colon, password: bytes, since an AuthorizationKey is no text.
    let bytes: [UInt8]

    init?(header: String?) {
        guard let header, header.count <= 1_024 else { return nil }
        let parts = header.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "basic" else { return nil }
        guard let bytes = Base64.decode(parts[1].drop { $0 == " " }) else { return nil }
        self.bytes = bytes
    }

    /// The password, where the user name is the identity, byte for byte. An identity may hold colons.
    func password(of identity: String) -> [UInt8]? {
        let name = Array(identity.utf8) + [UInt8(ascii: ":")]
        return bytes.starts(with: name) ? Array(bytes.dropFirst(name.count)) : nil
    }
}
