extension ActionDefinition {
    /// Asks the charge point to upload its security log or its diagnostics.
    /// From the whitepaper "Improved security for OCPP 1.6-J".
    static let getLog = ActionDefinition(
        "GetLog", .security, sentBy: .centralSystem,
        request: [
            .required("log", .object(logParameters)),
            .required("logType", .enumeration(["DiagnosticsLog", "SecurityLog"])),
            .required("requestId", .integer),
            .optional("retries", .integer, minimum: 0),
            .optional("retryInterval", .integer, minimum: 0),
        ],
        response: [
            .required("status", .enumeration(["Accepted", "Rejected", "AcceptedCanceled"])),
            .optional("filename", .string(maximum: 255)),
        ])

    /// Where the log goes, and which time it covers.
    private static let logParameters = ObjectShape([
        .required("remoteLocation", .string(maximum: 512)),
        .optional("oldestTimestamp", .dateTime),
        .optional("latestTimestamp", .dateTime),
    ])
}
