extension CentralSystem {
    mutating func meterValues(_ call: InboundCall) -> Answer {
        let request = MeterValuesRequest(call.payload)
        let content = call.frame.payload?.raw ?? []
        alertIfForeign(request.transactionId, in: call)
        return .durable(
            TransactionEvent(
                kind: .meterValues, chargePointId: call.chargePointId, connectorId: request.connectorId,
                transactionId: request.transactionId, arrival: now,
                replayKey: ReplayKey.meterValues(call.chargePointId, content: content), payload: Array(content),
                reply: EmptyPayload().payload))
    }
}
