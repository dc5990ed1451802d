extension CentralSystem {
    /// A charge point whose boot is pending may send what it was asked for (section 4.2).
    mutating func followTriggerMessage(_ command: AnsweredCommand) {
        guard command.isAccepted, let message = command.request?["requestedMessage"]?.text else { return }
        chargePoints[command.chargePointId]?.triggered.formUnion(Self.actions(of: message))
    }

    private static func actions(of message: String) -> Set<String> {
        switch message {
        case "SignChargePointCertificate": ["SignCertificate"]
        case "FirmwareStatusNotification": [message, "SignedFirmwareStatusNotification"]
        default: [message]
        }
    }
}
