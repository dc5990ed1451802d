extension CentralSystem {
    typealias Handler = @Sendable (inout CentralSystem, InboundCall) -> Answer

    /// What a central system does with each action that charge points send. One file each in this folder.
    static let handlersByName: [String: Handler] = [
        "Authorize": { $0.authorize($1) },
        "BootNotification": { $0.bootNotification($1) },
        "DataTransfer": { $0.dataTransfer($1) },
        "DiagnosticsStatusNotification": { $0.diagnosticsStatusNotification($1) },
        "FirmwareStatusNotification": { $0.firmwareStatusNotification($1) },
        "Heartbeat": { $0.heartbeat($1) },
        "LogStatusNotification": { $0.logStatusNotification($1) },
        "MeterValues": { $0.meterValues($1) },
        "SecurityEventNotification": { $0.securityEventNotification($1) },
        "SignCertificate": { $0.signCertificate($1) },
        "SignedFirmwareStatusNotification": { $0.signedFirmwareStatusNotification($1) },
        "StartTransaction": { $0.startTransaction($1) },
        "StatusNotification": { $0.statusNotification($1) },
        "StopTransaction": { $0.stopTransaction($1) },
    ]

    /// By the action's index; `nil` for what a central system does not take.
    static let handlers: [Handler?] = Actions.all.map { handlersByName[$0.name] }
}
