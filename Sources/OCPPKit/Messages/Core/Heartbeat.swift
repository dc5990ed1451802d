extension ActionDefinition {
    /// A sign of life that also tells the charge point the time (section 4.6).
    static let heartbeat = ActionDefinition(
        "Heartbeat", .core, sentBy: .chargePoint,
        request: [],
        response: [.required("currentTime", .dateTime)])
}
