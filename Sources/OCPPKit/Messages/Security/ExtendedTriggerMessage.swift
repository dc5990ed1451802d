extension ActionDefinition {
    /// TriggerMessage with the messages of the security extension.
    /// From the whitepaper "Improved security for OCPP 1.6-J".
    static let extendedTriggerMessage = ActionDefinition(
        "ExtendedTriggerMessage", .security, sentBy: .centralSystem,
        request: [
            .required(
                "requestedMessage",
                .enumeration([
                    "BootNotification", "LogStatusNotification", "FirmwareStatusNotification", "Heartbeat",
                    "MeterValues", "SignChargePointCertificate", "StatusNotification",
                ])),
            .optional("connectorId", .integer, minimum: 1),
        ],
        response: [.required("status", .enumeration(["Accepted", "Rejected", "NotImplemented"]))])
}
