extension ActionDefinition {
    /// Asks the charge point to fetch and install firmware (section 5.19; 6.55, 6.56).
    static let updateFirmware = ActionDefinition(
        "UpdateFirmware", .firmwareManagement, sentBy: .centralSystem,
        request: [
            .required("location", .uri),
            .optional("retries", .integer, minimum: 0),
            .required("retrieveDate", .dateTime),
            .optional("retryInterval", .integer, minimum: 0),
        ],
        response: [])
}
