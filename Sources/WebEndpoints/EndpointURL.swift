/// The parts of an absolute `ws`, `wss`, `http` or `https` URL that a client needs. Nothing is decoded or normalised.
struct EndpointURL {
    let scheme: String
    /// Without the brackets of an IPv6 address.
    let host: String
    let port: UInt16
    /// Path and query, byte for byte; `/` where the URL has none. A fragment is left out, as it is never sent.
    let target: String
    /// As the `Host` header wants it.
    let hostHeader: String

    var isSecure: Bool { scheme == "wss" || scheme == "https" }

    /// - Parameter schemes: in lower case.
    init?(_ url: String, schemes: Set<String>) {
        // libwebsockets truncates longer ones.
        guard url.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }), url.utf8.count <= 2_000,
            let colon = url.firstIndex(of: ":"), url[colon...].hasPrefix("://")
        else { return nil }
        scheme = url[..<colon].lowercased()
        guard schemes.contains(scheme) else { return nil }
        let rest = url[colon...].dropFirst(3)
        let end = rest.firstIndex { $0 == "/" || $0 == "?" || $0 == "#" } ?? rest.endIndex
        let authority = rest[..<end]
        let path = rest[end...].prefix { $0 != "#" }
        target = path.hasPrefix("/") ? String(path) : "/" + path
        guard !authority.contains("@"), authority.utf8.count <= 100 else { return nil }

        let portText: Substring?
        if authority.first == "[" {
            guard let close = authority.firstIndex(of: "]") else { return nil }
            host = String(authority[..<close].dropFirst())
            let tail = authority[close...].dropFirst()
            guard tail.isEmpty || tail.first == ":" else { return nil }
            portText = tail.isEmpty ? nil : tail.dropFirst()
        } else {
            let parts = authority.split(separator: ":", omittingEmptySubsequences: false)
            guard parts.count <= 2 else { return nil }
            host = String(parts[0])
            portText = parts.count == 2 ? parts[1] : nil
        }
        guard !host.isEmpty else { return nil }
        let standard: UInt16 = scheme == "wss" || scheme == "https" ? 443 : 80
        guard let portText else {
            port = standard
            hostHeader = bracketed(host)
            return
        }
        guard let number = UInt16(portText), number > 0 else { return nil }
        port = number
        hostHeader = number == standard ? bracketed(host) : "\(bracketed(host)):\(number)"
    }
}
