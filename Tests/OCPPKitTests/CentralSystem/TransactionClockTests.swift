import Testing

@testable import OCPPKit

// Transactions by clocks that are wrong, or were never set (rows 9 and 42).
extension TransactionTests {
    /// The times that cannot be true, and what is said of them.
    @Test(arguments: [
        ("1970-01-01T00:00:10Z", ["arrivalForTime"]), ("22222-01-01T00:00:00Z", ["longYear", "arrivalForTime"]),
        ("2026-11-24T08:00:00Z", ["arrivalForTime"]), ("soon", ["arrivalForTime"]), ("", ["arrivalForTime"]),
        ("2026-11-22T07:00:00", ["missingZone"]), ("2026-11-22T09:00:00+02", ["shortOffset"]),
        ("2026-11-22T07:00:00Z", []), ("2026-11-15T07:00:00.123456Z", []), ("2026-11-22T08:00:00-03:00", []),
    ])
    func `A time that cannot be true gives way to the arrival, and it is said`(
        _ time: String, _ repairs: [String]
    ) throws {
        var scenario = Scenario { $0.publishedChargePoints = ["CP1"] }
        scenario.boot("CP1")
        scenario.ask(
            "CP1", "StatusNotification",
            #"{"connectorId":1,"errorCode":"NoError","status":"Available","timestamp":"\#(time)"}"#)
        let record = try #require(scenario.frames.last { $0.direction == .fromChargePoint })
        #expect(record.repairs == repairs)
        let since = try #require(scenario.store.connectors.first?.since)
        let isReplaced = repairs.contains("arrivalForTime")
        #expect(since == (isReplaced ? scenario.now : Timestamp.read(time)?.time))
        #expect(scenario.store.published.last?["timestamp"]?.integer == since.milliseconds)
    }

    @Test func `The times of meter values are looked at, too`() throws {
        var scenario = booted("CP1")
        scenario.ask(
            "CP1", "MeterValues",
            #"{"connectorId":1,"meterValue":[{"timestamp":"2026-11-22T08:00:00","sampledValue":[{"value":"1"}]},{"timestamp":"1970-01-01T00:00:00Z","sampledValue":[{"value":"2"}]}]}"#
        )
        #expect(
            scenario.frames.last { $0.direction == .fromChargePoint }?.repairs == ["missingZone", "arrivalForTime"])
    }

    /// A clock that was never set begins anew with each boot: the same start then is another one.
    @Test func `After a boot a start of an unset clock is no repetition`() throws {
        var scenario = booted("CP1")
        let time = "1970-01-01T00:00:10Z"
        let first = scenario.start("CP1", at: time)
        #expect(scenario.start("CP1", at: time)?.id == first?.id)
        scenario.now = scenario.now.adding(milliseconds: 60_000)
        scenario.boot("CP1")
        let second = scenario.start("CP1", at: time)
        #expect(second?.id != first?.id)
        #expect(scenario.start("CP1", at: time)?.id == second?.id)
        scenario.restart()
        scenario.connect("CP1")
        #expect(scenario.start("CP1", at: time)?.id == second?.id)
        #expect(scenario.store.events(.start).count == 2)
        #expect(scenario.store.folded.count == 2)
    }

    /// A clock that was set is believed: an offline queue is sent again after a boot.
    @Test func `After a boot a start of a set clock is a repetition`() throws {
        var scenario = booted("CP1")
        let first = scenario.start("CP1")
        scenario.now = scenario.now.adding(milliseconds: 60_000)
        scenario.boot("CP1")
        #expect(scenario.start("CP1")?.id == first?.id)
        #expect(scenario.store.events(.start).count == 1)
    }

    /// Row 40: each is accepted as it came, and what it took is said.
    @Test(arguments: [
        (
            #"{"timestamp":"2026-11-22T08:00:00.123Z","sampledValue":[{"value":"21.4","measurand":"Temperature","unit":"Celcius"}]}"#,
            []
        ),
        (
            #"{"timestamp":"2026-11-22T08:00:00+02:00","sampledValue":[{"value":"21.4","measurand":"Temperature","unit":"Celsius"}]}"#,
            []
        ),
        (#"{"timestamp":"2026-11-22T08:00:00","sampledValue":[{"value":"1"}]}"#, ["missingZone"]),
        (
            #"{"timestamp":"2026-11-22T08:00:00Z","sampledValue":[{"value":"1","context":"CurrentMax"}]}"#,
            ["unknownValueKept"]
        ),
    ])
    func `Near misses in meter values are taken in`(_ value: String, _ repairs: [String]) {
        var scenario = booted("CP1")
        #expect(scenario.ask("CP1", "MeterValues", #"{"connectorId":1,"meterValue":[\#(value)]}"#) != nil)
        #expect(scenario.store.events(.meterValues).count == 1)
        #expect(scenario.frames.last { $0.direction == .fromChargePoint }?.repairs == repairs)
    }
}
