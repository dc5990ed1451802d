extension CentralSystem {
    /// What the charge point's local list has become (section 5.15). One that says VersionMismatch has another list than
    /// was thought; one that says Failed may have anything.
    mutating func followSendLocalList(_ command: AnsweredCommand) {
        guard let request = command.request, let version = request["listVersion"]?.integer else { return }
        let content: LocalListUpdate.Content
        switch command.response?["status"]?.text {
        case "Accepted": content = Self.content(of: request)
        case "Failed", "VersionMismatch": content = .unknown
        default: return
        }
        update(LocalListUpdate(chargePointId: command.chargePointId, version: version, content: content, time: now))
    }

    mutating func update(_ list: LocalListUpdate) {
        effects.append(.store(StoreRequest(ticket: 0, operations: [.localList(list)])))
    }

    private static func content(of request: JSONNode) -> LocalListUpdate.Content {
        var changes: [TagChange] = []
        for element in request["localAuthorizationList"].map({ Array($0.elements) }) ?? [] {
            guard let idTag = element["idTag"]?.text else { return .unknown }
            do {
                changes.append(try Tag(authorizationData: element).map { .put($0) } ?? .remove(idTag: idTag))
            } catch {
                // What was sent unchecked may be anything.
                return .unknown
            }
        }
        guard request["updateType"]?.isText("Full") == true else { return .differential(changes) }
        return .full(changes.compactMap { if case .put(let tag) = $0 { tag } else { nil } })
    }
}
