import ArgumentParser
import OCPPKit
import TransportSecurity
import WebEndpoints

/// How a charge point connects: what it adds to the central system's URL, and how it says who it is.
enum ChargePointAddress {
    /// The central system's URL with the identity (OCPP-J 1.6, section 3.1.1).
    static func url(_ centralSystem: String, _ id: String) -> String {
        centralSystem + (centralSystem.hasSuffix("/") ? "" : "/") + PathSegment.encoded(id)
    }

    /// Whether our central system takes it.
    static func isIdentity(_ id: String) -> Bool {
        (try? ChargePointIdentity.read(target: "/ocpp/" + PathSegment.encoded(id), below: "/ocpp")) == id
    }

    /// - Throws: where nobody could connect. The URL is not repeated: it may have a secret in it.
    static func validate(_ centralSystem: String) throws {
        guard centralSystem.hasPrefix("ws://") || centralSystem.hasPrefix("wss://") else {
            throw ValidationError("--url begins with ws:// or wss://")
        }
        guard WebSocketClient.takes(centralSystem), !centralSystem.contains(where: { $0 == "?" || $0 == "#" }) else {
            throw ValidationError(
                "--url is ws://HOST:PORT/PATH, of printable ASCII, without query or credentials (--password-file)")
        }
    }

    /// The header's value of Basic authentication.
    static func authorization(_ id: String, _ secret: [UInt8]) -> String {
        "Basic " + Base64.encode(Array("\(id):".utf8) + secret)
    }
}
