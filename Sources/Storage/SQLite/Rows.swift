import OCPPKit

/// The values of rows; the columns are those of the queries in `SQLiteStoreReader`.
extension Statement {
    static let sessionColumns = "number, charge_point, is_ended, end_sequence, state"

    func sessionRow() -> SessionRow {
        SessionRow(
            session: StoredSession(
                number: Int(integer(0)), chargePointId: string(1), isNew: false, isEnded: integer(2) != 0,
                state: bytes(4)),
            endSequence: optionalInteger(3))
    }

    func event(path: String) throws(StoreError) -> TransactionEvent {
        guard let kind = TransactionEvent.Kind(rawValue: string(0)) else {
            throw .corrupt(path: path, detail: "an event of kind \(string(0))")
        }
        return TransactionEvent(
            kind: kind, chargePointId: string(1), connectorId: optionalInteger(2), transactionId: optionalInteger(3),
            arrival: Timestamp(milliseconds: integer(4)), replayKey: string(5), payload: bytes(6), reply: bytes(7))
    }

    static let publicationColumns = "id, charge_point, payload"

    func publication() -> StoredPublication {
        StoredPublication(id: integer(0), chargePointId: string(1), payload: bytes(2))
    }

    func chargePoint() -> StoredChargePoint {
        StoredChargePoint(
            chargePointId: string(0), vendor: optionalString(1), model: optionalString(2),
            serialNumber: optionalString(3), firmwareVersion: optionalString(4), registration: string(5),
            lastBoot: Timestamp(milliseconds: integer(6)))
    }

    func connector() -> StoredConnector {
        StoredConnector(
            chargePointId: string(0), connectorId: integer(1), status: string(2), errorCode: string(3),
            since: Timestamp(milliseconds: integer(4)))
    }

    func link() -> StoredLink {
        StoredLink(
            chargePointId: string(0), peer: string(1), connected: Timestamp(milliseconds: integer(2)),
            disconnected: optionalInteger(3).map { Timestamp(milliseconds: $0) })
    }

    func progress(path: String) throws(StoreError) -> StoredProgress {
        guard let task = StoredProgress.Task(rawValue: string(1)) else {
            throw .corrupt(path: path, detail: "progress of a task \(string(1))")
        }
        return StoredProgress(
            chargePointId: string(0), task: task, status: string(2), requestId: optionalInteger(3),
            since: Timestamp(milliseconds: integer(4)))
    }

    func reservation() -> StoredReservation {
        StoredReservation(
            chargePointId: string(0), reservationId: integer(1), connectorId: integer(2), idTag: string(3),
            parentIdTag: optionalString(4), expiryDate: Timestamp(milliseconds: integer(5)))
    }

    static let tagColumns = "id_tag, status, parent_id_tag, expiry_ms"

    func tag(path: String) throws(StoreError) -> Tag {
        guard let status = AuthorizationStatus(rawValue: string(1)) else {
            throw .corrupt(path: path, detail: "an idTag of status \(string(1))")
        }
        return Tag(
            string(0), status, parentIdTag: optionalString(2),
            expiryDate: optionalInteger(3).map { Timestamp(milliseconds: $0) })
    }
}
