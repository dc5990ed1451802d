extension ActionDefinition {
    /// Takes an installed root certificate away.
    /// From the whitepaper "Improved security for OCPP 1.6-J".
    static let deleteCertificate = ActionDefinition(
        "DeleteCertificate", .security, sentBy: .centralSystem,
        request: [.required("certificateHashData", .object(CertificateShape.hashData))],
        response: [.required("status", .enumeration(["Accepted", "Failed", "NotFound"]))])
}
