import Testing

@testable import OCPPKit

/// Reservations and local lists, followed by the answers of charge points (sections 5.1, 5.10, 5.13 and 5.15).
@Suite("Central system: reservations and local lists")
struct ReservationTests {
    private func booted() -> Scenario {
        var scenario = Scenario()
        scenario.boot("CP1")
        return scenario
    }

    private func reserve(_ scenario: inout Scenario, _ number: Int, status: String = "Accepted", tag: String = "T") {
        scenario.command(
            "CP1", "ReserveNow",
            #"{"connectorId":1,"expiryDate":"2026-11-22T09:00:00Z","idTag":"\#(tag)","parentIdTag":"P","reservationId":\#(number)}"#,
            answer: #"{"status":"\#(status)"}"#)
    }

    private func numbers(_ scenario: Scenario) -> [Int64]? {
        scenario.core.stations(at: scenario.now).first?.reservations.map(\.reservationId)
    }

    @Test func `A reservation counts once it is accepted`() {
        var scenario = booted()
        for status in ["Faulted", "Occupied", "Rejected", "Unavailable"] { reserve(&scenario, 1, status: status) }
        #expect(numbers(scenario) == [])
        reserve(&scenario, 2)
        reserve(&scenario, 3)
        #expect(numbers(scenario) == [2, 3])
        scenario.restart()
        #expect(numbers(scenario) == [2, 3])
        #expect(
            scenario.store.reservations.first
                == StoredReservation(
                    chargePointId: "CP1", reservationId: 2, connectorId: 1, idTag: "T", parentIdTag: "P",
                    expiryDate: Timestamp(rfc3339: "2026-11-22T09:00:00Z")!))
    }

    /// Section 5.13: the same id again replaces it.
    @Test func `A reservation can be replaced`() {
        var scenario = booted()
        reserve(&scenario, 1, tag: "A")
        reserve(&scenario, 1, tag: "B")
        #expect(scenario.core.stations(at: scenario.now).first?.reservations.map(\.idTag) == ["B"])
    }

    @Test func `A cancellation counts once it is accepted`() {
        var scenario = booted()
        reserve(&scenario, 1)
        scenario.command("CP1", "CancelReservation", #"{"reservationId":1}"#, answer: #"{"status":"Rejected"}"#)
        #expect(numbers(scenario) == [1])
        scenario.command("CP1", "CancelReservation", #"{"reservationId":1}"#, answer: #"{"status":"Accepted"}"#)
        #expect(numbers(scenario) == [])
        #expect(scenario.store.reservations.isEmpty)
    }

    @Test func `A reservation ends with the start that names it, once that is stored`() {
        var scenario = booted()
        reserve(&scenario, 1)
        reserve(&scenario, 2)
        scenario.storeFailure = .failed("no space left")
        scenario.start("CP1", more: #","reservationId":1"#)
        #expect(numbers(scenario) == [1, 2])
        scenario.storeFailure = nil
        scenario.start("CP1", more: #","reservationId":1"#)
        #expect(numbers(scenario) == [2])
        #expect(scenario.store.reservations.map(\.reservationId) == [2])
    }

    @Test func `A reservation is another charge point's business`() {
        var scenario = booted()
        scenario.boot("CP2")
        reserve(&scenario, 1)
        scenario.start("CP2", more: #","reservationId":1"#)
        #expect(numbers(scenario) == [1])
        #expect(scenario.store.reservations.count == 1)
    }

    @Test func `A reservation expires`() {
        var scenario = booted()
        reserve(&scenario, 1)
        #expect(scenario.wakes.contains(Timestamp(rfc3339: "2026-11-22T09:00:00Z")!))
        scenario.pass(seconds: 3599)
        #expect(numbers(scenario) == [1])
        #expect(scenario.wakes.last == Timestamp(rfc3339: "2026-11-22T09:00:00Z")!)
        scenario.pass(seconds: 1)
        #expect(numbers(scenario) == [])
        #expect(scenario.store.reservations.isEmpty)
    }

    /// It expired while nothing ran, and nothing has told the server to look since.
    @Test func `A reservation that expired meanwhile does not count`() {
        var scenario = booted()
        reserve(&scenario, 1)
        scenario.now = Timestamp(rfc3339: "2026-11-22T10:00:00Z")!
        scenario.restart()
        #expect(numbers(scenario) == [])
        scenario.give(.tick)
        #expect(scenario.store.reservations.isEmpty)
    }

    // MARK: Local lists

    private func sendList(_ scenario: inout Scenario, _ payload: String, _ status: String) {
        scenario.command("CP1", "SendLocalList", payload, answer: #"{"status":"\#(status)"}"#)
    }

    @Test func `A full list is what the charge point then has`() {
        var scenario = booted()
        sendList(
            &scenario,
            #"{"listVersion":3,"updateType":"Full","localAuthorizationList":[{"idTag":"A","idTagInfo":{"status":"Blocked","parentIdTag":"P","expiryDate":"2027-01-01T00:00:00Z"}},{"idTag":"B"}]}"#,
            "Accepted")
        #expect(
            scenario.store.localLists == [
                LocalListUpdate(
                    chargePointId: "CP1", version: 3,
                    content: .full([
                        Tag("A", .blocked, parentIdTag: "P", expiryDate: Timestamp(rfc3339: "2027-01-01T00:00:00Z")!)
                    ]), time: scenario.now)
            ])
    }

    @Test func `A difference is a difference`() {
        var scenario = booted()
        sendList(
            &scenario,
            #"{"listVersion":4,"updateType":"Differential","localAuthorizationList":[{"idTag":"A","idTagInfo":{"status":"Accepted"}},{"idTag":"B"}]}"#,
            "Accepted")
        #expect(scenario.store.localLists.map(\.content) == [.differential([.put(Tag("A")), .remove(idTag: "B")])])
    }

    @Test(arguments: [("Failed", true), ("VersionMismatch", true), ("NotSupported", false)])
    func `After a failure the list is not known`(_ status: String, _ isForgotten: Bool) {
        var scenario = booted()
        sendList(&scenario, #"{"listVersion":4,"updateType":"Differential"}"#, status)
        #expect(scenario.store.localLists.map(\.content) == (isForgotten ? [.unknown] : []))
    }

    @Test(arguments: [(Int64(7), LocalListUpdate.Content.confirmed), (0, .full([])), (-1, .full([]))])
    func `The charge point says which version it has`(_ version: Int64, _ content: LocalListUpdate.Content) {
        var scenario = booted()
        scenario.command("CP1", "GetLocalListVersion", "{}", answer: #"{"listVersion":\#(version)}"#)
        #expect(scenario.store.localLists.map(\.version) == [version])
        #expect(scenario.store.localLists.map(\.content) == [content])
    }
}
