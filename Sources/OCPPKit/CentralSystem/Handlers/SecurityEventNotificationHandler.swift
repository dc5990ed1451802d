extension CentralSystem {
    /// Durable before its answer: the charge point may forget it then. Events of unknown types are kept, too (whitepaper
    /// "Improved security for OCPP 1.6-J", section 2.9).
    func securityEventNotification(_ call: InboundCall) -> Answer {
        let content = call.payload?.raw ?? []
        return .durable(
            TransactionEvent(
                kind: .securityEvent, chargePointId: call.chargePointId, connectorId: nil, transactionId: nil,
                arrival: now, replayKey: ReplayKey.securityEvent(call.chargePointId, content: content),
                payload: Array(content), reply: EmptyPayload.text))
    }
}
