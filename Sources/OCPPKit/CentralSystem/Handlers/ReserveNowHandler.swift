extension CentralSystem {
    /// A reservation that the charge point has accepted; one of the same id is replaced (section 5.13).
    mutating func followReserveNow(_ command: AnsweredCommand) {
        var reader = PayloadReader(command.request)
        guard command.isAccepted, let reservationId = reader.integer("reservationId"),
            let connectorId = reader.integer("connectorId"), let idTag = reader.idToken("idTag"),
            let expiryDate = reader.time("expiryDate")
        else { return }
        let reservation = StoredReservation(
            chargePointId: command.chargePointId, reservationId: reservationId, connectorId: connectorId, idTag: idTag,
            parentIdTag: reader.idToken("parentIdTag"), expiryDate: expiryDate)
        chargePoints[command.chargePointId]?.reservations[reservationId] = reservation
        effects.append(.store(StoreRequest(ticket: 0, operations: [.reservation(reservation)])))
        effects.append(.wake(at: expiryDate))
    }

    /// Forgets reservations whose time is over.
    mutating func expireReservations() {
        for (id, chargePoint) in zip(chargePoints.keys, chargePoints.values) where !chargePoint.reservations.isEmpty {
            for reservation in chargePoint.reservations.values {
                if reservation.expiryDate <= now {
                    endReservation(reservation.reservationId, of: id)
                } else {
                    effects.append(.wake(at: reservation.expiryDate))
                }
            }
        }
    }

    mutating func endReservation(_ reservationId: Int64, of id: String) {
        guard chargePoints[id]?.reservations.removeValue(forKey: reservationId) != nil else { return }
        effects.append(
            .store(
                StoreRequest(
                    ticket: 0, operations: [.endedReservation(chargePointId: id, reservationId: reservationId)])))
    }
}
