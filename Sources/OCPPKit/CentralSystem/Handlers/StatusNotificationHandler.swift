extension CentralSystem {
    mutating func statusNotification(_ call: InboundCall) -> Answer {
        let request = StatusNotificationRequest(call.payload)
        if let connector = request.connectorId, let status = request.status {
            let row = StoredConnector(
                chargePointId: call.chargePointId, connectorId: connector, status: status.text,
                errorCode: request.errorCode?.text ?? "NoError", since: plausible(request.timestamp))
            chargePoints[call.chargePointId]?.connectors[connector] = row
            let publications = outbox([
                Publication(
                    chargePointId: call.chargePointId, timestamp: plausible(request.timestamp),
                    attributes: .status(
                        request, ofAll: chargePoints[call.chargePointId]?.connectors.mapValues(\.status) ?? [:]))
            ])
            let operations = [.connector(row)] + publications
            // A status that a platform waits for must not be lost.
            if !publications.isEmpty {
                return .resultAfter(operations, StatusNotificationResponse().payload, mayBeLost: false)
            }
            effects.append(.store(StoreRequest(ticket: 0, operations: operations)))
        }
        return .result(StatusNotificationResponse().payload)
    }
}
