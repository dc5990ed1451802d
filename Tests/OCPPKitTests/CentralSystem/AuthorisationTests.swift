import Testing

@testable import OCPPKit

/// Who may charge: the list, its groups, its dates, and changes while it runs.
@Suite("Central system: authorisation")
struct AuthorisationTests {
    static let list = TagList([
        Tag("GOOD"), Tag("BLOCKED", .blocked), Tag("OLD", expiryDate: Timestamp(rfc3339: "2026-11-22T07:59:59Z")!),
        Tag("SOON", expiryDate: Timestamp(rfc3339: "2026-11-22T08:01:00Z")!), Tag("BUS-1", parentIdTag: "FLEET"),
        Tag("BUS-2", parentIdTag: "fleet"),
        Tag("GONE", .blocked, expiryDate: Timestamp(rfc3339: "2020-01-01T00:00:00Z")!),
    ])

    private func booted(_ configure: (inout CentralSystem.Configuration) -> Void = { $0.tags = list }) -> Scenario {
        var scenario = Scenario(configure)
        scenario.boot("CP1")
        scenario.boot("CP2")
        return scenario
    }

    private func status(_ scenario: inout Scenario, _ idTag: String) -> String? {
        scenario.ask("CP1", "Authorize", #"{"idTag":"\#(idTag)"}"#)?["idTagInfo"]?["status"]?.text
    }

    @Test(arguments: [
        ("GOOD", "Accepted"), ("good", "Accepted"), ("BLOCKED", "Blocked"), ("OLD", "Expired"), ("SOON", "Accepted"),
        ("OTHER", "Invalid"), ("", "Invalid"), ("GONE", "Blocked"), (#"GOOD\u0000"#, "Accepted"),
    ])
    func `A tag has its standing`(_ idTag: String, _ expected: String) {
        var scenario = booted()
        #expect(status(&scenario, idTag) == expected)
        #expect(scenario.start("CP1", tag: idTag)?.status == expected)
    }

    @Test func `A tag expires while the server runs`() {
        var scenario = booted()
        #expect(status(&scenario, "SOON") == "Accepted")
        scenario.pass(seconds: 60)
        #expect(status(&scenario, "SOON") == "Expired")
    }

    @Test func `The answer tells the group and the date`() {
        var scenario = booted()
        let bus = scenario.ask("CP1", "Authorize", #"{"idTag":"bus-1"}"#)?["idTagInfo"]
        #expect(bus?["parentIdTag"]?.text == "FLEET")
        let soon = scenario.ask("CP1", "Authorize", #"{"idTag":"SOON"}"#)?["idTagInfo"]
        #expect(soon?["expiryDate"]?.text == "2026-11-22T08:01:00.000Z")
    }

    @Test(arguments: [
        (nil, false, "Accepted"), (nil, true, "Invalid"), (AuthorizationStatus.accepted, true, "Accepted"),
        (.invalid, false, "Invalid"),
    ])
    func `A tag that is not listed gets what was told`(
        _ unknown: AuthorizationStatus?, _ hasList: Bool, _ expected: String
    ) {
        var scenario = booted {
            $0.unknownTags = unknown
            if hasList { $0.tags = Self.list }
        }
        #expect(status(&scenario, "OTHER") == expected)
    }

    // MARK: Groups

    @Test(arguments: [("BUS-1", "Accepted"), ("BUS-2", "Accepted"), ("FLEET", "Accepted"), ("fleet", "Accepted")])
    func `A tag of the group may stop, and the group's own`(_ idTag: String, _ expected: String) throws {
        var scenario = booted()
        let started = scenario.start("CP1", tag: "BUS-1")
        let answer = scenario.stop("CP1", try #require(started?.id), more: #","idTag":"\#(idTag)""#)
        #expect(answer?["idTagInfo"]?["status"]?.text == expected)
        #expect(scenario.alerts.isEmpty)
    }

    /// The charge point has stopped already: its answer is the tag's standing, and somebody is told.
    @Test(arguments: [("GOOD", "Accepted"), ("OTHER", "Invalid"), ("BLOCKED", "Blocked")])
    func `A stop by a tag that is not of the group raises an alert`(_ idTag: String, _ expected: String) throws {
        var scenario = booted()
        let started = scenario.start("CP1", tag: "BUS-1")
        let answer = scenario.stop("CP1", try #require(started?.id), more: #","idTag":"\#(idTag)""#)
        #expect(answer?["idTagInfo"]?["status"]?.text == expected)
        #expect(scenario.alerts.map(\.code) == [.foreignIdTag])
        #expect(scenario.store.folded.first?.status == .complete)
    }

    @Test func `Without a list any tag may stop`() throws {
        var scenario = booted { _ in }
        let started = scenario.start("CP1", tag: "A")
        let answer = scenario.stop("CP1", try #require(started?.id), more: #","idTag":"B""#)
        #expect(answer?["idTagInfo"]?["status"]?.text == "Accepted")
        #expect(scenario.alerts.isEmpty)
    }

    @Test func `A stop without a tag has no standing`() throws {
        var scenario = booted()
        let started = scenario.start("CP1", tag: "GOOD")
        let answer = scenario.stop("CP1", try #require(started?.id))
        #expect(answer != nil && answer?["idTagInfo"] == nil)
    }

    // MARK: ConcurrentTx

    /// Section 7.2: only a StartTransaction is told so, and it has its id and its row all the same.
    @Test func `A tag is in one transaction at a time`() throws {
        var scenario = booted()
        let first = scenario.start("CP1", tag: "GOOD")
        #expect(first?.status == "Accepted")
        let second = scenario.start("CP2", tag: "good")
        #expect(second?.status == "ConcurrentTx")
        #expect(try #require(second).id > 0)
        #expect(scenario.start("CP1", connector: 2, tag: "GOOD", at: "2026-11-22T08:05:00Z")?.status == "ConcurrentTx")
        #expect(status(&scenario, "GOOD") == "Accepted")
        // A repetition is the same transaction.
        #expect(scenario.start("CP1", tag: "GOOD")?.status == "Accepted")
        #expect(scenario.store.events(.start).count == 3)
    }

    @Test func `After its stop a tag may start again, also after a restart`() throws {
        var scenario = booted()
        let first = scenario.start("CP1", tag: "GOOD")
        scenario.restart()
        scenario.connect("CP1")
        scenario.connect("CP2")
        let second = scenario.start("CP2", tag: "GOOD")
        #expect(second?.status == "ConcurrentTx")
        scenario.stop("CP1", try #require(first?.id))
        scenario.stop("CP2", try #require(second?.id))
        #expect(scenario.start("CP2", tag: "GOOD", at: "2026-11-22T10:00:00Z")?.status == "Accepted")
    }

    /// A stop that never came does not shut a tag out for ever.
    @Test func `A transaction that must have ended does not count`() {
        var scenario = booted()
        scenario.start("CP1", tag: "GOOD")
        scenario.now = Timestamp(rfc3339: "2026-11-22T12:00:00Z")!
        scenario.ask(
            "CP1", "StatusNotification",
            #"{"connectorId":1,"errorCode":"NoError","status":"Available","timestamp":"2026-11-22T12:00:00Z"}"#)
        #expect(scenario.start("CP2", tag: "GOOD", at: "2026-11-22T12:00:00Z")?.status == "Accepted")
    }

    @Test func `A transaction that was not stored does not count`() {
        var scenario = booted()
        scenario.storeFailure = .failed("no space left")
        scenario.start("CP1", tag: "GOOD")
        scenario.storeFailure = nil
        #expect(scenario.start("CP2", tag: "GOOD")?.status == "Accepted")
    }

    @Test func `Concurrent transactions can be allowed`() {
        var scenario = booted {
            $0.tags = Self.list
            $0.allowsConcurrentTransactions = true
        }
        scenario.start("CP1", tag: "GOOD")
        #expect(scenario.start("CP2", tag: "GOOD")?.status == "Accepted")
    }

    @Test func `A tag that is on no list may be in many`() {
        var scenario = booted { _ in }
        scenario.start("CP1", tag: "T")
        #expect(scenario.start("CP2", tag: "T")?.status == "Accepted")
    }

    // MARK: Changes while it runs

    @Test func `A change counts once it is stored`() {
        var scenario = booted { _ in }
        #expect(status(&scenario, "NEW") == "Accepted")
        scenario.commitsAtOnce = false
        scenario.give(.tagChanges(ticket: 5, [.put(Tag("BAD", .blocked)), .put(Tag("GOOD"))]))
        #expect(status(&scenario, "BAD") == "Accepted")
        #expect(scenario.tagAnswers.isEmpty)
        scenario.commitWaiting()
        #expect(scenario.tagAnswers.map(\.ticket) == [5])
        #expect(scenario.tagAnswers.allSatisfy { $0.failure == nil })
        scenario.commitsAtOnce = true
        #expect(status(&scenario, "BAD") == "Blocked")
        // There is a list now.
        #expect(status(&scenario, "NEW") == "Invalid")
        scenario.restart()
        scenario.connect("CP1")
        #expect(status(&scenario, "bad") == "Blocked")
        scenario.give(.tagChanges(ticket: 6, [.remove(idTag: "bad"), .remove(idTag: "good")]))
        #expect(status(&scenario, "BAD") == "Accepted")
    }

    @Test func `The store's list goes before the one that was given`() {
        var scenario = booted()
        scenario.give(.tagChanges(ticket: 1, [.put(Tag("good", .blocked))]))
        #expect(status(&scenario, "GOOD") == "Blocked")
        #expect(status(&scenario, "BUS-1") == "Accepted")
        scenario.give(.tagChanges(ticket: 2, [.remove(idTag: "GOOD")]))
        #expect(status(&scenario, "GOOD") == "Accepted")
    }

    @Test func `A change that is not stored does not count`() throws {
        var scenario = booted()
        scenario.commitsAtOnce = false
        scenario.give(.tagChanges(ticket: 1, [.put(Tag("GOOD", .blocked))]))
        let ticket = try #require(scenario.waiting.first?.ticket)
        scenario.give(.stored(ticket: ticket, .failed("no space left")))
        #expect(scenario.tagAnswers.map(\.failure) == ["no space left"])
        scenario.commitsAtOnce = true
        #expect(status(&scenario, "GOOD") == "Accepted")
    }
}
