import OCPPKit

/// The statements that write what charge points are doing, each row for the last word on it.
final class StationStatements {
    private let link, progress, reservation, endedReservation: Statement

    init(_ connection: Connection) throws(SQLiteFailure) {
        link = try connection.prepare(
            "INSERT OR REPLACE INTO links (charge_point, peer, connected_ms, disconnected_ms) VALUES (?, ?, ?, ?)")
        progress = try connection.prepare(
            "INSERT OR REPLACE INTO progress (charge_point, task, status, request, since_ms) VALUES (?, ?, ?, ?, ?)")
        reservation = try connection.prepare(
            """
            INSERT OR REPLACE INTO reservations
                (charge_point, reservation, connector, id_tag, parent_id_tag, expiry_ms)
            VALUES (?, ?, ?, ?, ?, ?)
            """)
        endedReservation = try connection.prepare("DELETE FROM reservations WHERE charge_point = ? AND reservation = ?")
    }

    func replace(_ value: StoredLink) throws(SQLiteFailure) {
        link.bind(1, value.chargePointId)
        link.bind(2, value.peer)
        link.bind(3, value.connected.milliseconds)
        link.bind(4, value.disconnected?.milliseconds)
        try link.run()
    }

    func replace(_ value: StoredProgress) throws(SQLiteFailure) {
        progress.bind(1, value.chargePointId)
        progress.bind(2, value.task.rawValue)
        progress.bind(3, value.status)
        progress.bind(4, value.requestId)
        progress.bind(5, value.since.milliseconds)
        try progress.run()
    }

    func replace(_ value: StoredReservation) throws(SQLiteFailure) {
        reservation.bind(1, value.chargePointId)
        reservation.bind(2, value.reservationId)
        reservation.bind(3, value.connectorId)
        reservation.bind(4, value.idTag)
        reservation.bind(5, value.parentIdTag)
        reservation.bind(6, value.expiryDate.milliseconds)
        try reservation.run()
    }

    func removeReservation(_ chargePointId: String, _ reservationId: Int64) throws(SQLiteFailure) {
        endedReservation.bind(1, chargePointId)
        endedReservation.bind(2, reservationId)
        try endedReservation.run()
    }
}
