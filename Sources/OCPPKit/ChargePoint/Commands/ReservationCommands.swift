extension Command {
    static let reservation: [String: Command] = [
        "CancelReservation": Command(reading: { $0.cancelReservation(&$1) }),
        "ReserveNow": Command(reading: { $0.reserve(&$1) }),
    ]
}

/// A connector that is kept for a tag (section 3.6).
struct ConnectorReservation: Sendable {
    let id: Int64
    /// 0 keeps any one of them.
    let connectorId: Int
    let idTag: String
    let parentIdTag: String?
    let expiry: Timestamp
}

extension SimulatedChargePoint {
    fileprivate mutating func reserve(_ request: inout PayloadReader) -> JSONValue {
        guard let id = request.integer("reservationId"), let idTag = request.idToken("idTag"),
            let connectorId = request.integer("connectorId"), connectorIds.contains(connectorId),
            let expiry = request.time("expiryDate"), expiry > now, canStartSessions
        else { return .status("Rejected") }
        let candidates = connectorId == 0 ? Array(connectors.indices) : [Int(connectorId) - 1]
        // The same id again changes the reservation, which does not stand in its own way.
        let others = reservations.filter { $0.id != id }
        let taken = others.filter { $0.connectorId == 0 }.count
        let free = candidates.filter { index in
            connectors[index].isFree && !connectors[index].isPluggedIn
                && !others.contains { $0.connectorId == index + 1 }
        }
        guard free.count > (connectorId == 0 ? taken : 0), connectorId == 0 || freeCount(others) > taken else {
            return .status(refusal(candidates))
        }
        reservations =
            others + [
                ConnectorReservation(
                    id: id, connectorId: Int(connectorId), idTag: idTag, parentIdTag: request.idToken("parentIdTag"),
                    expiry: expiry)
            ]
        applyReservations()
        return .status("Accepted")
    }

    fileprivate mutating func cancelReservation(_ request: inout PayloadReader) -> JSONValue {
        let id = request.integer("reservationId")
        guard reservations.contains(where: { $0.id == id }) else { return .status("Rejected") }
        reservations.removeAll { $0.id == id }
        applyReservations()
        return .status("Accepted")
    }

    /// Why none of the connectors can be kept.
    private func refusal(_ candidates: [Int]) -> String {
        if candidates.allSatisfy({ connectors[$0].fault != nil }) { return "Faulted" }
        if candidates.allSatisfy({ !connectors[$0].isOperative }) { return "Unavailable" }
        return "Occupied"
    }

    /// Connectors that nobody uses and nobody has reserved by their own id.
    private func freeCount(_ reservations: [ConnectorReservation]) -> Int {
        connectors.indices.count { index in
            connectors[index].isFree && !reservations.contains { $0.connectorId == index + 1 }
        }
    }

    /// The reservation that a tag would use up on a connector; its group's counts as its own where the list tells it.
    func reservation(for idTag: String, on index: Int) -> ConnectorReservation? {
        let parent = localList[idTag]?.parentIdTag?.lowercased()
        let own = reservations.filter {
            $0.idTag.lowercased() == idTag.lowercased() || (parent != nil && $0.parentIdTag?.lowercased() == parent)
        }
        return own.first { $0.connectorId == index + 1 } ?? own.first { $0.connectorId == 0 }
    }

    /// Whether a session of the tag could begin on a connector now.
    func canUse(_ index: Int, idTag: String) -> Bool {
        guard connectors[index].isFree else { return false }
        if let own = reservation(for: idTag, on: index) {
            return own.connectorId != 0 || !reservations.contains { $0.connectorId == index + 1 }
        }
        guard !reservations.contains(where: { $0.connectorId == index + 1 }) else { return false }
        let kept = reservations.count { $0.connectorId == 0 }
        return kept == 0 || freeCount(reservations) > kept
    }

    /// The end of the first reservation.
    var nextReservationEnd: Timestamp? { reservations.map(\.expiry).min() }

    mutating func endReservations() {
        guard let end = nextReservationEnd, end <= now else { return }
        reservations.removeAll { $0.expiry <= now }
        applyReservations()
    }

    /// A session takes its reservation with it and returns its id.
    mutating func useReservation(for idTag: String, on index: Int) -> Int64? {
        guard let own = reservation(for: idTag, on: index) else { return nil }
        reservations.removeAll { $0.id == own.id }
        applyReservations()
        return own.id
    }

    /// Tells which connectors are reserved now.
    private mutating func applyReservations() {
        for index in connectors.indices {
            connectors[index].isReserved = reservations.contains { $0.connectorId == index + 1 }
        }
        reportStatuses()
    }
}
