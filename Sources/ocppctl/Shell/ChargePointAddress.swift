import TransportSecurity

/// How a charge point connects: what it adds to the central system's URL, and how it says who it is.
enum ChargePointAddress {
    /// The central system's URL with the identity (OCPP-J 1.6, section 3.1.1).
    static func url(_ centralSystem: String, _ id: String) -> String {
        centralSystem + (centralSystem.hasSuffix("/") ? "" : "/") + PathSegment.encoded(id)
    }

    /// The header's value of Basic authentication.
    static func authorization(_ id: String, _ secret: [UInt8]) -> String {
        "Basic " + Base64.encode(Array("\(id):".utf8) + secret)
    }
}
