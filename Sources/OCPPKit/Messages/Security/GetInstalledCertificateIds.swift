extension ActionDefinition {
    /// Asks for the hashes of the installed root certificates of one use.
    /// From the whitepaper "Improved security for OCPP 1.6-J".
    static let getInstalledCertificateIds = ActionDefinition(
        "GetInstalledCertificateIds", .security, sentBy: .centralSystem,
        request: [.required("certificateType", CertificateShape.use)],
        response: [
            .optional("certificateHashData", .array(of: .object(CertificateShape.hashData), minimum: 1)),
            .required("status", .enumeration(["Accepted", "NotFound"])),
        ])
}
