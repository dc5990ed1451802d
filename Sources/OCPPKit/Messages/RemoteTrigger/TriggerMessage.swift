extension ActionDefinition {
    /// Asks the charge point to send a message now (section 5.17; 6.51, 6.52).
    static let triggerMessage = ActionDefinition(
        "TriggerMessage", .remoteTrigger, sentBy: .centralSystem,
        request: [
            .required(
                "requestedMessage",
                .enumeration([
                    "BootNotification", "DiagnosticsStatusNotification", "FirmwareStatusNotification",
                    "Heartbeat", "MeterValues", "StatusNotification",
                ])),
            .optional("connectorId", .integer, minimum: 1),
        ],
        response: [.required("status", .enumeration(["Accepted", "Rejected", "NotImplemented"]))])
}
