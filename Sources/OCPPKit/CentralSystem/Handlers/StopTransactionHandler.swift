extension CentralSystem {
    /// Always answered: a charge point would send it for ever. A stop of a transaction that is not this charge point's
    /// is kept as it came, and touches no other charge point's session.
    func stopTransaction(_ call: InboundCall) -> Answer {
        let request = StopTransactionRequest(call.payload)
        let content = call.frame.payload?.raw ?? []
        return .durable(
            TransactionEvent(
                kind: .stop, chargePointId: call.chargePointId,
                connectorId: folder.session(of: call.record)?.connectorId,
                transactionId: request.transactionId, arrival: now,
                replayKey: ReplayKey.stop(
                    call.chargePointId, transactionId: request.transactionId, content: content),
                payload: Array(content),
                reply: StopTransactionResponse(idTagInfo: request.idTag.map { standing(of: $0) }).payload))
    }
}
