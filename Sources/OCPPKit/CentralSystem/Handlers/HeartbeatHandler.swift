extension CentralSystem {
    func heartbeat(_ call: InboundCall) -> Answer {
        .result(HeartbeatResponse(currentTime: now).payload)
    }
}
