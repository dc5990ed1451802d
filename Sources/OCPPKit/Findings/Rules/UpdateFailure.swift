/// An update of the firmware, or an upload of diagnostics or logs, failed.
struct UpdateFailure: FindingRule {
    static let code = "updateFailure"
    static let severity = Finding.Severity.error

    private static let failures: [String: Set<String>] = [
        "FirmwareStatusNotification": ["DownloadFailed", "InstallationFailed"],
        "SignedFirmwareStatusNotification": [
            "DownloadFailed", "InstallationFailed", "InstallVerificationFailed", "InvalidSignature",
        ],
        "DiagnosticsStatusNotification": ["UploadFailed"],
        "LogStatusNotification": ["BadMessage", "NotSupportedOperation", "PermissionDenied", "UploadFailure"],
    ]

    mutating func take(_ record: FrameRecord, _ found: inout FindingSink) {
        guard record.frame.kind == .call, let action = record.askedAction, let failures = Self.failures[action],
            let status = record.payload?["status"]?.text, failures.contains(status)
        else { return }
        found.note(self, "\(action): \(status)", record)
    }
}
