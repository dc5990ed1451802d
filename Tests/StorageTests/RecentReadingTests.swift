import OCPPKit
import Testing

@testable import Storage

@Suite struct RecentReadingTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func session(_ number: Int, of chargePoint: String, isEnded: Bool) -> StoreOperation {
        .session(
            StoredSession(
                number: number, chargePointId: chargePoint, isNew: true, isEnded: isEnded,
                state: bytes(#"{"number":\#(number)}"#)))
    }

    private func commit(_ store: SQLiteStore, _ operations: [StoreOperation]) {
        let outcomes = store.commit([StoreRequest(ticket: 1, operations: operations)])
        #expect(outcomes.count == 1 && outcomes[0].isKept)
    }

    @Test func `The counter tells of others' changes`() throws {
        let store = try SQLiteStore(path: directory.store)
        commit(store, [session(1, of: "CP1", isEnded: false)])
        let reader = try SQLiteStoreReader(path: directory.store)
        let first = try reader.changeCounter()
        #expect(try reader.changeCounter() == first)
        commit(store, [session(2, of: "CP1", isEnded: false)])
        #expect(try reader.changeCounter() != first)
        store.close()
    }

    @Test func `Sessions come the newest first, until they are enough`() throws {
        let store = try SQLiteStore(path: directory.store)
        commit(store, (1...9).map { session($0, of: $0 % 3 == 0 ? "CP3" : "CP1", isEnded: $0 != 4) })
        let reader = try SQLiteStoreReader(path: directory.store)
        func numbers(before: Int64? = nil, of id: String? = nil, limit: Int = 100) throws -> [Int] {
            var found: [Int] = []
            try reader.sessionsNewestFirst(before: before, of: id) { row in
                found.append(row.session.number)
                return found.count < limit
            }
            return found
        }
        #expect(try numbers() == [9, 8, 7, 6, 5, 4, 3, 2, 1])
        #expect(try numbers(before: 4) == [3, 2, 1])
        #expect(try numbers(of: "CP3") == [9, 6, 3])
        #expect(try numbers(before: 6, of: "CP3") == [3])
        #expect(try numbers(limit: 2) == [9, 8])
        #expect(try reader.openSessions().map(\.number) == [4])
        store.close()
    }

    @Test func `The last frames of a charge point, and then what is new`() throws {
        let store = try SQLiteStore(path: directory.store)
        for number in 1...6 {
            commit(
                store,
                [
                    .frame(frame(#"[2,"\#(number)","Heartbeat",{}]"#, of: "CP1", at: Int64(number))),
                    .frame(frame(of: "CP2", at: Int64(number))),
                ])
        }
        let reader = try SQLiteStoreReader(path: directory.store)
        func times(_ block: Int64, _ limit: Int = 100, bytes: Int = .max) throws -> ([Int64], Int64) {
            let (frames, last) = try reader.recentFrames(
                of: "CP1", afterBlock: block, limit: limit, maximumBytes: bytes)
            #expect(frames.allSatisfy { $0.chargePointId == "CP1" })
            return (frames.map(\.arrival.milliseconds), last)
        }
        let (all, last) = try times(0)
        #expect(all == [1, 2, 3, 4, 5, 6])
        #expect(try times(0, 2).0 == [5, 6])
        #expect(try times(0, bytes: 1).0 == [6])
        #expect(try times(last) == ([], last))
        commit(store, [.frame(frame(of: "CP1", at: 7))])
        #expect(try times(last).0 == [7])
        store.close()
    }
}
