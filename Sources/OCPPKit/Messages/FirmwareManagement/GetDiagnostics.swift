extension ActionDefinition {
    /// Asks the charge point to upload its diagnostics (section 5.9; 6.25, 6.26).
    static let getDiagnostics = ActionDefinition(
        "GetDiagnostics", .firmwareManagement, sentBy: .centralSystem,
        request: [
            .required("location", .uri),
            .optional("retries", .integer, minimum: 0),
            .optional("retryInterval", .integer, minimum: 0),
            .optional("startTime", .dateTime),
            .optional("stopTime", .dateTime),
        ],
        response: [.optional("fileName", .string(maximum: 255))])
}
