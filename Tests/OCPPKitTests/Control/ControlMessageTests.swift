import Testing

@testable import OCPPKit

/// The lines of the control socket, written and read again.
@Suite("Control messages")
struct ControlMessageTests {
    let time = Timestamp(milliseconds: 1_767_265_445_678)

    private func read(_ request: ControlRequest) throws -> ControlRequest { try ControlRequest(line: request.line) }

    private func error(_ line: String) -> ControlError? {
        do {
            _ = try ControlRequest(line: Array(line.utf8))
            return nil
        } catch {
            return error
        }
    }

    @Test func `Changes of tags come through`() throws {
        let changes: [TagChange] = [
            .put(Tag("BUS-17", .blocked, parentIdTag: "FLEET", expiryDate: time)), .remove(idTag: "Ö\"x"),
        ]
        guard case .changeTags(7, let read) = try read(.changeTags(number: 7, changes)) else {
            Issue.record("another request")
            return
        }
        #expect(read == changes)
    }

    @Test func `Stations are asked for`() throws {
        guard case .stations(3) = try read(.stations(number: 3)) else {
            Issue.record("another request")
            return
        }
    }

    /// Each with the number of its request, so that the asker knows.
    @Test(arguments: [
        (#"{"request":"changeTags","number":4}"#, "changes is missing or of the wrong type"),
        (#"{"request":"changeTags","number":4,"changes":[{}]}"#, "put is missing or of the wrong type"),
        (#"{"request":"changeTags","number":4,"changes":[{"put":{"idTag":""}}]}"#, "the idTag is empty"),
        (
            #"{"request":"changeTags","number":4,"changes":[{"put":{"idTag":"A","status":"Odd"}}]}"#,
            "status Odd is none of Accepted, Blocked, Expired, Invalid, ConcurrentTx"
        ),
        (
            #"{"request":"changeTags","number":4,"changes":[{"put":{"idTag":"123456789012345678901"}}]}"#,
            "the idTag has 21 characters, limit 20"
        ),
        (#"{"request":"odd","number":4}"#, "unknown request"),
    ])
    func `A bad request says why`(_ line: String, _ message: String) {
        #expect(error(line)?.message == message)
        #expect(error(line)?.number == 4)
    }

    @Test func `A station comes through`() throws {
        let station = Station(
            chargePointId: "CP'1", isOnline: true,
            link: StoredLink(chargePointId: "CP'1", peer: "::1", connected: time, disconnected: nil),
            lastMessage: time,
            boot: StoredChargePoint(
                chargePointId: "CP'1", vendor: "V", model: nil, serialNumber: "", firmwareVersion: "1.0",
                registration: "Pending", lastBoot: time),
            connectors: [
                StoredConnector(
                    chargePointId: "CP'1", connectorId: 0, status: "Faulted", errorCode: "Odd", since: time)
            ],
            transactions: [
                Station.OpenTransaction(connectorId: 1, transactionId: nil, idTag: "T", start: time),
                Station.OpenTransaction(connectorId: nil, transactionId: 5, idTag: nil, start: nil),
            ],
            progress: [
                StoredProgress(chargePointId: "CP'1", task: .signedFirmware, status: "X", requestId: 5, since: time)
            ],
            reservations: [
                StoredReservation(
                    chargePointId: "CP'1", reservationId: 1, connectorId: 0, idTag: "T", parentIdTag: "P",
                    expiryDate: time)
            ])
        let full = ControlReply.station(number: 1, station).line
        guard case .station(1, station) = ControlReply(line: full) else {
            Issue.record("\(String(decoding: full, as: UTF8.self))")
            return
        }
        let bare = ControlReply.station(number: 2, Station(chargePointId: "B")).line
        guard case .station(2, Station(chargePointId: "B")) = ControlReply(line: bare) else {
            Issue.record("\(String(decoding: bare, as: UTF8.self))")
            return
        }
    }

    @Test func `The end of an answer comes through`() {
        guard case .done(9, 120) = ControlReply(line: ControlReply.done(number: 9, count: 120).line) else {
            Issue.record("another reply")
            return
        }
    }
}
