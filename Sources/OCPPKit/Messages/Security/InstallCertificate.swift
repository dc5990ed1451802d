extension ActionDefinition {
    /// Gives the charge point a root certificate.
    /// From the whitepaper "Improved security for OCPP 1.6-J".
    static let installCertificate = ActionDefinition(
        "InstallCertificate", .security, sentBy: .centralSystem,
        request: [
            .required("certificateType", CertificateShape.use),
            .required("certificate", .string(maximum: 5500)),
        ],
        response: [.required("status", .enumeration(["Accepted", "Failed", "Rejected"]))])
}
