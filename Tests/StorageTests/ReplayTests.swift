import OCPPKit
import Testing

@testable import Storage

/// Messages sent again, and requests that cannot be kept.
@Suite("Replays and failures")
struct ReplayTests {
    let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    @Test(arguments: StoreImplementation.all)
    func `A thousand equal StartTransactions are one row and one reply`(_ implementation: StoreImplementation) throws {
        var replies: Set<String?> = []
        for round in 0..<2 {
            let store = try implementation.open(directory)
            for group in 0..<10 {
                // Each draws another id, as a caller does that has not seen the first.
                let requests = (0..<50).map { index in
                    let id = Int64(round * 500 + group * 50 + index + 1)
                    return request(0, .event(event("start", transaction: id, reply: #"{"transactionId":\#(id)}"#)))
                }
                let outcomes = store.commit(requests)
                let isFirst = round == 0 && group == 0
                #expect(outcomes.filter(\.isCommitted).count == (isFirst ? 1 : 0))
                #expect(outcomes[0].isCommitted == isFirst)
                replies.formUnion(outcomes.dropFirst(isFirst ? 1 : 0).map(\.replayedReply))
            }
            #expect(try store.reader.allEvents().map(\.transactionId) == [1])
            store.close()
        }
        #expect(replies == [#"{"transactionId":1}"#])
    }

    @Test(arguments: StoreImplementation.all, [TransactionEvent.Kind.start, .stop, .meterValues])
    func `A key is known again after a restart`(
        _ implementation: StoreImplementation, _ kind: TransactionEvent.Kind
    ) throws {
        var store = try implementation.open(directory)
        #expect(store.commit([request(1, .event(event("k", kind, reply: "first")))])[0].isCommitted)
        store.close()
        store = try implementation.open(directory)
        #expect(store.commit([request(2, .event(event("k", kind, reply: "second")))])[0].replayedReply == "first")
        #expect(try store.reader.allEvents().map(\.reply) == [bytes("first")])
    }

    @Test(arguments: StoreImplementation.all)
    func `Of a replayed request only frames and known sessions are kept`(
        _ implementation: StoreImplementation
    ) throws {
        let store = try implementation.open(directory)
        _ = store.commit([request(1, .event(event("k")), .session(session(1, state: "old")))])
        let again = request(
            2,
            .session(session(1, isNew: false, state: "new")), .session(session(2)),
            .chargePoint(
                StoredChargePoint(
                    chargePointId: "CP1", vendor: nil, model: nil, serialNumber: nil, firmwareVersion: nil,
                    registration: "Accepted", lastBoot: Timestamp(milliseconds: 0))),
            .connector(
                StoredConnector(
                    chargePointId: "CP1", connectorId: 1, status: "Charging", errorCode: "NoError",
                    since: Timestamp(milliseconds: 0))),
            .event(event("k", transaction: 2)), .frame(frame("again")))
        #expect(store.commit([again])[0].replayedReply == "{}")
        #expect(try store.reader.allFrames().map(\.raw) == [bytes("again")])
        #expect(try store.reader.allSessions().map(\.session.state) == [bytes("new")])
        #expect(try store.reader.chargePoints().isEmpty)
        #expect(try store.reader.connectors().isEmpty)
        #expect(try store.reader.allEvents().count == 1)
    }

    @Test(arguments: StoreImplementation.all)
    func `A transaction id given twice fails that request alone`(_ implementation: StoreImplementation) throws {
        let store = try implementation.open(directory)
        let outcomes = store.commit([
            request(1, .event(event("a", transaction: 7))),
            request(2, .frame(frame()), .session(session(1)), .event(event("b", transaction: 7))),
            request(3, .event(event("c", .meterValues, transaction: 7))),
            request(4, .event(event("d", .stop, transaction: 7))),
        ])
        #expect(outcomes.map(\.isCommitted) == [true, false, true, true])
        #expect(outcomes[1].isTransactionIdTaken)
        #expect(try store.reader.allFrames().isEmpty)
        #expect(try store.reader.allSessions().isEmpty)
        #expect(try store.reader.isTransactionIdTaken(7))
        #expect(try !store.reader.isTransactionIdTaken(8))
    }

    @Test(arguments: StoreImplementation.all)
    func `Starts without an id do not collide`(_ implementation: StoreImplementation) throws {
        let store = try implementation.open(directory)
        let outcomes = store.commit([
            request(1, .event(event("a", transaction: nil))), request(2, .event(event("b", transaction: nil))),
        ])
        #expect(outcomes.map(\.isCommitted) == [true, true])
    }

    private func stop(_ key: String, _ payload: String, alternative: String? = nil) -> StoreOperation {
        var event = event(key, .stop, transaction: 7)
        event.payload = bytes(payload)
        event.alternative = alternative.map { .init(kind: .conflict, replayKey: $0) }
        return .event(event)
    }

    @Test(arguments: StoreImplementation.all)
    func `Another content under the same key is a conflict, kept once`(_ implementation: StoreImplementation) throws {
        let store = try implementation.open(directory)
        let outcomes = store.commit([
            request(1, stop("stop", "one", alternative: "one")),
            // The same again.
            request(2, stop("stop", "one", alternative: "one")),
            request(3, stop("stop", "two", alternative: "two"), .session(session(1))),
            request(4, stop("stop", "two", alternative: "two"), .session(session(2))),
            // Without another key the first one counts, whatever it says.
            request(5, stop("stop", "three")),
        ])
        #expect(outcomes.map(\.isCommitted) == [true, false, false, false, false])
        #expect(outcomes.map(\.isConflict) == [false, false, true, false, false])
        #expect(outcomes.map { $0.replayedReply != nil } == [false, true, false, true, true])
        #expect(try store.reader.allEvents().map(\.replayKey) == ["stop"])
        #expect(try store.reader.allEvents([.conflict]).map(\.replayKey) == ["two"])
        #expect(try store.reader.allSessions().map(\.session.number) == [1])
    }
}
