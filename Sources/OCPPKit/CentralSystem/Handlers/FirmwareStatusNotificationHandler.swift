extension CentralSystem {
    mutating func firmwareStatusNotification(_ call: InboundCall) -> Answer { noteProgress(of: .firmware, call) }
}
