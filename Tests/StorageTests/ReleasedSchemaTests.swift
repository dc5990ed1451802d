import Foundation
import OCPPKit
import Testing

@testable import Storage

/// Stores of every released version, as dumps with a row or more in every table. Who makes a new version adds its dump:
///
///     STORE_TO_DUMP=/tmp/v2.db swift test --filter ReleasedSchemaTests
///     (sqlite3 /tmp/v2.db .dump; echo 'PRAGMA application_id = 1329811536; PRAGMA user_version = 2;') > v2.sql
@Suite("Released schemas")
struct ReleasedSchemaTests {
    static let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("Fixtures/stores")

    let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func restore(version: Int) throws {
        try directory.write([], to: "central.db")
        let dump = Self.fixtures.appendingPathComponent("v\(version).sql")
        try Connection(path: directory.store, mode: .readWrite)
            .execute(try String(contentsOf: dump, encoding: .utf8))
    }

    @Test(.enabled(if: ProcessInfo.processInfo.environment["STORE_TO_DUMP"] != nil))
    func `Make the store to dump`() throws {
        let path = try #require(ProcessInfo.processInfo.environment["STORE_TO_DUMP"])
        let store = try SQLiteStore(path: path)
        #expect(
            store.commit(
                (Sample.operations + Sample.operationsSince2 + Sample.operationsSince3 + Sample.operationsSince4).map {
                    request(0, $0)
                }
            )
            .areAllCommitted)
        store.close()
    }

    @Test func `Every version has a dump`() throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: Self.fixtures.path)
        #expect(Set(names) == Set((1...Schema.version).map { "v\($0).sql" }))
    }

    @Test(arguments: 1...Schema.version)
    func `A store of this version opens with its data`(_ version: Int) throws {
        try restore(version: version)
        let store = try SQLiteStore(path: directory.store)
        #expect(try store.connection.integer("PRAGMA user_version") == Int64(Schema.version))
        #expect(try store.connection.text("SELECT value FROM meta WHERE name = 'created'").hasPrefix("2026-"))
        let reader = store.reader
        #expect(try reader.allFrames() == Sample.frames)
        #expect(try reader.allEvents() == Sample.events)
        #expect(try reader.allSessions() == Sample.sessionRows)
        #expect(try reader.chargePoints() == [Sample.chargePoint])
        #expect(try reader.connectors() == [Sample.connector])

        #expect(try reader.tags() == (version < 2 ? [] : [Sample.tag]))
        #expect(try reader.localLists() == (version < 2 ? [] : [Sample.localList]))
        #expect(try reader.reservations() == (version < 2 ? [] : [Sample.reservation]))
        #expect(try reader.links() == (version < 2 ? [] : [Sample.link]))
        #expect(try reader.progress() == (version < 2 ? [] : [Sample.progress]))

        #expect(
            try reader.unsentPublications(of: "CP'1", after: 0, limit: 9) == (version < 3 ? [] : [Sample.publication]))
        #expect(try reader.lastPublicationId() == (version < 3 ? 0 : 2))
        #expect(try reader.storeId().count == 8)

        #expect(try reader.openCommands() == (version < 4 ? [] : [Sample.command]))
        #expect(try reader.lastCommandId() == (version < 4 ? 0 : 2))

        // And it works: a repetition is known, and something new is kept.
        let outcomes = store.commit([
            request(1, .event(Sample.events[0])), request(2, .session(session(3, isEnded: true))),
        ])
        #expect(outcomes[0].replayedReply == #"{"transactionId":1804289383,"idTagInfo":{"status":"Accepted"}}"#)
        #expect(outcomes[1].isCommitted)
        #expect(try reader.lastEndSequence() == 2)
        #expect(store.commit(Sample.operationsSince2.map { request(0, $0) }).areAllCommitted)
        #expect(try reader.tags() == [Sample.tag])
    }

    /// The tables of an upgraded store are those of a new one.
    @Test(arguments: 1...Schema.version)
    func `An upgrade leads to the current tables`(_ version: Int) throws {
        try restore(version: version)
        let upgraded = try SQLiteStore(path: directory.store)
        let new = try SQLiteStore(path: directory.path + "/new.db")
        let tables =
            "SELECT group_concat(sql, ';') FROM (SELECT sql FROM sqlite_schema WHERE sql NOT NULL ORDER BY name)"
        #expect(try upgraded.connection.text(tables) == new.connection.text(tables))
    }
}

/// What the dumps hold.
enum Sample {
    static let time = Timestamp(milliseconds: 1_767_265_445_678)

    static let frames = [
        StoredFrame(
            chargePointId: "CP'1", direction: .fromChargePoint, arrival: time,
            raw: bytes(#"[2,"19223201","BootNotification",{"chargePointVendor":"Ü","chargePointModel":"M"}]"#)),
        StoredFrame(
            chargePointId: "CP'1", direction: .fromCentralSystem, arrival: time.adding(milliseconds: 1),
            raw: [0, 0xFF, 0x27]),
    ]

    static let events = [
        TransactionEvent(
            kind: .start, chargePointId: "CP'1", connectorId: 1, transactionId: 1_804_289_383, arrival: time,
            replayKey: "start/CP'1/1/TAG/2026-01-01T11:04:05Z/0", payload: bytes(#"{"connectorId":1,"idTag":"TAG"}"#),
            reply: bytes(#"{"transactionId":1804289383,"idTagInfo":{"status":"Accepted"}}"#)),
        TransactionEvent(
            kind: .meterValues, chargePointId: "CP'1", connectorId: 1, transactionId: nil, arrival: time,
            replayKey: "meterValues/CP'1/1/-/00ff", payload: bytes(#"{"connectorId":1,"meterValue":[]}"#),
            reply: bytes("{}")),
        TransactionEvent(
            kind: .stop, chargePointId: "CP'1", connectorId: nil, transactionId: 1_804_289_383,
            arrival: time.adding(milliseconds: 5), replayKey: "stop/CP'1/1804289383",
            payload: bytes(#"{"transactionId":1804289383,"meterStop":21400}"#), reply: bytes("{}")),
    ]

    static let sessionRows = [
        SessionRow(
            session: StoredSession(
                number: 1, chargePointId: "CP'1", isNew: false, isEnded: true, state: bytes(#"{"energy":"21.4"}"#)),
            endSequence: 1),
        SessionRow(
            session: StoredSession(number: 2, chargePointId: "CP'1", isNew: false, isEnded: false, state: bytes("{}")),
            endSequence: nil),
    ]

    static let chargePoint = StoredChargePoint(
        chargePointId: "CP'1", vendor: "Ü", model: "M", serialNumber: nil, firmwareVersion: "1.0",
        registration: "Accepted", lastBoot: time)

    static let connector = StoredConnector(
        chargePointId: "CP'1", connectorId: 1, status: "Available", errorCode: "NoError", since: time)

    static let operations: [StoreOperation] =
        frames.map { .frame($0) } + events.map { .event($0) } + sessionRows.map { .session($0.session) }
        + [.chargePoint(chargePoint), .connector(connector)]

    // Since version 2.

    static let tag = Tag("Tag'1", .blocked, parentIdTag: "FLEET", expiryDate: time)

    static let localList = StoredLocalList(chargePointId: "CP'1", version: 7, tags: [tag], time: time)

    static let reservation = StoredReservation(
        chargePointId: "CP'1", reservationId: 3, connectorId: 0, idTag: "Tag'1", parentIdTag: nil, expiryDate: time)

    static let link = StoredLink(chargePointId: "CP'1", peer: "192.0.2.1", connected: time, disconnected: nil)

    static let progress = StoredProgress(
        chargePointId: "CP'1", task: .firmware, status: "Installing", requestId: nil, since: time)

    static let operationsSince2: [StoreOperation] = [
        .tag(.put(tag)),
        .localList(LocalListUpdate(chargePointId: "CP'1", version: 7, content: .full([tag]), time: time)),
        .reservation(reservation), .link(link), .progress(progress),
    ]

    // Since version 3.

    static let publication = StoredPublication(
        id: 1, chargePointId: "CP'1", payload: bytes(#"{"c1_status":"Ü","timestamp":1767265445678}"#))

    static let operationsSince3: [StoreOperation] = [
        .publication(publication),
        .publication(StoredPublication(id: 2, chargePointId: "CP'1", payload: bytes("{}"))),
        .published(ids: [2], at: time),
    ]

    // Since version 4.

    static let command = StoredCommand(
        id: 1, chargePointId: "CP'1", action: "Reset", messageId: "m'1",
        text: bytes(#"[2,"m'1","Reset",{"type":"Soft"}]"#),
        time: time)

    static let operationsSince4: [StoreOperation] = [
        .command(command),
        .command(
            StoredCommand(
                id: 2, chargePointId: "CP'1", action: "ClearCache", messageId: "m2",
                text: bytes(#"[2,"m2","ClearCache",{}]"#), time: time)),
        .commandEnded(
            id: 2,
            CommandOutcome(
                ticket: 0, chargePointId: "CP'1", action: "ClearCache", messageId: "m2", outcome: .accepted,
                status: "Accepted", payload: bytes(#"{"status":"Accepted"}"#)), at: time),
    ]
}
