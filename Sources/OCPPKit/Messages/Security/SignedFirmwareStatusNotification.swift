extension ActionDefinition {
    /// Says how far an update with signed firmware has come.
    /// From the whitepaper "Improved security for OCPP 1.6-J".
    static let signedFirmwareStatusNotification = ActionDefinition(
        "SignedFirmwareStatusNotification", .security, sentBy: .chargePoint,
        request: [
            .required(
                "status",
                .enumeration([
                    "Downloaded", "DownloadFailed", "Downloading", "DownloadScheduled", "DownloadPaused",
                    "Idle", "InstallationFailed", "Installing", "Installed", "InstallRebooting",
                    "InstallScheduled", "InstallVerificationFailed", "InvalidSignature", "SignatureVerified",
                ])),
            .optional("requestId", .integer),
        ],
        response: [])
}
