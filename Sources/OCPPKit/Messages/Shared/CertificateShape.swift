/// The shapes of certificates in the security whitepaper, which several actions carry.
enum CertificateShape {
    /// Names a certificate without carrying it.
    static let hashData = ObjectShape([
        .required("hashAlgorithm", .enumeration(["SHA256", "SHA384", "SHA512"])),
        .required("issuerNameHash", .string(maximum: 128)),
        .required("issuerKeyHash", .string(maximum: 128)),
        .required("serialNumber", .string(maximum: 40)),
    ])

    static let use = Field.Kind.enumeration(["CentralSystemRootCertificate", "ManufacturerRootCertificate"])
}
