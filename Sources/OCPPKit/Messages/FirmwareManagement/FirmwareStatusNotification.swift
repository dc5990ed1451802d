extension ActionDefinition {
    /// Says how far an update of the firmware has come (section 4.5; 6.19, 6.20).
    static let firmwareStatusNotification = ActionDefinition(
        "FirmwareStatusNotification", .firmwareManagement, sentBy: .chargePoint,
        request: [
            .required(
                "status",
                .enumeration([
                    "Downloaded", "DownloadFailed", "Downloading", "Idle", "InstallationFailed",
                    "Installing", "Installed",
                ]))
        ],
        response: [])
}
