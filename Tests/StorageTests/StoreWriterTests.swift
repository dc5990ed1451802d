import OCPPKit
import Synchronization
import Testing

@testable import Storage

/// The thread in front of a store.
@Suite("The writer's thread", .timeLimit(.minutes(10)))
struct StoreWriterTests {
    /// A store that keeps nothing, holds each commit until it is let go, and notes the groups.
    final class GatedStore: CentralStore {
        struct Journal {
            var groups: [[UInt64]] = []
            var steps: [String] = []
        }

        final class Gate: Sendable {
            let journal = Mutex(Journal())
            let entered = Counter()
            let allowed = Counter()
        }

        let gate: Gate
        var frames = 1200
        private var commits = 0

        init(_ gate: Gate) { self.gate = gate }

        var reader: any StoreReader { fatalError("nothing is read here") }

        func touch() {}

        func commit(_ requests: [StoreRequest]) -> [StoreOutcome] {
            commits += 1
            gate.entered.increment()
            gate.allowed.wait(for: commits)
            gate.journal.withLock {
                $0.groups.append(requests.map(\.ticket))
                $0.steps.append("commit")
            }
            return requests.map { _ in .committed }
        }

        func prune(_: Prunable, before time: Timestamp, limit: Int) throws(StoreError) -> Int {
            gate.journal.withLock { $0.steps.append("prune") }
            guard time.milliseconds >= 0 else { throw .diskFull(path: "here") }
            let count = min(frames, limit)
            frames -= count
            return count
        }

        func close() { gate.journal.withLock { $0.steps.append("close") } }
    }

    @Test func `What arrives during a commit is the next group`() {
        let gate = GatedStore.Gate()
        let tickets = Mutex<[UInt64]>([])
        let writer = StoreWriter(store: GatedStore(gate), groupLimit: 3) { outcomes in
            tickets.withLock { $0 += outcomes.map(\.ticket) }
        }
        writer.submit(request(1))
        gate.entered.wait(for: 1)
        for ticket in 2...6 { writer.submit(request(UInt64(ticket))) }
        #expect(writer.pending == 6)
        gate.allowed.increment(by: 3)
        writer.close()
        #expect(gate.journal.withLock { $0.groups } == [[1], [2, 3, 4], [5, 6]])
        #expect(gate.journal.withLock { $0.steps }.last == "close")
        #expect(tickets.withLock { $0 } == [1, 2, 3, 4, 5, 6])
        #expect(writer.pending == 0)
    }

    @Test func `Nothing is taken after close, and close may be called again`() {
        let gate = GatedStore.Gate()
        let writer = StoreWriter(store: GatedStore(gate)) { _ in Issue.record("an outcome") }
        writer.close()
        writer.close()
        #expect(!writer.submit(request(1)))
        #expect(gate.journal.withLock { $0.steps } == ["close"])
    }

    @Test func `Pruning goes on in steps, between groups`() {
        let gate = GatedStore.Gate()
        gate.allowed.increment(by: 10)
        let removed = Mutex<[Int]>([])
        let finished = Counter()
        let writer = StoreWriter(store: GatedStore(gate)) { _ in }
        writer.prune(.frames, before: Timestamp(milliseconds: 1)) { result in
            removed.withLock { $0.append((try? result.get()) ?? -1) }
            finished.increment()
        }
        writer.prune(.frames, before: Timestamp(milliseconds: -1)) { result in
            removed.withLock { $0.append((try? result.get()) ?? -1) }
            finished.increment()
        }
        finished.wait(for: 2)
        writer.close()
        #expect(removed.withLock { $0 } == [1200, -1])
        #expect(gate.journal.withLock { $0.steps } == ["prune", "prune", "prune", "prune", "close"])
    }

    @Test func `Many threads submit, and all is in the store before its outcome`() async throws {
        let directory = try TemporaryDirectory()
        let tickets = Mutex<Set<UInt64>>([])
        let writer = StoreWriter(store: try SQLiteStore(path: directory.store)) { outcomes in
            let count = tickets.withLock { tickets in
                tickets.formUnion(outcomes.filter(\.outcome.isCommitted).map(\.ticket))
                return tickets.count
            }
            let kept = try? SQLiteStoreReader(path: directory.store).allEvents().count
            #expect(kept ?? 0 >= count)
        }
        await withTaskGroup(of: Void.self) { tasks in
            for task in 0..<4 {
                tasks.addTask {
                    for number in 0..<250 {
                        let ticket = UInt64(task * 250 + number + 1)
                        writer.submit(request(ticket, .event(event("\(ticket)", .meterValues))))
                    }
                }
            }
        }
        writer.close()
        #expect(tickets.withLock { $0 } == Set(1...1000))
    }
}
