import OCPPKit
import Synchronization
import Testing

@testable import Storage

/// What is kept while the file system fills up.
@Suite("Disk space", .timeLimit(.minutes(10)))
struct DiskSpaceTests {
    let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    @Test(arguments: [
        (Int64.max, DiskSpace.enough), (200, .enough), (199, .low), (100, .low), (99, .noFrames), (50, .noFrames),
        (49, .nothingNew), (0, .nothingNew),
    ])
    func `Steps are twice the minimum, the minimum and half of it`(_ free: Int64, _ expected: DiskSpace) {
        #expect(DiskSpace.of(freeBytes: free, minimum: 100) == expected)
    }

    @Test func `The system tells what is free`() throws {
        #expect(try #require(DiskSpace.freeBytes(at: directory.path)) > 0)
        #expect(DiskSpace.freeBytes(at: directory.path + "/nothing") == nil)
    }

    @Test func `It is looked at twice a second, and gets better with a tenth more`() {
        let free = Mutex<Int64?>(1000)
        let looks = Mutex(0)
        var watch = DiskSpaceWatch(minimum: 100) {
            looks.withLock { $0 += 1 }
            return free.withLock { $0 }
        }
        var now = ContinuousClock.now
        func look(_ bytes: Int64?, after milliseconds: Int64 = 500) -> [Int64?] {
            free.withLock { $0 = bytes }
            now = now + .milliseconds(milliseconds)
            let (level, changedAt) = watch.look(at: now)
            return [Int64(level.rawValue), changedAt]
        }
        #expect(look(1000) == [0, nil])
        #expect(look(10, after: 499) == [0, nil])
        #expect(looks.withLock { $0 } == 1)
        #expect(look(10, after: 1) == [3, 10])
        #expect(look(9) == [3, nil])
        // Not told: as before.
        #expect(look(nil) == [3, nil])
        #expect(look(54) == [3, nil])
        #expect(look(55) == [2, 55])
        #expect(look(109) == [2, nil])
        #expect(look(400) == [0, 400])
        #expect(look(199) == [1, 199])
    }

    @Test func `Raw frames go first, then what is new; what is there can be changed`() throws {
        let free = Mutex<Int64>(1000)
        let told = Mutex<[DiskSpace]>([])
        let outcomes = Mutex<[UInt64: Bool]>([:])
        func write(_ requests: [StoreRequest], with bytes: Int64) throws {
            free.withLock { $0 = bytes }
            // Each writer looks at the beginning.
            let writer = StoreWriter(
                store: try SQLiteStore(path: directory.store),
                space: DiskSpaceWatch(minimum: 100) { free.withLock { $0 } },
                spaceChanged: { level, _ in told.withLock { $0.append(level) } }
            ) { results in
                outcomes.withLock { for result in results { $0[result.ticket] = result.outcome.isKept } }
            }
            writer.submit(requests)
            writer.close()
        }
        let link = StoredLink(chargePointId: "CP1", peer: "p", connected: Timestamp(milliseconds: 1), disconnected: nil)
        try write([request(1, .publication(publication(1, of: "CP1")))], with: 1000)
        try write([request(2, .frame(frame()), .event(event("low", .meterValues)))], with: 150)
        try write([request(3, .frame(frame()), .event(event("no frames", .meterValues)))], with: 99)
        try write(
            [
                request(4, .frame(frame()), .event(event("nothing new", .meterValues))), request(5, .link(link)),
                request(6, .published(ids: [1], at: Timestamp(milliseconds: 5))),
                request(7, .publication(publication(2, of: "CP1"))),
            ], with: 49)
        #expect(told.withLock { $0 } == [.low, .noFrames, .nothingNew])
        #expect(outcomes.withLock { $0 } == [1: true, 2: true, 3: true, 4: false, 5: true, 6: true, 7: false])
        let reader = try SQLiteStoreReader(path: directory.store)
        #expect(try reader.allEvents().map(\.replayKey) == ["low", "no frames"])
        #expect(try reader.allFrames().count == 1)
        #expect(try reader.links() == [link])
        #expect(try reader.chargePointsWithUnsentPublications().isEmpty)
    }

    @Test func `Nobody looks where there is no minimum`() throws {
        var watch = DiskSpaceWatch(minimum: 0) {
            Issue.record("looked at")
            return 0
        }
        #expect(watch.look().level == .enough)
    }
}
