extension ActionDefinition {
    /// Brings the charge point the certificate that it asked to be signed.
    /// From the whitepaper "Improved security for OCPP 1.6-J".
    static let certificateSigned = ActionDefinition(
        "CertificateSigned", .security, sentBy: .centralSystem,
        request: [.required("certificateChain", .string(maximum: 10000))],
        response: [.required("status", .enumeration(["Accepted", "Rejected"]))])
}
