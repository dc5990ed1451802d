extension CentralSystem {
    /// The standing of an idTag. The store's list goes before the one that was given at the start; where there is none,
    /// everybody may charge.
    func standing(of idTag: String?) -> IdTagInfo {
        guard let tag = listed(idTag ?? "") else { return IdTagInfo(unknownStatus) }
        return IdTagInfo(tag.status(at: now), expiryDate: tag.expiryDate, parentIdTag: tag.parentIdTag)
    }

    /// The standing of an idTag that starts a transaction: ConcurrentTx where it is on the list and in another one
    /// (section 7.2).
    ///
    /// - Parameter number: of the session that the transaction is.
    func startStanding(of idTag: String?, session number: Int?) -> IdTagInfo {
        var standing = standing(of: idTag)
        if !configuration.allowsConcurrentTransactions, let idTag, standing.status == .known(.accepted),
            listed(idTag) != nil, isCharging(idTag, besides: number)
        {
            standing.status = .known(.concurrentTx)
        }
        return standing
    }

    /// The standing of an idTag that has stopped a transaction. Any idTag of the group may, and the group's own is one
    /// of them even where it is not listed.
    mutating func stopStanding(of idTag: String, session: Session?, _ call: InboundCall) -> IdTagInfo {
        guard let starter = session?.startEvent?.idTag, Tag.key(starter) != Tag.key(idTag) else {
            return standing(of: idTag)
        }
        let group = listed(starter)?.parentIdTag.map(Tag.key)
        if listed(idTag) == nil, Tag.key(idTag) == group {
            return IdTagInfo(.accepted, parentIdTag: listed(starter)?.parentIdTag)
        }
        let isOfGroup = group != nil && listed(idTag)?.parentIdTag.map(Tag.key) == group
        if hasList, !isOfGroup, Tag.key(idTag) != group {
            alert(
                .foreignIdTag, call.chargePointId,
                "transaction \(session?.transactionId.map { String($0) } ?? "without an id") was started by \(starter) "
                    + "and stopped by \(idTag), which is not of its group")
        }
        return standing(of: idTag)
    }

    private func listed(_ idTag: String) -> Tag? { storedTags[idTag] ?? configuration.tags?[idTag] }

    private var unknownStatus: AuthorizationStatus {
        configuration.unknownTags ?? (hasList ? .invalid : .accepted)
    }

    private var hasList: Bool { configuration.tags != nil || !storedTags.isEmpty }

    /// Stores changes of the list; they count once they are durable.
    mutating func change(_ changes: [TagChange], _ ticket: UInt64) {
        identifiers.nextTicket += 1
        awaitingTags[identifiers.nextTicket] = (ticket, changes)
        effects.append(
            .store(StoreRequest(ticket: identifiers.nextTicket, operations: changes.map(StoreOperation.tag))))
    }

    /// - Returns: whether the ticket was one of changes.
    mutating func storedTags(_ storeTicket: UInt64, _ outcome: StoreOutcome) -> Bool {
        guard let (ticket, changes) = awaitingTags.removeValue(forKey: storeTicket) else { return false }
        if case .failed(let reason) = outcome {
            effects.append(.notice("a change of the authorisation list is not stored: \(reason)"))
            effects.append(.tagsChanged(ticket: ticket, failure: reason))
            return true
        }
        for change in changes {
            switch change {
            case .put(let tag): storedTags.put(tag)
            case .remove(let idTag): storedTags.remove(idTag)
            }
        }
        effects.append(.tagsChanged(ticket: ticket, failure: nil))
        return true
    }
}
