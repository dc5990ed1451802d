extension CentralSystem {
    /// What a durable CALL has to tell a platform, once it is stored.
    func publications(of call: InboundCall, transactionId: Int64?) -> [Publication] {
        switch call.record.meantAction {
        case "MeterValues":
            let request = MeterValuesRequest(call.payload)
            return publications(
                request.meterValues, of: call, connector: request.connectorId, transactionId: request.transactionId)
        case "StartTransaction":
            let request = StartTransactionRequest(call.payload)
            return [publication(of: call, at: request.timestamp, .started(request, transactionId: transactionId))]
        case "StopTransaction":
            let request = StopTransactionRequest(call.payload)
            let connector = folder.session(of: call.record)?.connectorId
            return publications(
                request.transactionData, of: call, connector: connector, transactionId: request.transactionId)
                + [publication(of: call, at: request.timestamp, .stopped(request, connector: connector))]
        default: return []
        }
    }

    private func publications(
        _ meterValues: [MeterValue], of call: InboundCall, connector: Int64?, transactionId: Int64?
    ) -> [Publication] {
        meterValues.map { meterValue in
            publication(
                of: call, at: meterValue.timestamp,
                DojotAttributes.meterValue(meterValue, connector: connector, transactionId: transactionId))
        }.filter { !$0.attributes.isEmpty }
    }

    private func publication(of call: InboundCall, at time: Timestamp?, _ attributes: DojotAttributes) -> Publication {
        Publication(chargePointId: call.chargePointId, timestamp: plausible(time), attributes: attributes)
    }

    mutating func publish(_ chargePointId: String, at time: Timestamp? = nil, _ attributes: DojotAttributes) {
        guard configuration.publishes, !attributes.isEmpty else { return }
        effects.append(
            .publish(Publication(chargePointId: chargePointId, timestamp: plausible(time), attributes: attributes)))
    }
}
