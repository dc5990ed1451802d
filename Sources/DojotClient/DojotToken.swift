import OCPPKit

/// A token of DOJOT's login, and when this machine received it.
///
/// Freshness is counted from the reception: the clocks of DOJOT and this machine need not agree.
struct DojotToken: Sendable, Equatable {
    /// The JWT as it goes into the `Authorization` header.
    let text: String
    /// The claim `service`, which MQTT names begin with.
    let tenant: String
    let lifetimeSeconds: Int64
    let received: Timestamp

    /// `nil` where the text is no JWT with the claims `service`, `iat` and `exp`.
    init?(_ text: String, received: Timestamp) {
        let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 3, let payload = decodeBase64URL(parts[1]),
            let claims = try? JSONTree(parsing: payload).root,
            let tenant = claims["service"]?.text,
            let issued = claims["iat"]?.integer, let expires = claims["exp"]?.integer
        else { return nil }
        self.text = text
        self.tenant = tenant
        self.lifetimeSeconds = expires - issued
        self.received = received
    }

    /// Whether less than 80 % of its life have passed. A reception in the future counts as past.
    func isFresh(at time: Timestamp) -> Bool {
        let age = time - received
        return age >= 0 && age < lifetimeSeconds * 800
    }
}
