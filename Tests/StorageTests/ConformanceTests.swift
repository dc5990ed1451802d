import OCPPKit
import Testing

@testable import Storage

/// What every implementation of `CentralStore` keeps to.
@Suite("Conformance of stores")
struct ConformanceTests {
    let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    @Test(arguments: StoreImplementation.all)
    func `An empty store has nothing`(_ implementation: StoreImplementation) throws {
        let store = try implementation.open(directory)
        #expect(store.commit([]).isEmpty)
        #expect(try store.reader.allSessions().isEmpty)
        #expect(try store.reader.allEvents().isEmpty)
        #expect(try store.reader.allFrames().isEmpty)
        #expect(try store.reader.chargePoints().isEmpty)
        #expect(try store.reader.connectors().isEmpty)
        #expect(try store.reader.lastEndSequence() == 0)
        #expect(
            try store.reader.restoredState(sessionsPerChargePoint: 5)
                == RestoredState(nextSessionNumber: 1, sessions: [], chargePoints: []))
    }

    @Test(arguments: StoreImplementation.all)
    func `A second reader sees what commit has returned for`(_ implementation: StoreImplementation) throws {
        let store = try implementation.open(directory)
        let reader = try implementation.openReader(directory)
        for number in 1...20 {
            let outcomes = store.commit([
                request(1, .frame(frame("\(number)")), .event(event("\(number)", transaction: Int64(number))))
            ])
            #expect(outcomes.map(\.isCommitted) == [true])
            #expect(try reader.allFrames().count == number)
            #expect(try reader.allEvents().last?.replayKey == "\(number)")
            #expect(try reader.isTransactionIdTaken(Int64(number)))
        }
    }

    @Test(arguments: StoreImplementation.all)
    func `Values come back as they were`(_ implementation: StoreImplementation) throws {
        let odd = "O'Neil \"quoted\" \u{0} after NUL; DROP TABLE frames; -- ☃ 🚗"
        let everyByte = Array(UInt8.min...UInt8.max)
        let frames = [
            StoredFrame(
                chargePointId: odd, direction: .fromCentralSystem, arrival: Timestamp(milliseconds: .min),
                raw: everyByte),
            StoredFrame(
                chargePointId: "", direction: .fromChargePoint, arrival: Timestamp(milliseconds: .max), raw: []),
        ]
        let events = [
            TransactionEvent(
                kind: .start, chargePointId: odd, connectorId: .max, transactionId: .min,
                arrival: Timestamp(milliseconds: .max), replayKey: odd, payload: bytes(odd), reply: everyByte),
            TransactionEvent(
                kind: .meterValues, chargePointId: "", connectorId: nil, transactionId: nil,
                arrival: Timestamp(milliseconds: .min), replayKey: "", payload: [], reply: []),
            event("stop", .stop, transaction: .max),
        ]
        let sessions = [
            StoredSession(number: 1, chargePointId: odd, isNew: true, isEnded: false, state: bytes(odd)),
            StoredSession(number: .max - 1, chargePointId: "", isNew: true, isEnded: true, state: []),
        ]
        let chargePoints = [
            StoredChargePoint(
                chargePointId: "", vendor: nil, model: nil, serialNumber: nil, firmwareVersion: nil,
                registration: "Pending", lastBoot: Timestamp(milliseconds: .min)),
            StoredChargePoint(
                chargePointId: odd, vendor: odd, model: "", serialNumber: "0", firmwareVersion: "1.0",
                registration: "Accepted", lastBoot: Timestamp(milliseconds: .max)),
        ]
        let connectors = [
            StoredConnector(
                chargePointId: odd, connectorId: .min, status: "Faulted", errorCode: odd,
                since: Timestamp(milliseconds: .min)),
            StoredConnector(
                chargePointId: odd, connectorId: .max, status: "", errorCode: "NoError",
                since: Timestamp(milliseconds: .max)),
        ]
        let store = try implementation.open(directory)
        let requests =
            frames.map { request(0, .frame($0)) } + events.map { request(0, .event($0)) }
            + sessions.map { request(0, .session($0)) } + chargePoints.map { request(0, .chargePoint($0)) }
            + connectors.map { request(0, .connector($0)) }
        #expect(store.commit(requests).areAllCommitted)
        store.close()

        let reader = try implementation.openReader(directory)
        #expect(try reader.allFrames() == frames)
        #expect(try reader.allEvents() == events)
        #expect(try reader.chargePoints() == chargePoints)
        #expect(try reader.connectors() == connectors)
        #expect(
            try reader.allSessions()
                == sessions.map {
                    var session = $0
                    session.isNew = false
                    return SessionRow(session: session, endSequence: session.isEnded ? 1 : nil)
                })
        #expect(try reader.restoredState(sessionsPerChargePoint: 1).nextSessionNumber == .max)
    }

    @Test(arguments: StoreImplementation.all)
    func `Ends are numbered in the order in which they are learnt`(_ implementation: StoreImplementation) throws {
        let store = try implementation.open(directory)
        _ = store.commit([
            request(1, .session(session(1))), request(2, .session(session(2))), request(3, .session(session(3))),
        ])
        _ = store.commit([
            request(4, .session(session(3, isNew: false, isEnded: true, state: "three"))),
            request(5, .session(session(1, isNew: false, isEnded: true))),
        ])
        // Learnt again, with more in it: the number stays.
        _ = store.commit([request(6, .session(session(3, isNew: false, isEnded: true, state: "more")))])
        _ = store.commit([request(7, .session(session(4, isEnded: true)))])

        #expect(try store.reader.sessions(afterEndSequence: 0).map(\.session.number) == [3, 1, 4])
        #expect(try store.reader.sessions(afterEndSequence: 0).map(\.endSequence) == [1, 2, 3])
        #expect(try store.reader.sessions(afterEndSequence: 0).first?.session.state == bytes("more"))
        #expect(try store.reader.sessions(afterEndSequence: 2).map(\.session.number) == [4])
        #expect(try store.reader.allSessions().map(\.endSequence) == [2, nil, 1, 3])
        #expect(try store.reader.lastEndSequence() == 3)
    }

    @Test(arguments: StoreImplementation.all)
    func `A start has the newest sessions and all open ones`(_ implementation: StoreImplementation) throws {
        let store = try implementation.open(directory)
        let sessions = (1...20).map { number in
            session(number, of: number % 2 == 0 ? "A" : "B", isEnded: number != 3)
        }
        _ = store.commit(sessions.map { request(0, .session($0)) })
        let state = try store.reader.restoredState(sessionsPerChargePoint: 2)
        #expect(state.sessions.map(\.number) == [3, 17, 18, 19, 20])
        #expect(state.nextSessionNumber == 21)
    }

    @Test(arguments: StoreImplementation.all)
    func `The last word on a charge point and a connector stands`(_ implementation: StoreImplementation) throws {
        let store = try implementation.open(directory)
        for registration in ["Pending", "Accepted"] {
            _ = store.commit([
                request(
                    1,
                    .chargePoint(
                        StoredChargePoint(
                            chargePointId: "CP1", vendor: "V", model: "M", serialNumber: nil, firmwareVersion: nil,
                            registration: registration, lastBoot: Timestamp(milliseconds: 5))),
                    .connector(
                        StoredConnector(
                            chargePointId: "CP1", connectorId: 1, status: registration, errorCode: "NoError",
                            since: Timestamp(milliseconds: 6))))
            ])
        }
        #expect(try store.reader.chargePoints().map(\.registration) == ["Accepted"])
        #expect(try store.reader.connectors().map(\.status) == ["Accepted"])
    }

    @Test(arguments: StoreImplementation.all)
    func `Frames and events are filtered, in order`(_ implementation: StoreImplementation) throws {
        let store = try implementation.open(directory)
        // The clock went back between the second frame and the third: the order is that of keeping.
        for (chargePoint, time) in [("A", 10), ("B", 20), ("A", 15), ("A", 30)] {
            _ = store.commit([request(0, .frame(frame("\(time)", of: chargePoint, at: Int64(time))))])
        }
        let reader = store.reader
        #expect(try reader.allFrames().map(\.arrival.milliseconds) == [10, 20, 15, 30])
        #expect(try reader.allFrames(of: "A").map(\.arrival.milliseconds) == [10, 15, 30])
        #expect(try reader.allFrames(from: 15, before: 30).map(\.arrival.milliseconds) == [20, 15])
        #expect(try reader.allFrames(of: "A", from: 11).map(\.arrival.milliseconds) == [15, 30])

        _ = store.commit([
            request(0, .event(event("a", .start))), request(0, .event(event("b", .meterValues))),
            request(0, .event(event("c", .stop))), request(0, .event(event("d", .meterValues))),
        ])
        #expect(try reader.allEvents([.meterValues]).map(\.replayKey) == ["b", "d"])
        #expect(try reader.allEvents([.stop, .start]).map(\.replayKey) == ["a", "c"])
        #expect(try reader.allEvents([]).isEmpty)
    }

    @Test(arguments: StoreImplementation.all)
    func `An error of the caller ends a stream`(_ implementation: StoreImplementation) throws {
        struct Enough: Error {}
        let store = try implementation.open(directory)
        _ = store.commit((0..<10).map { request(0, .frame(frame("\($0)"))) })
        var seen = 0
        #expect(throws: Enough.self) {
            try store.reader.frames(of: nil, from: nil, before: nil) { _ in
                seen += 1
                if seen == 3 { throw Enough() }
            }
        }
        #expect(seen == 3)
        #expect(store.commit([request(0, .frame(frame()))]).map(\.isCommitted) == [true])
    }

    @Test(arguments: StoreImplementation.all)
    func `Pruning takes the oldest frames and nothing else`(_ implementation: StoreImplementation) throws {
        let store = try implementation.open(directory)
        for time in 0..<10 { _ = store.commit([request(0, .frame(frame(at: Int64(time))))]) }
        _ = store.commit([request(0, .event(event("kept")))])
        #expect(try store.prune(.frames, before: Timestamp(milliseconds: 6), limit: 4) == 4)
        #expect(try store.reader.allFrames().map(\.arrival.milliseconds) == [4, 5, 6, 7, 8, 9])
        #expect(try store.prune(.frames, before: Timestamp(milliseconds: 6), limit: 4) == 2)
        #expect(try store.prune(.frames, before: Timestamp(milliseconds: 6), limit: 4) == 0)
        #expect(try store.reader.allFrames().count == 4)
        #expect(try store.reader.allEvents().count == 1)
    }

    @Test(arguments: StoreImplementation.all)
    func `Frames of many requests are one block, and come back one by one`(_ implementation: StoreImplementation) throws
    {
        let store = try implementation.open(directory)
        let frames = (0..<3000).map {
            frame("[2,\"\($0)\",\"Heartbeat\",{}]", of: "CP\n\($0 % 7)", at: Int64($0))
        }
        _ = store.commit(frames.map { request(0, .frame($0)) })
        #expect(try store.reader.allFrames() == frames)
        #expect(try store.reader.allFrames(of: "CP\n3") == frames.filter { $0.chargePointId == "CP\n3" })
        #expect(try store.reader.allFrames(from: 100, before: 200) == Array(frames[100..<200]))
        // Some of a block is younger: all of it stays.
        #expect(try store.prune(.frames, before: Timestamp(milliseconds: 10), limit: 10) == 0)
        #expect(try store.reader.allFrames().count == 3000)
    }

    @Test(arguments: StoreImplementation.all)
    func `A request that fails alone leaves none of its frames`(_ implementation: StoreImplementation) throws {
        let store = try implementation.open(directory)
        let outcomes = store.commit([
            request(1, .frame(frame("one")), .event(event("a", transaction: 5))),
            // The transaction id is taken.
            request(2, .frame(frame("two")), .event(event("b", transaction: 5)), .publication(publication(1))),
            request(3, .frame(frame("three")), .publication(publication(2))),
        ])
        #expect(outcomes[0].isCommitted && !outcomes[1].isCommitted && outcomes[2].isCommitted)
        #expect(try store.reader.allFrames().map { String(decoding: $0.raw, as: UTF8.self) } == ["one", "three"])
        #expect(try store.reader.unsentPublications(of: "CP1", after: 0, limit: 9).map(\.id) == [2])
    }

    @Test(arguments: StoreImplementation.all)
    func `The outbox keeps what no broker has acknowledged`(_ implementation: StoreImplementation) throws {
        let store = try implementation.open(directory)
        let reader = store.reader
        #expect(try reader.lastPublicationId() == 0)
        #expect(try reader.chargePointsWithUnsentPublications().isEmpty)
        _ = store.commit((1...6).map { request(0, .publication(publication($0, of: $0 % 2 == 0 ? "B" : "A"))) })
        #expect(try reader.chargePointsWithUnsentPublications() == ["A", "B"])
        #expect(
            try reader.unsentPublications(of: "A", after: 0, limit: 2) == [
                publication(1, of: "A"), publication(3, of: "A"),
            ])
        #expect(try reader.unsentPublications(of: "A", after: 3, limit: 2) == [publication(5, of: "A")])

        _ = store.commit([request(0, .published(ids: [1, 3, 5], at: Timestamp(milliseconds: 10)))])
        _ = store.commit([request(0, .published(ids: [2, 99], at: Timestamp(milliseconds: 20)))])
        #expect(try reader.chargePointsWithUnsentPublications() == ["B"])
        #expect(try reader.unsentPublications(of: "B", after: 0, limit: 9).map(\.id) == [4, 6])
        var sent: [Int64] = []
        try reader.sentPublications(from: Timestamp(milliseconds: 10), before: Timestamp(milliseconds: 20)) {
            sent.append($0.id)
        }
        #expect(sent == [1, 3, 5])

        #expect(try store.prune(.outbox, before: Timestamp(milliseconds: 20), limit: 2) == 2)
        #expect(try store.prune(.outbox, before: Timestamp(milliseconds: 20), limit: 2) == 1)
        _ = store.commit([request(0, .published(ids: [4, 6], at: Timestamp(milliseconds: 20)))])
        #expect(try store.prune(.outbox, before: Timestamp(milliseconds: 30), limit: 9) == 3)
        // Ids go on, though no row is left.
        #expect(try reader.lastPublicationId() == 6)
    }

    @Test(arguments: StoreImplementation.all)
    func `The journal keeps commands, and for a time those that have ended`(_ implementation: StoreImplementation)
        throws
    {
        let store = try implementation.open(directory)
        let reader = store.reader
        #expect(try reader.lastCommandId() == 0)
        #expect(try reader.openCommands().isEmpty)
        let rows: [StoredCommand] = (1...4).map { (id: Int64) -> StoredCommand in
            let isText = id == 3
            return StoredCommand(
                id: id, chargePointId: "CP\(id)", action: isText ? "" : "Reset", messageId: isText ? "" : "m",
                text: [UInt8(id), 0, 0xFF], time: Timestamp(milliseconds: id))
        }
        #expect(store.commit(rows.map { request(1, .command($0)) }).areAllCommitted)
        #expect(try implementation.openReader(directory).openCommands() == rows)
        func end(_ id: Int64, at time: Int64) -> StoreRequest {
            let outcome = CommandOutcome(
                ticket: 0, chargePointId: "", action: "", outcome: .refused, status: "No", payload: bytes("{}"))
            return request(0, .commandEnded(id: id, outcome, at: Timestamp(milliseconds: time)))
        }
        _ = store.commit([end(2, at: 10), end(3, at: 20), end(99, at: 1)])
        #expect(try reader.openCommands() == [rows[0], rows[3]])
        #expect(try reader.lastCommandId() == 4)
        #expect(try store.prune(.commands, before: Timestamp(milliseconds: 20), limit: 5) == 1)
        #expect(try store.prune(.commands, before: Timestamp(milliseconds: 99), limit: 5) == 1)
        // Whatever their age, those without an outcome stay.
        #expect(try reader.openCommands() == [rows[0], rows[3]])
    }

    @Test(arguments: StoreImplementation.all)
    func `What goes with a repetition is not published again`(_ implementation: StoreImplementation) throws {
        let store = try implementation.open(directory)
        for id in 1...2 {
            _ = store.commit([request(1, .event(event("a", transaction: 5)), .publication(publication(Int64(id))))])
        }
        #expect(try store.reader.unsentPublications(of: "CP1", after: 0, limit: 9).map(\.id) == [1])
    }
}
