extension ActionDefinition {
    /// Says how far the upload of diagnostics has come (section 4.4; 6.17, 6.18).
    static let diagnosticsStatusNotification = ActionDefinition(
        "DiagnosticsStatusNotification", .firmwareManagement, sentBy: .chargePoint,
        request: [.required("status", .enumeration(["Idle", "Uploaded", "UploadFailed", "Uploading"]))],
        response: [])
}
