extension CentralSystem {
    mutating func signedFirmwareStatusNotification(_ call: InboundCall) -> Answer {
        noteProgress(of: .signedFirmware, call)
    }
}
