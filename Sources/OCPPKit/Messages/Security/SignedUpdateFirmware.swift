extension ActionDefinition {
    /// Asks the charge point to fetch, verify and install signed firmware.
    /// From the whitepaper "Improved security for OCPP 1.6-J".
    static let signedUpdateFirmware = ActionDefinition(
        "SignedUpdateFirmware", .security, sentBy: .centralSystem,
        request: [
            .optional("retries", .integer, minimum: 0),
            .optional("retryInterval", .integer, minimum: 0),
            .required("requestId", .integer),
            .required("firmware", .object(firmware)),
        ],
        response: [
            .required(
                "status",
                .enumeration([
                    "Accepted", "Rejected", "AcceptedCanceled", "InvalidCertificate", "RevokedCertificate",
                ]))
        ])

    private static let firmware = ObjectShape([
        .required("location", .string(maximum: 512)),
        .required("retrieveDateTime", .dateTime),
        .optional("installDateTime", .dateTime),
        .required("signingCertificate", .string(maximum: 5500)),
        .required("signature", .string(maximum: 800)),
    ])
}
