extension CentralSystem {
    /// Always answered with a transaction id and the tag's standing, for an unknown tag too: the energy may be flowing
    /// (section 4.8). A repetition gets the id of the first.
    mutating func startTransaction(_ call: InboundCall) -> Answer {
        let request = StartTransactionRequest(call.payload)
        let transactionId = folder.repeatedTransactionId(call.record) ?? newTransactionId()
        let response = StartTransactionResponse(
            idTagInfo: startStanding(of: request.idTag, session: folder.session(of: call.record)?.number),
            transactionId: transactionId)
        let content = call.frame.payload?.raw ?? []
        let parts = [
            request.connectorId.map { String($0) }, request.idTag, time(of: call, request),
            request.meterStart?.description,
        ]
        let event = TransactionEvent(
            kind: .start, chargePointId: call.chargePointId, connectorId: request.connectorId,
            transactionId: transactionId, arrival: now,
            replayKey: ReplayKey.start(call.chargePointId, parts),
            // What is missing tells nothing apart.
            alternative: parts.contains(nil)
                ? .init(kind: .conflict, replayKey: ReplayKey.start(call.chargePointId, content: content)) : nil,
            payload: Array(content), reply: response.payload)
        // The reservation ends with its transaction (section 5.13).
        return .durable(event, endingReservation: request.reservationId)
    }

    private mutating func newTransactionId() -> Int64 {
        while true {
            let id = identifiers.transactionId()
            // The store knows the others, and says so.
            if open.number(of: id) == nil { return id }
        }
    }

    /// What tells starts apart: the time as it was sent; without a clock, when all say the same, the session.
    private func time(of call: InboundCall, _ request: StartTransactionRequest) -> String? {
        let text = call.frame.payload?["timestamp"]?.text
        guard request.timestamp.map(\.isOfUnsetClock) ?? true else { return text }
        return "\(text ?? "") \(folder.session(of: call.record)?.number ?? 0)"
    }
}
