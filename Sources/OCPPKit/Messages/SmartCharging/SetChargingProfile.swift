extension ActionDefinition {
    /// Gives the charge point limits to charge by (section 5.16; 6.43, 6.44).
    static let setChargingProfile = ActionDefinition(
        "SetChargingProfile", .smartCharging, sentBy: .centralSystem,
        request: [
            .required("connectorId", .integer, minimum: 0),
            .required("csChargingProfiles", .object(ChargingProfileShape.profile)),
        ],
        response: [.required("status", .enumeration(["Accepted", "Rejected", "NotSupported"]))])
}
