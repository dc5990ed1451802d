extension ActionDefinition {
    /// Says how far the upload of a log has come.
    /// From the whitepaper "Improved security for OCPP 1.6-J".
    static let logStatusNotification = ActionDefinition(
        "LogStatusNotification", .security, sentBy: .chargePoint,
        request: [
            .required(
                "status",
                .enumeration([
                    "BadMessage", "Idle", "NotSupportedOperation", "PermissionDenied", "Uploaded",
                    "UploadFailure", "Uploading",
                ])),
            .optional("requestId", .integer),
        ],
        response: [])
}
