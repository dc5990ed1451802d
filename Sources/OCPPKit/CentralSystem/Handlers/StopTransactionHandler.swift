extension CentralSystem {
    /// Always answered: a charge point would send it for ever. A stop of a transaction that is not this charge point's
    /// is kept as it came, and touches no other charge point's session.
    mutating func stopTransaction(_ call: InboundCall) -> Answer {
        let request = StopTransactionRequest(call.payload)
        let content = call.frame.payload?.raw ?? []
        let session = folder.session(of: call.record)
        alertIfForeign(request.transactionId, in: call)
        let response = StopTransactionResponse(
            idTagInfo: request.idTag.map { stopStanding(of: $0, session: session, call) })
        return .durable(
            TransactionEvent(
                kind: .stop, chargePointId: call.chargePointId, connectorId: session?.connectorId,
                transactionId: request.transactionId, arrival: now,
                replayKey: ReplayKey.stop(call.chargePointId, transactionId: request.transactionId, content: content),
                alternative: .init(
                    kind: session?.startEvent == nil ? .stop : .conflict,
                    replayKey: ReplayKey.stop(call.chargePointId, transactionId: nil, content: content)),
                payload: Array(content), reply: response.payload))
    }
}
