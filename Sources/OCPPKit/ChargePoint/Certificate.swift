/// An X.509 certificate, as far as a charge point names it: by hashes of its issuer's name and key, and its number.
struct Certificate: Sendable, Equatable {
    /// DER of the issuer's Name.
    private let issuerName: [UInt8]
    /// The key's bits. Of a root certificate they are the issuer's own.
    private let key: [UInt8]
    private let serialNumber: [UInt8]

    /// Reads the first certificate of a PEM text; `nil` where there is none, or it is no X.509.
    init?(pem: String) {
        let begin = "-----BEGIN CERTIFICATE-----"
        guard let start = Certificate.index(after: begin, in: pem) else { return nil }
        let rest = pem[start...]
        guard let end = Certificate.index(of: "-----END CERTIFICATE-----", in: rest) else { return nil }
        guard let bytes = Certificate.decoded(rest[..<end].utf8) else { return nil }
        var outer = DERReader(bytes[...])
        // Certificate ::= SEQUENCE { tbsCertificate SEQUENCE { [0] version, serialNumber, signature, issuer, … } … }
        guard let certificate = outer.next(tag: 0x30) else { return nil }
        var parts = DERReader(certificate.content)
        guard let body = parts.next(tag: 0x30), parts.next(tag: 0x30) != nil, parts.next(tag: 0x03) != nil else {
            return nil
        }
        var fields = DERReader(body.content)
        if fields.nextTag == 0xA0 { _ = fields.next(tag: 0xA0) }
        guard let number = fields.next(tag: 0x02), fields.next(tag: 0x30) != nil, let issuer = fields.next(tag: 0x30),
            fields.next(tag: 0x30) != nil, fields.next(tag: 0x30) != nil, let keyInfo = fields.next(tag: 0x30)
        else { return nil }
        var keyFields = DERReader(keyInfo.content)
        guard keyFields.next(tag: 0x30) != nil, let bits = keyFields.next(tag: 0x03), !bits.content.isEmpty else {
            return nil
        }
        issuerName = Array(issuer.whole)
        key = Array(bits.content.dropFirst())
        serialNumber = Array(number.content.drop { $0 == 0 })
    }

    /// CertificateHashData, with SHA-256.
    var hashData: JSONValue {
        .object([
            ("hashAlgorithm", .string("SHA256")),
            ("issuerNameHash", .string(SHA256.hexadecimal(of: issuerName))),
            ("issuerKeyHash", .string(SHA256.hexadecimal(of: key))),
            ("serialNumber", .string(serial)),
        ])
    }

    /// Whether CertificateHashData names this one; hexadecimal digits may be of any case.
    func matches(_ node: JSONNode) -> Bool {
        guard case .object(let members) = hashData else { return false }
        return members.allSatisfy { node.member(named: $0.name)?.text?.lowercased() == $0.value.text?.lowercased() }
    }

    private var serial: String {
        serialNumber.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    private static func index(of marker: String, in text: Substring) -> String.Index? {
        text.utf8.indices.first { text.utf8[$0...].starts(with: marker.utf8) }
    }

    private static func index(after marker: String, in text: String) -> String.Index? {
        index(of: marker, in: text[...]).map { text.utf8.index($0, offsetBy: marker.utf8.count) }
    }

    /// Base64, with line breaks anywhere.
    private static func decoded(_ text: some Collection<UInt8>) -> [UInt8]? {
        var bytes: [UInt8] = []
        var buffer: UInt32 = 0
        var count = 0
        for character in text where character > 0x20 && character != UInt8(ascii: "=") {
            guard let value = base64Value(character) else { return nil }
            buffer = buffer << 6 | value
            count += 6
            if count >= 8 {
                count -= 8
                bytes.append(UInt8(truncatingIfNeeded: buffer >> UInt32(count)))
            }
        }
        return bytes
    }

    private static func base64Value(_ character: UInt8) -> UInt32? {
        switch character {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(character - UInt8(ascii: "A"))
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(character - UInt8(ascii: "a")) + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(character - UInt8(ascii: "0")) + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}

/// Reads the values of a DER text one after the other.
private struct DERReader {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    var nextTag: UInt8? { rest.first }

    /// The next value, where it has that tag: its whole text and its content.
    mutating func next(tag: UInt8) -> (whole: ArraySlice<UInt8>, content: ArraySlice<UInt8>)? {
        guard rest.first == tag, rest.count >= 2 else { return nil }
        var position = rest.startIndex + 1
        var length = Int(rest[position])
        position += 1
        if length >= 0x80 {
            let count = length & 0x7F
            guard (1...4).contains(count), rest.endIndex - position >= count else { return nil }
            length = rest[position..<position + count].reduce(0) { $0 << 8 | Int($1) }
            position += count
        }
        guard rest.endIndex - position >= length else { return nil }
        let end = position + length
        defer { rest = rest[end...] }
        return (rest[..<end], rest[position..<end])
    }
}
