extension CentralSystem {
    mutating func diagnosticsStatusNotification(_ call: InboundCall) -> Answer { noteProgress(of: .diagnostics, call) }
}
