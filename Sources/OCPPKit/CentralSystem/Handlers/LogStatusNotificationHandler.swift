extension CentralSystem {
    mutating func logStatusNotification(_ call: InboundCall) -> Answer { noteProgress(of: .log, call) }
}
