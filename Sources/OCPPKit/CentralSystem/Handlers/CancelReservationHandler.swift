extension CentralSystem {
    mutating func followCancelReservation(_ command: AnsweredCommand) {
        var reader = PayloadReader(command.request)
        guard command.isAccepted, let reservationId = reader.integer("reservationId") else { return }
        endReservation(reservationId, of: command.chargePointId)
    }
}
