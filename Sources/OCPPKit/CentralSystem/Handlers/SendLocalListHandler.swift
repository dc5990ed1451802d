extension CentralSystem {
    /// What the charge point's local list has become (section 5.15). One that says VersionMismatch has another list than
    /// was thought; one that says Failed may have anything.
    mutating func followSendLocalList(_ command: AnsweredCommand) {
        guard let request = command.request, let version = request["listVersion"]?.integer else { return }
        let elements = request["localAuthorizationList"].map { Array($0.elements) } ?? []
        let content: LocalListUpdate.Content
        switch command.response?["status"]?.text {
        case "Accepted":
            let changes = elements.compactMap { element -> TagChange? in
                guard let idTag = element["idTag"]?.text else { return nil }
                guard let tag = try? Tag(authorizationData: element) else { return .remove(idTag: idTag) }
                return .put(tag)
            }
            content =
                request["updateType"]?.isText("Differential") == true
                ? .differential(changes)
                : .full(changes.compactMap { if case .put(let tag) = $0 { tag } else { nil } })
        case "Failed", "VersionMismatch": content = .unknown
        default: return
        }
        update(LocalListUpdate(chargePointId: command.chargePointId, version: version, content: content, time: now))
    }

    mutating func update(_ list: LocalListUpdate) {
        effects.append(.store(StoreRequest(ticket: 0, operations: [.localList(list)])))
    }
}
