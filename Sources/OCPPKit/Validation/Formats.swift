/// Whether a text is a URI with a scheme (RFC 3986): only the characters it may have, percent signs followed by two
/// hexadecimal digits, brackets only around an IP literal.
func isURI(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")), let first = bytes.first, isLetter(first),
        bytes[..<colon].allSatisfy({ isLetter($0) || isDigit($0) || "+-.".utf8.contains($0) })
    else { return false }
    var hasFragment = false
    var position = colon + 1
    if bytes[position...].starts(with: "//".utf8) {
        let end = bytes[(position + 2)...].firstIndex { "/?#".utf8.contains($0) } ?? bytes.count
        guard isAuthority(bytes[(position + 2)..<end]) else { return false }
        position = end
    }
    while position < bytes.count {
        switch bytes[position] {
        case UInt8(ascii: "#"):
            guard !hasFragment else { return false }
            hasFragment = true
        case UInt8(ascii: "%"):
            guard isPercentEncoded(bytes[position...]) else { return false }
            position += 2
        case let byte where isPathCharacter(byte) || byte == UInt8(ascii: "/") || byte == UInt8(ascii: "?"): break
        default: return false
        }
        position += 1
    }
    return true
}

/// `user@host:port`; the host a name, an IPv4 address or an IP literal in brackets.
private func isAuthority(_ authority: ArraySlice<UInt8>) -> Bool {
    var host = authority
    if let at = authority.firstIndex(of: UInt8(ascii: "@")) {
        guard isRegistered(authority[..<at], and: ":") else { return false }
        host = authority[(at + 1)...]
    }
    var port = host[host.endIndex...]
    if host.first == UInt8(ascii: "[") {
        guard let bracket = host.firstIndex(of: UInt8(ascii: "]")) else { return false }
        let literal = host[(host.startIndex + 1)..<bracket]
        guard !literal.isEmpty, isRegistered(literal, and: ":") else { return false }
        port = host[(bracket + 1)...]
    } else if let colon = host.firstIndex(of: UInt8(ascii: ":")) {
        guard isRegistered(host[..<colon], and: "") else { return false }
        port = host[colon...]
    } else {
        return isRegistered(host, and: "")
    }
    return port.isEmpty || port.first == UInt8(ascii: ":") && port.dropFirst().allSatisfy(isDigit)
}

private func isRegistered(_ bytes: ArraySlice<UInt8>, and more: String) -> Bool {
    bytes.indices.allSatisfy { index in
        let byte = bytes[index]
        if byte == UInt8(ascii: "%") { return isPercentEncoded(bytes[index...]) }
        return isUnreserved(byte) || "!$&'()*+,;=".utf8.contains(byte) || more.utf8.contains(byte)
    }
}

private func isPercentEncoded(_ bytes: ArraySlice<UInt8>) -> Bool {
    bytes.count >= 3 && bytes.dropFirst().prefix(2).allSatisfy { hexadecimalValue($0) != nil }
}

private func isPathCharacter(_ byte: UInt8) -> Bool { isUnreserved(byte) || "!$&'()*+,;=:@".utf8.contains(byte) }
private func isUnreserved(_ byte: UInt8) -> Bool { isLetter(byte) || isDigit(byte) || "-._~".utf8.contains(byte) }
func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- UInt8(ascii: "a") < 26 }

/// Whether a JSON number, of any size, has at most one decimal place: 8.0, 8.10, 85e-1, and not 8.05.
func isMultipleOfTenth(_ number: ArraySlice<UInt8>) -> Bool {
    let mark = number.firstIndex { $0 | 0x20 == UInt8(ascii: "e") } ?? number.endIndex
    let significand = number[..<mark]
    let digits = significand.filter(isDigit)
    guard let lastNonZero = digits.lastIndex(where: { $0 != UInt8(ascii: "0") }) else { return true }
    let point = significand.firstIndex(of: UInt8(ascii: "."))
    let places = point.map { significand.endIndex - $0 - 1 } ?? 0
    let placesUsed = places - (digits.count - 1 - lastNonZero)
    guard mark < number.endIndex else { return placesUsed <= 1 }
    let exponentText = number[(mark + 1)...]
    guard let exponent = Int(String(decoding: exponentText, as: UTF8.self)) else {
        // Beyond 64 bits: only the sign matters.
        return exponentText.first != UInt8(ascii: "-")
    }
    return exponent >= placesUsed - 1
}
