extension CentralSystem {
    mutating func meterValues(_ call: InboundCall) -> Answer {
        // The samples are the folder's and the publications' matter: here they stay text.
        var request = PayloadReader(call.payload)
        let transactionId = request.integer("transactionId")
        let content = call.frame.payload?.raw ?? []
        alertIfForeign(transactionId, in: call)
        return .durable(
            TransactionEvent(
                kind: .meterValues, chargePointId: call.chargePointId, connectorId: request.integer("connectorId"),
                transactionId: transactionId, arrival: now,
                replayKey: ReplayKey.meterValues(call.chargePointId, time: firstTime(of: call), content: content),
                payload: Array(content), reply: EmptyPayload.text))
    }

    private func firstTime(of call: InboundCall) -> String? {
        var values = call.frame.payload?["meterValue"]?.elements
        guard let text = values?.next()?["timestamp"]?.text else { return nil }
        return text.utf8.count <= 32 ? text : String(text.prefix(32))
    }
}
