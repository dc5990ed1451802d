extension ActionDefinition {
    /// Tells of a security event.
    /// From the whitepaper "Improved security for OCPP 1.6-J".
    static let securityEventNotification = ActionDefinition(
        "SecurityEventNotification", .security, sentBy: .chargePoint,
        request: [
            .required("type", .string(maximum: 50)),
            .required("timestamp", .dateTime),
            .optional("techInfo", .string(maximum: 255)),
        ],
        response: [])
}
