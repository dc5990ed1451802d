extension ActionDefinition {
    /// Asks what the charge point makes of all its profiles together (section 5.7; 6.21, 6.22).
    static let getCompositeSchedule = ActionDefinition(
        "GetCompositeSchedule", .smartCharging, sentBy: .centralSystem,
        request: [
            .required("connectorId", .integer, minimum: 0),
            .required("duration", .integer, minimum: 0),
            .optional("chargingRateUnit", ChargingProfileShape.rateUnit),
        ],
        response: [
            .required("status", .enumeration(["Accepted", "Rejected"])),
            .optional("connectorId", .integer, minimum: 0),
            .optional("scheduleStart", .dateTime),
            .optional("chargingSchedule", .object(ChargingProfileShape.schedule)),
        ])
}
