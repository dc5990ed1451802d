extension CentralSystem {
    /// The standing of an idTag. The store's list goes before the one that was given at the start; where there is none,
    /// everybody may charge.
    func standing(of idTag: String?) -> IdTagInfo {
        guard let tag = listed(idTag ?? "") else { return IdTagInfo(unknownStatus) }
        return IdTagInfo(tag.status(at: now), expiryDate: tag.expiryDate, parentIdTag: tag.parentIdTag)
    }

    private func listed(_ idTag: String) -> Tag? { storedTags[idTag] ?? configuration.tags?[idTag] }

    private var unknownStatus: AuthorizationStatus {
        configuration.unknownTags ?? (configuration.tags == nil && storedTags.isEmpty ? .accepted : .invalid)
    }

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
