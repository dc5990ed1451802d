extension CentralSystem {
    mutating func statusNotification(_ call: InboundCall) -> Answer {
        let request = StatusNotificationRequest(call.payload)
        if let connector = request.connectorId, let status = request.status {
            let row = StoredConnector(
                chargePointId: call.chargePointId, connectorId: connector, status: status.text,
                errorCode: request.errorCode?.text ?? "NoError", since: plausible(request.timestamp))
            chargePoints[call.chargePointId]?.connectors[connector] = row
            effects.append(.store(StoreRequest(ticket: 0, operations: [.connector(row)])))
            publish(
                call.chargePointId, at: request.timestamp,
                DojotAttributes.status(
                    request, ofAll: chargePoints[call.chargePointId]?.connectors.mapValues(\.status) ?? [:]))
        }
        return .result(StatusNotificationResponse().payload)
    }
}
