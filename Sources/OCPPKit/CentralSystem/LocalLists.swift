extension CentralSystem {
    /// Keeps what a charge point's local list has become by a SendLocalList that it accepted.
    mutating func keepLocalList(_ request: CommandRequest) {
        guard let payload = try? JSONTree(parsing: request.payload).root,
            let version = payload["listVersion"]?.integer
        else { return }
        effects.append(
            .store(
                StoreRequest(
                    ticket: 0,
                    operations: [
                        .localList(
                            LocalListUpdate(
                                chargePointId: request.chargePointId, version: version,
                                content: Self.content(of: payload), time: now))
                    ])))
    }

    private static func content(of payload: JSONNode) -> LocalListUpdate.Content {
        var changes: [TagChange] = []
        for element in payload["localAuthorizationList"].map({ Array($0.elements) }) ?? [] {
            guard let idTag = element["idTag"]?.text else { return .unknown }
            do {
                changes.append(try Tag(authorizationData: element).map { .put($0) } ?? .remove(idTag: idTag))
            } catch {
                // What was sent unchecked may be anything.
                return .unknown
            }
        }
        guard payload["updateType"]?.isText("Full") == true else { return .differential(changes) }
        return .full(changes.compactMap { if case .put(let tag) = $0 { tag } else { nil } })
    }
}
