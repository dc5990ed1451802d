import Testing

@testable import OCPPKit

/// What a platform is told is in the commit of the data that it tells (row 2 of what must hold).
struct OutboxTests {
    private func scenario() -> Scenario {
        var scenario = Scenario { $0.publishedChargePoints = ["CP1"] }
        scenario.boot("CP1")
        return scenario
    }

    /// The requests that wait for the store and hold both.
    private func isTogether(_ request: StoreRequest, _ isData: (StoreOperation) -> Bool) -> Bool {
        request.ticket != 0 && request.operations.contains(where: isData)
            && request.operations.contains { if case .publication = $0 { true } else { false } }
    }

    @Test func `Starts, meter values, stops and statuses wait for one commit with their publications`() throws {
        var scenario = scenario()
        scenario.commitsAtOnce = false
        func isEvent(_ operation: StoreOperation) -> Bool { if case .event = operation { true } else { false } }
        func isStatus(_ operation: StoreOperation) -> Bool { if case .connector = operation { true } else { false } }
        let calls: [(String, String, (StoreOperation) -> Bool)] = [
            (
                "StartTransaction", #"{"connectorId":1,"idTag":"T","meterStart":0,"timestamp":"2026-11-22T08:00:00Z"}"#,
                isEvent
            ),
            (
                "MeterValues",
                #"{"connectorId":1,"meterValue":[{"timestamp":"2026-11-22T08:00:00Z","sampledValue":[{"value":"1"}]}]}"#,
                isEvent
            ),
            ("StopTransaction", #"{"transactionId":5,"meterStop":1,"timestamp":"2026-11-22T08:00:00Z"}"#, isEvent),
            ("StatusNotification", #"{"connectorId":1,"errorCode":"NoError","status":"Charging"}"#, isStatus),
            (
                "BootNotification", #"{"chargePointVendor":"V","chargePointModel":"M"}"#,
                { if case .chargePoint = $0 { true } else { false } }
            ),
        ]
        for (action, payload, isData) in calls {
            let answer = scenario.call("CP1", action, payload)
            #expect(answer == nil, "\(action) is answered before it is stored")
            #expect(scenario.waiting.contains { isTogether($0, isData) }, "\(action)")
            scenario.commitWaiting()
        }
        #expect(scenario.sent.count == 6, "each is answered after its commit")
    }

    @Test func `A status whose publication is not stored is to be sent again`() {
        var scenario = scenario()
        scenario.storeFailure = .failed("no space left")
        let status = #"{"connectorId":1,"errorCode":"NoError","status":"Charging"}"#
        let before = scenario.store.outbox.count
        #expect(scenario.call("CP1", "StatusNotification", status)?.error?.code == "InternalError")
        #expect(scenario.notices.count == 1)
        scenario.storeFailure = nil
        #expect(scenario.ask("CP1", "StatusNotification", status) != nil)
        #expect(scenario.store.outbox.count == before + 1)
    }

    @Test func `Each has an id of its own, also after a restart`() {
        var scenario = scenario()
        scenario.start("CP1")
        scenario.restart()
        scenario.boot("CP1")
        let ids = scenario.store.published.compactMap { $0["eventId"]?.text }
        #expect(ids.count == scenario.store.outbox.count && Set(ids).count == ids.count)
        #expect(scenario.store.outbox.map(\.id) == Array(1...Int64(ids.count)))
    }

    @Test func `A repetition is not published again`() {
        var scenario = scenario()
        scenario.start("CP1")
        let count = scenario.store.outbox.count
        scenario.start("CP1")
        #expect(scenario.store.outbox.count == count)
    }

    @Test func `A charge point without a device is not published, and that is said once`() {
        var scenario = Scenario { $0.publishedChargePoints = [] }
        scenario.boot("CP1")
        scenario.start("CP1")
        #expect(scenario.store.outbox.isEmpty)
        #expect(scenario.notices.filter { $0.contains("CP1") && $0.contains("provision-dojot") }.count == 1)
    }

    @Test func `Without a platform nothing is published, and a status is answered at once`() {
        var scenario = Scenario()
        scenario.boot("CP1")
        scenario.commitsAtOnce = false
        #expect(
            scenario.ask("CP1", "StatusNotification", #"{"connectorId":1,"errorCode":"NoError","status":"Charging"}"#)
                != nil)
        #expect(scenario.store.outbox.isEmpty && scenario.notices.isEmpty)
    }

    @Test func `A charge point that was connected when the server died is offline until it is back`() {
        var scenario = scenario()
        scenario.restart()
        scenario.begin()
        #expect(scenario.store.published.last?["online"]?.boolean == false)
        #expect(scenario.store.links["CP1"]?.disconnected == scenario.now)
        scenario.restart()
        let count = scenario.store.outbox.count
        scenario.begin()
        #expect(scenario.store.outbox.count == count, "it is said once")
        scenario.connect("CP1")
        #expect(scenario.store.published.last?["online"]?.boolean == true)
    }
}
