/// The transactions of all charge points that have started and not ended: who has which id, and which idTag is in one.
struct OpenTransactions: Sendable {
    private var entries: [Int: OpenTransaction] = [:]
    private var byTag: [String: Set<Int>] = [:]
    private var byTransaction: [Int64: Int] = [:]

    /// Takes in what a session has become; `nil` where it is no open transaction, or was forgotten.
    mutating func note(_ number: Int, _ entry: OpenTransaction?) {
        let old = entries[number]
        // As with nearly all meter values.
        if old == entry { return }
        entries[number] = entry
        if let old {
            if let tag = old.idTag.map(Tag.key) {
                byTag[tag]?.remove(number)
                if byTag[tag]?.isEmpty == true { byTag[tag] = nil }
            }
            if let id = old.transactionId, byTransaction[id] == number { byTransaction[id] = nil }
        }
        if let tag = entry?.idTag.map(Tag.key) { byTag[tag, default: []].insert(number) }
        if let id = entry?.transactionId { byTransaction[id] = number }
    }

    /// The numbers of the sessions that the idTag has started.
    func numbers(of idTag: String) -> Set<Int> { byTag[Tag.key(idTag)] ?? [] }
    func number(of transactionId: Int64) -> Int? { byTransaction[transactionId] }
}

/// Who has started a transaction, and its id.
struct OpenTransaction: Sendable, Equatable {
    let idTag: String?
    let transactionId: Int64?

    /// `nil` for one that was not seen to start, or has ended.
    init?(_ session: Session) {
        guard session.startEvent != nil, !session.isClosed else { return nil }
        idTag = session.startEvent?.idTag
        transactionId = session.transactionId
    }
}

extension CentralSystem {
    /// Whether the idTag is in a transaction already, another one than that of the session given.
    func isCharging(_ idTag: String, besides number: Int?) -> Bool {
        open.numbers(of: idTag).contains { $0 != number && folder.session($0)?.isClosed == false }
    }

    /// The charge point that an open transaction belongs to.
    func owner(of transactionId: Int64) -> String? {
        open.number(of: transactionId).flatMap { folder.session($0) }.flatMap { $0.isClosed ? nil : $0.chargePointId }
    }
}
