extension ActionDefinition {
    /// Removes the charging profiles that match; without any field, all of them (section 5.5; 6.13, 6.14).
    static let clearChargingProfile = ActionDefinition(
        "ClearChargingProfile", .smartCharging, sentBy: .centralSystem,
        request: [
            .optional("id", .integer),
            .optional("connectorId", .integer, minimum: 0),
            .optional("chargingProfilePurpose", ChargingProfileShape.purpose),
            .optional("stackLevel", .integer, minimum: 0),
        ],
        response: [.required("status", .enumeration(["Accepted", "Unknown"]))])
}
