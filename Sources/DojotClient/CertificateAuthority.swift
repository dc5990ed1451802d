import OCPPKit

/// DOJOT's x509 interface: certificates for devices, by which its broker knows them on the TLS port. From DOJOT 0.7 on.
public struct CertificateAuthority: Sendable {
    private let session: DojotSession

    public init(session: DojotSession) { self.session = session }

    /// The certificate of those who signed the broker's and will sign the devices', in PEM.
    public func certificate() async throws(DojotFailure) -> String {
        guard let pem = try await session.send("GET", "/x509/v1/ca").root["caPem"]?.text else {
            throw .unexpectedAnswer("GET /x509/v1/ca gave no certificate")
        }
        return pem
    }

    /// Has a request signed, and says whose certificate it is.
    ///
    /// - Parameters:
    ///   - request: in PEM; its common name is the device's id.
    /// - Returns: the certificate in PEM, and its fingerprint. It lasts 365 days.
    public func sign(
        _ request: String, for device: String
    ) async throws(DojotFailure) -> (pem: String, fingerprint: String) {
        let answer = try await session.send(
            "POST", "/x509/v1/certificates", body: .object([("csr", .string(request))]))
        guard let pem = answer.root["certificatePem"]?.text,
            let fingerprint = answer.root["certificateFingerprint"]?.text
        else { throw .unexpectedAnswer("POST /x509/v1/certificates gave no certificate") }
        _ = try await session.send(
            "PATCH", "/x509/v1/certificates/\(percentEncoded(fingerprint))",
            body: .object([("belongsTo", .object([("device", .string(device))]))]))
        return (pem, fingerprint)
    }
}
