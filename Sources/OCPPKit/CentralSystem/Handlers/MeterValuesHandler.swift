extension CentralSystem {
    func meterValues(_ call: InboundCall) -> Answer {
        let request = MeterValuesRequest(call.payload)
        let content = call.frame.payload?.raw ?? []
        return .durable(
            TransactionEvent(
                kind: .meterValues, chargePointId: call.chargePointId, connectorId: request.connectorId,
                transactionId: request.transactionId, arrival: now,
                replayKey: ReplayKey.meterValues(call.chargePointId, content: content), payload: Array(content),
                reply: Array("{}".utf8)))
    }
}
