extension CentralSystem {
    /// Always answered with a transaction id and the tag's standing, for an unknown tag too: the energy may be flowing
    /// (section 4.8). A repetition gets the id of the first.
    mutating func startTransaction(_ call: InboundCall) -> Answer {
        let request = StartTransactionRequest(call.payload)
        let transactionId = folder.repeatedTransactionId(call.record) ?? identifiers.transactionId()
        let response = StartTransactionResponse(
            idTagInfo: standing(of: request.idTag), transactionId: transactionId)
        return .durable(
            TransactionEvent(
                kind: .start, chargePointId: call.chargePointId, connectorId: request.connectorId,
                transactionId: transactionId, arrival: now,
                replayKey: ReplayKey.start(
                    call.chargePointId, connector: request.connectorId, idTag: request.idTag,
                    time: time(of: call, request), meter: request.meterStart?.description),
                payload: Array(call.frame.payload?.raw ?? []), reply: response.payload))
    }

    /// What tells starts apart: the time as it was sent; without a clock, when all say the same, the session.
    private func time(of call: InboundCall, _ request: StartTransactionRequest) -> String? {
        let text = call.frame.payload?["timestamp"]?.text
        guard request.timestamp.map(\.isOfUnsetClock) ?? true else { return text }
        return "\(text ?? "") \(folder.session(of: call.record)?.number ?? 0)"
    }
}
