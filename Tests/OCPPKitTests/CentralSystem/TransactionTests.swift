import Testing

@testable import OCPPKit

/// Starts, stops and meter values: repeated, orphaned, foreign, and of clocks that are not set (rows 4 to 11 and 42).
@Suite("Central system: transactions")
struct TransactionTests {
    func booted(_ ids: String...) -> Scenario {
        var scenario = Scenario()
        for id in ids { scenario.boot(id) }
        return scenario
    }

    /// Row 4: also after its stop, under other message ids, and after a restart.
    @Test func `The same start gets the same id a thousand times`() throws {
        var scenario = booted("CP1")
        let first = scenario.start("CP1")
        let id = try #require(first?.id)
        for round in 0..<1000 {
            if round == 300 { scenario.stop("CP1", id) }
            if round % 250 == 249 {
                scenario.restart()
                scenario.connect("CP1")
            }
            #expect(scenario.start("CP1")?.id == id)
        }
        #expect(scenario.store.events(.start).count == 1)
        #expect(scenario.store.sessions.count == 1)
    }

    /// The same again while the first still waits for its commit.
    @Test func `A start repeated before it is stored gets the same id`() throws {
        var scenario = booted("CP1")
        scenario.commitsAtOnce = false
        scenario.start("CP1")
        scenario.start("CP1")
        scenario.commitWaiting()
        let ids = try scenario.sent.map { try Frame.read($0.bytes) }
            .compactMap { $0.payload?["transactionId"]?.integer }
        #expect(ids.count == 2 && Set(ids).count == 1)
        #expect(scenario.store.events(.start).count == 1)
    }

    /// Row 5.
    @Test func `The same stop and the same meter values add nothing, and are answered`() throws {
        var scenario = booted("CP1")
        let first = scenario.start("CP1")
        let id = try #require(first?.id)
        let values =
            #"{"connectorId":1,"transactionId":\#(id),"meterValue":[{"timestamp":"2026-11-22T08:10:00Z","sampledValue":[{"value":"100"}]}]}"#
        for _ in 0..<100 { #expect(scenario.ask("CP1", "MeterValues", values) != nil) }
        for _ in 0..<100 { #expect(scenario.stop("CP1", id) != nil) }
        scenario.restart()
        scenario.connect("CP1")
        for _ in 0..<100 { #expect(scenario.ask("CP1", "MeterValues", values) != nil) }
        for _ in 0..<100 { #expect(scenario.stop("CP1", id) != nil) }
        #expect(scenario.store.events.map(\.kind) == [.start, .meterValues, .stop])
        #expect(scenario.store.folded.count == 1)
        #expect(scenario.alerts.isEmpty)
    }

    /// Another stop of the same transaction: both are kept, the first one counts, and somebody is told.
    @Test func `A stop with other content is a conflict`() throws {
        var scenario = booted("CP1")
        let first = scenario.start("CP1")
        let id = try #require(first?.id)
        scenario.stop("CP1", id, meter: 5000)
        #expect(scenario.stop("CP1", id, at: "2026-11-22T10:00:00Z", meter: 7000) != nil)
        #expect(scenario.stop("CP1", id, at: "2026-11-22T10:00:00Z", meter: 7000) != nil)
        #expect(scenario.store.events.map(\.kind) == [.start, .stop, .conflict])
        #expect(scenario.alerts.map(\.code) == [.conflictingStop])
        #expect(scenario.store.folded.first?.meterStopWh == ExactDecimal(5000))
    }

    /// Row 6: answered, A unchanged, an alert.
    @Test func `A charge point cannot stop another one's transaction`() throws {
        var scenario = booted("A", "B")
        let started = scenario.start("A")
        let id = try #require(started?.id)
        let before = scenario.store.folded
        #expect(scenario.stop("B", id) != nil)
        #expect(
            scenario.ask(
                "B", "MeterValues",
                #"{"connectorId":1,"transactionId":\#(id),"meterValue":[{"timestamp":"2026-11-22T08:10:00Z","sampledValue":[{"value":"9"}]}]}"#
            ) != nil)
        #expect(scenario.store.folded.filter { $0.chargePointId == "A" } == before)
        #expect(scenario.alerts.map(\.code) == [.foreignTransaction])
        #expect(scenario.alerts.map(\.chargePointId) == ["B"])
        #expect(scenario.notices.count == 1)
        // What B said is kept as B's.
        #expect(scenario.store.events(.stop).map(\.chargePointId) == ["B"])
        #expect(scenario.store.events(.meterValues).map(\.chargePointId) == ["B"])

        // A's own stop still counts.
        scenario.stop("A", id)
        let session = scenario.store.folded.first { $0.chargePointId == "A" }
        #expect(session?.status == .complete && session?.flags == [.reasonDefaulted])
    }

    @Test func `Another one's meter values alone raise one alert`() throws {
        var scenario = booted("A", "B")
        let started = scenario.start("A")
        let id = try #require(started?.id)
        for minute in 10..<20 {
            scenario.ask(
                "B", "MeterValues",
                #"{"connectorId":1,"transactionId":\#(id),"meterValue":[{"timestamp":"2026-11-22T08:\#(minute):00Z","sampledValue":[{"value":"9"}]}]}"#
            )
        }
        #expect(scenario.alerts.map(\.code) == [.foreignTransaction])
        #expect(scenario.store.events(.meterValues).count == 10)
    }

    /// Row 7: positive, within 31 bits, and one does not tell the next.
    @Test func `Transaction ids are spread over 31 bits`() throws {
        var scenario = booted("CP1")
        var ids: [Int64] = []
        for minute in 10..<60 {
            let started = scenario.start("CP1", at: "2026-11-22T08:\(minute):00Z")
            ids.append(try #require(started?.id))
        }
        #expect(Set(ids).count == 50)
        #expect(ids.allSatisfy { (1...Int64(Int32.max)).contains($0) })
        let steps = zip(ids, ids.dropFirst()).map { $1 - $0 }
        #expect(Set(steps).count == steps.count)
        #expect(steps.contains { $0 < 0 } && ids.contains { $0 > 1 << 24 })
        // Who has seen it all once does not know what comes the next time.
        var again = booted("CP1")
        let other = again.start("CP1", at: "2026-11-22T08:10:00Z")
        #expect(try !ids.contains(#require(other?.id)))
    }

    /// Row 7: what one charge point is told says nothing of what another one is told.
    @Test func `One's transaction ids do not predict another one's`() throws {
        var scenario = booted("A", "B")
        var foreign: [Int64] = [], own: [Int64] = []
        for second in 0..<200 {
            let time = "2026-11-22T08:0\(second / 60):\(second % 60 / 10)\(second % 10)Z"
            let (a, b) = (scenario.start("A", at: time), scenario.start("B", at: time))
            foreign.append(try #require(a?.id))
            own.append(try #require(b?.id))
        }
        // Guesses from B's own ids: the next and the last numbers, the same step again, A's id between two of B's.
        var hits = 0
        for index in 2..<200 {
            let step = own[index - 1] - own[index - 2]
            let guesses = Set((-1000...1000).map { own[index - 1] + $0 } + [own[index - 1] + step])
            hits += guesses.contains(foreign[index]) ? 1 : 0
        }
        // Of 200 times 2,000 guesses at 2^31 numbers, one hits in 5,000 runs.
        #expect(hits <= 1, "\(hits)")
        let between = (1..<200).filter {
            (min(own[$0 - 1], own[$0])...max(own[$0 - 1], own[$0])).contains(foreign[$0])
        }
        // A third of all; nearly all where ids rise.
        #expect((30...110).contains(between.count), "\(between.count)")
    }

    /// Row 7: an id that is in use, here or in the store alone, is not given again.
    @Test func `A transaction id that is taken is drawn again`() throws {
        var scenario = Scenario(random: RepeatingGenerator())
        scenario.boot("CP1")
        scenario.boot("CP2")
        let started = scenario.start("CP1")
        let first = try #require(started?.id)
        let next = scenario.start("CP2")
        let second = try #require(next?.id)
        #expect(second != first)
        // Ended, so that only the store knows them.
        scenario.stop("CP1", first)
        scenario.stop("CP2", second)
        let last = scenario.start("CP1", at: "2026-11-22T12:00:00Z")
        let third = try #require(last?.id)
        #expect(Set([first, second, third]).count == 3)
        #expect(scenario.store.events(.start).map(\.transactionId) == [first, second, third])
        #expect(scenario.store.folded.map(\.transactionId) == [first, second, third])
    }

    @Test func `Where no id is free the charge point tries again`() {
        var scenario = booted("CP1")
        scenario.storeFailure = .transactionIdTaken
        let answer = scenario.call(
            "CP1", "StartTransaction",
            #"{"connectorId":1,"idTag":"T","meterStart":0,"timestamp":"2026-11-22T08:00:00Z"}"#)
        #expect(answer?.error?.code == "InternalError")
        scenario.storeFailure = nil
        #expect(scenario.start("CP1") != nil)
        #expect(scenario.store.sessions.count == 1)
    }

    /// Row 8: each gets a CALLRESULT and a row.
    @Test(arguments: [-1, 0, 4711, Int64.max, Int64.min])
    func `The stop of a transaction that nobody knows is kept`(_ id: Int64) {
        var scenario = booted("CP1")
        #expect(scenario.stop("CP1", id) != nil)
        #expect(scenario.stop("CP1", id) != nil)
        #expect(scenario.store.events.map(\.kind) == [.stop])
        #expect(scenario.store.folded.map(\.status) == [.stopOnly])
        // The same id once more, and another session: it is no repetition.
        #expect(scenario.stop("CP1", id, at: "2026-11-23T09:00:00Z", meter: 9000) != nil)
        #expect(scenario.store.events.map(\.kind) == [.stop, .stop])
        #expect(scenario.alerts.isEmpty)
    }

    /// Row 8: the same of meter values.
    @Test(arguments: [-1, 0, 4711, Int64.max, Int64.min])
    func `Meter values of a transaction that nobody knows are kept`(_ id: Int64) {
        var scenario = booted("CP1")
        let values =
            #"{"connectorId":1,"transactionId":\#(id),"meterValue":[{"timestamp":"2026-11-22T08:10:00Z","sampledValue":[{"value":"7"}]}]}"#
        #expect(scenario.ask("CP1", "MeterValues", values) != nil)
        #expect(scenario.ask("CP1", "MeterValues", values) != nil)
        #expect(scenario.store.events.map(\.kind) == [.meterValues])
        #expect(scenario.store.events.map(\.transactionId) == [id])
        #expect(scenario.store.events.map { String(decoding: $0.payload, as: UTF8.self) } == [values])
        #expect(scenario.alerts.isEmpty)
    }

    @Test(arguments: [
        "{}", #"{"transactionId":"x","meterStop":"y","timestamp":"z"}"#, #"{"transactionId":null}"#,
        #"{"transactionId":1.5,"meterStop":1,"timestamp":"2026-11-22T08:00:00Z"}"#,
    ])
    func `A stop that can hardly be read is kept`(_ payload: String) {
        var scenario = booted("CP1")
        #expect(scenario.ask("CP1", "StopTransaction", payload) != nil)
        #expect(scenario.store.events.map { String(decoding: $0.payload, as: UTF8.self) } == [payload])
    }

    /// Row 9: answered, stored, flagged.
    @Test(arguments: [
        ("2026-11-22T08:00:00Z", 100, "2026-11-22T09:00:00Z", 50, SessionFlag.energyNegative),
        ("1970-01-01T00:00:10Z", 0, "1970-01-01T01:00:00Z", 50, .clockNotSet),
        ("2026-11-22T09:00:00Z", 0, "2026-11-22T08:00:00Z", 50, .stopBeforeStart),
    ])
    func `What fails a sanity check is flagged, never refused`(
        _ start: String, _ meterStart: Int, _ stop: String, _ meterStop: Int, _ flag: SessionFlag
    ) throws {
        var scenario = booted("CP1")
        let answer = scenario.ask(
            "CP1", "StartTransaction",
            #"{"connectorId":1,"idTag":"T","meterStart":\#(meterStart),"timestamp":"\#(start)"}"#)
        let id = try #require(answer?["transactionId"]?.integer)
        #expect(scenario.stop("CP1", id, at: stop, meter: meterStop) != nil)
        let session = try #require(scenario.store.folded.first)
        #expect(session.status == .complete)
        #expect(session.flags.contains(flag))
    }

    /// Row 9: the year 22222, which no clock of ours will see.
    @Test func `A year that cannot be is named, never refused`() throws {
        var scenario = booted("CP1")
        let started = scenario.start("CP1", at: "22222-01-01T00:00:00Z")
        let id = try #require(started?.id)
        #expect(scenario.frames.last { $0.direction == .fromChargePoint }?.repairs == ["longYear", "arrivalForTime"])
        #expect(scenario.stop("CP1", id) != nil)
        let session = try #require(scenario.store.folded.first)
        #expect(session.status == .complete && session.flags.contains(.clockNotSet))
        #expect(session.durationSeconds == 0, "by the arrivals")
        #expect(scenario.store.events.map(\.kind) == [.start, .stop])
    }

    /// Row 10: never a CALLRESULT, and when the charge point retries, the row lands.
    @Test func `What cannot be stored is an internal error, and is taken when it comes again`() {
        var scenario = booted("CP1")
        let calls = [
            ("StartTransaction", #"{"connectorId":1,"idTag":"T","meterStart":0,"timestamp":"2026-11-22T08:00:00Z"}"#),
            (
                "MeterValues",
                #"{"connectorId":1,"meterValue":[{"timestamp":"2026-11-22T08:00:00Z","sampledValue":[{"value":"1"}]}]}"#
            ),
            ("StopTransaction", #"{"transactionId":0,"meterStop":5,"timestamp":"2026-11-22T09:00:00Z"}"#),
        ]
        scenario.storeFailure = .failed("no space left")
        for (action, payload) in calls {
            #expect(scenario.call("CP1", action, payload)?.error?.code == "InternalError")
        }
        #expect(scenario.store.events.isEmpty && scenario.store.sessions.isEmpty)
        #expect(scenario.notices.count == 3)
        scenario.storeFailure = nil
        for (action, payload) in calls { #expect(scenario.call("CP1", action, payload)?.kind == .callResult) }
        #expect(scenario.store.events.map(\.kind) == [.start, .meterValues, .stop])
    }

    /// Row 1, as far as it is the core's: no answer before the commit, and the others do not wait.
    @Test func `An answer to a transaction waits for its commit`() throws {
        var scenario = booted("CP1")
        scenario.commitsAtOnce = false
        let before = scenario.sent.count
        scenario.start("CP1")
        #expect(scenario.sent.count == before)
        #expect(scenario.ask("CP1", "Heartbeat") != nil)
        #expect(scenario.sent.count == before + 1)
        scenario.commitWaiting()
        #expect(scenario.sent.count == before + 2)
    }

    /// Row 11.
    @Test(arguments: [true, false])
    func `A start always has an id and a standing`(_ isKnown: Bool) throws {
        var scenario = Scenario { $0.tags = TagList(isKnown ? [Tag("T")] : []) }
        scenario.boot("CP1")
        let answer = scenario.start("CP1")
        #expect(try #require(answer).id > 0)
        #expect(answer?.status == (isKnown ? "Accepted" : "Invalid"))
        for payload in ["{}", #"{"connectorId":"x"}"#] {
            let answer = scenario.ask("CP1", "StartTransaction", payload)
            #expect(answer?["transactionId"]?.integer ?? 0 > 0)
            #expect(answer?["idTagInfo"]?["status"] != nil)
        }
        // The two that say nothing cannot be told apart, and both are kept.
        #expect(scenario.store.events.map(\.kind) == [.start, .start, .conflict])
    }

    /// Row 42: a week-old replay is processed as if it were new.
    @Test func `Messages that were queued for a week are taken in`() throws {
        var scenario = booted("CP1")
        let started = scenario.start("CP1", at: "2026-11-15T08:00:00Z")
        let id = try #require(started?.id)
        scenario.stop("CP1", id, at: "2026-11-15T09:00:00Z")
        let session = try #require(scenario.store.folded.first)
        #expect(session.status == .complete && session.durationSeconds == 3600)
        #expect(session.start == Timestamp(rfc3339: "2026-11-15T08:00:00Z"))
        #expect(session.flags == [.deliveredLate, .reasonDefaulted])
    }

    /// Row 40: the reason that is not given is Local (OCPP 1.6, section 6.51), and the row says that it was not given.
    @Test func `A stop without a reason is taken in`() throws {
        var scenario = booted("CP1")
        let started = scenario.start("CP1")
        scenario.stop("CP1", try #require(started?.id))
        let session = try #require(scenario.store.folded.first)
        #expect(session.flags == [.reasonDefaulted] && session.reason == "Local")
    }
}

/// Draws each number three times.
private struct RepeatingGenerator: RandomNumberGenerator {
    private var count: UInt64 = 0

    mutating func next() -> UInt64 {
        count += 1
        return ((count + 2) / 3) &* 0x9E37_79B9_7F4A_7C15
    }

    @Test func `A digest is written as the library writes it`() {
        let powers = (0..<25).map { exponent in (0..<exponent).reduce(UInt128(1)) { power, _ in power * 36 } }
        let edges = powers + powers.map { $0 - 1 } + powers.map { $0 + 1 } + [.max]
        let drawn = (0..<1_000).map { UInt128.random(in: 0...(.max >> ($0 % 128))) }
        for hash in edges + drawn { #expect(ReplayKey.text(hash) == String(hash, radix: 36)) }
    }

    @Test func `A digest is FNV-1a of 128 bits`() {
        let prime: UInt128 = (1 << 88) + 0x13B
        func plain(_ bytes: [UInt8]) -> String {
            var hash: UInt128 = 0x6C62_272E_07BB_0142_62B8_2175_6295_C58D
            for byte in bytes { hash = (hash ^ UInt128(byte)) &* prime }
            return String(hash, radix: 36)
        }
        // The published value for "foobar".
        #expect(
            ReplayKey.digest(Array("foobar".utf8)[...])
                == String(0x343E_1662_793C_64BF_6F0D_3597_BA44_6F18 as UInt128, radix: 36))
        for count in 0..<300 {
            let bytes = (0..<count).map { _ in UInt8.random(in: 0...255) }
            #expect(ReplayKey.digest(bytes[...]) == plain(bytes))
        }
    }
}
