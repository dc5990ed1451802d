extension ActionDefinition {
    /// Asks for a certificate to be signed: PKCS #10, PEM.
    /// From the whitepaper "Improved security for OCPP 1.6-J".
    static let signCertificate = ActionDefinition(
        "SignCertificate", .security, sentBy: .chargePoint,
        request: [.required("csr", .string(maximum: 5500))],
        response: [.required("status", .enumeration(["Accepted", "Rejected"]))])
}
