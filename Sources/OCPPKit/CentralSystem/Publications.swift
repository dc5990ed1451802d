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

    /// Puts values of a charge point into the outbox.
    mutating func publish(_ chargePointId: String, at time: Timestamp? = nil, _ attributes: DojotAttributes) {
        let operations = outbox(
            [Publication(chargePointId: chargePointId, timestamp: plausible(time), attributes: attributes)])
        if !operations.isEmpty { effects.append(.store(StoreRequest(ticket: 0, operations: operations))) }
    }

    /// What a durable CALL has to tell a platform, as rows that belong into its commit.
    mutating func outbox(of call: InboundCall, transactionId: Int64?) -> [StoreOperation] {
        configuration.publishedChargePoints == nil
            ? [] : outbox(publications(of: call, transactionId: transactionId))
    }

    /// Publications as rows of the outbox; none of charge points that the platform does not know.
    mutating func outbox(_ publications: [Publication]) -> [StoreOperation] {
        guard let published = configuration.publishedChargePoints else { return [] }
        return publications.compactMap { publication in
            let id = publication.chargePointId
            guard published.contains(id) else {
                if unpublished.insert(id).inserted {
                    effects.append(
                        .notice(
                            "DOJOT: no device for charge point \(id): run 'ocppctl provision-dojot' and restart with its map"
                        ))
                }
                return nil
            }
            var publication = publication
            if configuration.hashesTags { publication.attributes = publication.attributes.withHashedTags }
            publication.attributes = publication.attributes.renamed(configuration.attributeLabels)
            guard !publication.attributes.isEmpty else { return nil }
            lastPublicationId += 1
            return .publication(
                StoredPublication(
                    id: lastPublicationId, chargePointId: id,
                    payload: publication.payload(eventId: "\(storeId)-\(lastPublicationId)")))
        }
    }

    /// Begins a run: charge points that were connected when the last one ended without a word are not connected now.
    public mutating func begin(at now: Timestamp) -> [Effect] {
        self.now = now
        for id in chargePoints.keys.sorted() {
            guard chargePoints[id]?.connection == nil, var link = chargePoints[id]?.link, link.disconnected == nil
            else { continue }
            link.disconnected = now
            chargePoints[id]?.link = link
            effects.append(.store(StoreRequest(ticket: 0, operations: [.link(link)])))
            publish(id, DojotAttributes.online(false))
        }
        tellOpenCommands()
        defer { effects.removeAll(keepingCapacity: true) }
        return effects
    }
}
