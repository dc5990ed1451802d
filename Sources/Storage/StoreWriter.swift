public import OCPPKit
import Dispatch
import Synchronization

/// Gives a store a thread of its own, which commits in groups: what was submitted while the last commit ran is the next
/// group, so that the fsync of one carries many under load and one waits for nobody when there is none.
public final class StoreWriter: Sendable {
    /// Called on the writer's thread after each group's commit, with the outcomes in the order of submission; of requests
    /// without a ticket, only with those that were not kept.
    public typealias Outcomes = @Sendable ([(ticket: UInt64, outcome: StoreOutcome)]) -> Void

    /// Called on the writer's thread after each group's commit, with the publications that it put into the outbox.
    public typealias Publications = @Sendable ([StoredPublication]) -> Void

    /// Called on the writer's thread when the space that is left allows less or more than before, with the bytes.
    public typealias SpaceChange = @Sendable (DiskSpace, Int64) -> Void

    private let work: StoreWork
    private let thread: WriterThread

    /// Takes the store over, and closes it in the end. A group has at most `groupLimit` requests.
    ///
    /// - Parameter space: looked at before each group; `nil` where the file system does not matter.
    public init(
        store: sending any CentralStore, groupLimit: Int = 1000, space: DiskSpaceWatch? = nil,
        spaceChanged: @escaping SpaceChange = { _, _ in }, publications: @escaping Publications = { _ in },
        outcomes: @escaping Outcomes
    ) {
        let work = StoreWork(
            store: store, groupLimit: groupLimit, space: space, spaceChanged: spaceChanged, publications: publications,
            outcomes: outcomes)
        self.work = work
        thread = WriterThread { work.run() }
    }

    deinit { close() }

    /// How many requests still wait for their outcome. Whoever submits keeps it within bounds.
    public var pending: Int { work.queue.withLock { $0.requests.count + $0.committing } }

    /// Hands a request over, from any thread; its outcome comes under its ticket. False, and no outcome, after `close`.
    @discardableResult
    public func submit(_ request: StoreRequest) -> Bool { submit([request]) }

    /// Hands requests over, in this order.
    @discardableResult
    public func submit(_ requests: [StoreRequest]) -> Bool {
        work.add { $0.requests += requests }
    }

    /// Removes what is past `time`, in small steps between the groups. `completion` is called on the writer's thread with the number of rows; not at all after `close`.
    public func prune(
        _ what: Prunable, before time: Timestamp,
        completion: @escaping @Sendable (Result<Int, StoreError>) -> Void = { _ in }
    ) {
        work.add { $0.prunings.append(Pruning(what: what, time: time, completion: completion)) }
    }

    /// Reads what was committed so far, on the writer's thread, between two groups; not at all after `close`.
    public func read(_ job: @escaping @Sendable (any StoreReader) -> Void) {
        work.add { $0.reads.append(job) }
    }

    /// Writes durably between two groups, and changes nothing: `completion` is called on the writer's thread; not at all
    /// after `close`.
    public func touch(_ completion: @escaping @Sendable (Result<Void, StoreError>) -> Void) {
        work.add { $0.touches.append(completion) }
    }

    /// What the writer has done since its start.
    public var statistics: WriterStatistics { work.queue.withLock { $0.statistics } }

    /// Waits until everything submitted has its outcome. Not to be called from the writer's own callbacks.
    public func waitUntilIdle() {
        let done = DispatchSemaphore(value: 0)
        repeat {
            guard work.add({ $0.reads.append { _ in done.signal() } }) else { return }
            done.wait()
        } while pending > 0
    }

    /// Waits until everything submitted has its outcome, and closes the store. Not to be called from `outcomes`.
    public func close() {
        work.add { $0.isClosing = true }
        thread.join()
    }
}

/// What a `StoreWriter` has done.
public struct WriterStatistics: Sendable {
    /// How long each commit took, its fsync among it.
    public var commits = LatencyCounter()
    /// Requests that were committed, with an outcome of any kind but `failed`.
    public var requests: UInt64 = 0
    /// Requests of which nothing is in the store.
    public var failures: UInt64 = 0
}

private struct Pruning {
    let what: Prunable
    let time: Timestamp
    var removed = 0
    let completion: @Sendable (Result<Int, StoreError>) -> Void

    init(what: Prunable, time: Timestamp, completion: @escaping @Sendable (Result<Int, StoreError>) -> Void) {
        self.what = what
        self.time = time
        self.completion = completion
    }
}

/// What the writer's thread shares with those who submit.
private final class StoreWork: Sendable {
    struct Queue {
        var requests: [StoreRequest] = []
        /// The size of the group whose outcomes are not out yet.
        var committing = 0
        var prunings: [Pruning] = []
        var reads: [@Sendable (any StoreReader) -> Void] = []
        var touches: [@Sendable (Result<Void, StoreError>) -> Void] = []
        var statistics = WriterStatistics()
        var isClosing = false
        /// Whether the thread sleeps, and so has to be woken.
        var isIdle = false
    }

    /// Few enough not to hold a group up for long.
    private static let pruningStep = 500

    let queue = Mutex(Queue())
    private let wake = DispatchSemaphore(value: 0)
    /// Only the writer's thread takes it: the mutex lets the compiler see that the store has one user at a time.
    private let store: Mutex<any CentralStore>
    private let groupLimit: Int
    private let space: Mutex<DiskSpaceWatch?>
    private let spaceChanged: StoreWriter.SpaceChange
    private let publications: StoreWriter.Publications
    private let outcomes: StoreWriter.Outcomes

    init(
        store: sending any CentralStore, groupLimit: Int, space: DiskSpaceWatch?,
        spaceChanged: @escaping StoreWriter.SpaceChange, publications: @escaping StoreWriter.Publications,
        outcomes: @escaping StoreWriter.Outcomes
    ) {
        self.store = Mutex(store)
        self.groupLimit = groupLimit
        self.space = Mutex(space)
        self.spaceChanged = spaceChanged
        self.publications = publications
        self.outcomes = outcomes
    }

    @discardableResult
    func add(_ change: (inout Queue) -> Void) -> Bool {
        let (isTaken, mustWake) = queue.withLock { queue in
            guard !queue.isClosing else { return (false, false) }
            change(&queue)
            defer { queue.isIdle = false }
            return (true, queue.isIdle)
        }
        if mustWake { wake.signal() }
        return isTaken
    }

    // MARK: On the writer's thread

    func run() {
        _ = spaceLeft()
        while true {
            let work = take()
            if !work.group.isEmpty { commit(work.group) }
            if !work.reads.isEmpty { read(work.reads) }
            if !work.touches.isEmpty { touch(work.touches) }
            if let pruning = work.pruning { prune(pruning) }
            if work.isDone { break }
            if work.isNone { wake.wait() }
        }
        store.withLock { $0.close() }
    }

    private struct Turn {
        var group: [StoreRequest] = []
        var reads: [@Sendable (any StoreReader) -> Void] = []
        var touches: [@Sendable (Result<Void, StoreError>) -> Void] = []
        var pruning: Pruning?
        var isDone = false

        var isNone: Bool { group.isEmpty && reads.isEmpty && touches.isEmpty && pruning == nil }
    }

    /// The next group, what is to be read after it, and the next step of pruning; where there is nothing, `isIdle`.
    private func take() -> Turn {
        queue.withLock { queue in
            var turn = Turn()
            turn.group = Array(queue.requests.prefix(groupLimit))
            queue.requests.removeFirst(turn.group.count)
            queue.committing = turn.group.count
            if queue.isClosing {
                turn.isDone = queue.requests.isEmpty
                return turn
            }
            swap(&turn.reads, &queue.reads)
            swap(&turn.touches, &queue.touches)
            turn.pruning = queue.prunings.first
            queue.isIdle = turn.isNone
            return turn
        }
    }

    private func read(_ jobs: [@Sendable (any StoreReader) -> Void]) {
        store.withLock { store in
            for job in jobs { job(store.reader) }
        }
    }

    private func touch(_ waiting: [@Sendable (Result<Void, StoreError>) -> Void]) {
        let result: Result<Void, StoreError> = store.withLock { store in
            do throws(StoreError) {
                try store.touch()
                return .success(())
            } catch {
                return .failure(error)
            }
        }
        for completion in waiting { completion(result) }
    }

    private func commit(_ group: [StoreRequest]) {
        let start = DispatchTime.now().uptimeNanoseconds
        let results = outcomes(of: group, with: spaceLeft())
        let milliseconds = Int64((DispatchTime.now().uptimeNanoseconds - start) / 1_000_000)
        let failures = results.count { if case .failed = $0 { true } else { false } }
        // Of what nobody waits for, only failures are told.
        let told = zip(group, results).filter { $0.ticket != 0 || !$1.isKept }
        if !told.isEmpty { outcomes(told.map { (ticket: $0.ticket, outcome: $1) }) }
        var kept: [StoredPublication] = []
        for (request, result) in zip(group, results) where result.isKept {
            for case .publication(let publication) in request.operations { kept.append(publication) }
        }
        if !kept.isEmpty { publications(kept) }
        queue.withLock { queue in
            queue.committing = 0
            queue.statistics.commits.add(milliseconds)
            queue.statistics.requests += UInt64(results.count - failures)
            queue.statistics.failures += UInt64(failures)
        }
    }

    /// Commits what the space allows.
    private func outcomes(of group: [StoreRequest], with space: DiskSpace) -> [StoreOutcome] {
        switch space {
        case .enough, .low: return store.withLock { $0.commit(group) }
        case .noFrames: return store.withLock { $0.commit(group.map(\.withoutFrames)) }
        case .nothingNew:
            let refused = StoreOutcome.failed("too little space is left on the file system of the store")
            var kept = store.withLock { $0.commit(group.filter { !$0.adds }.map(\.withoutFrames)) }[...]
            return group.map { $0.adds ? refused : kept.removeFirst() }
        }
    }

    private func spaceLeft() -> DiskSpace {
        let (level, free) = space.withLock { $0?.look() ?? (.enough, nil) }
        if let free { spaceChanged(level, free) }
        return level
    }

    /// One step; the first of the queue's prunings stays there until it is done.
    private func prune(_ pruning: Pruning) {
        let result: Result<Int, StoreError> = store.withLock { store in
            do throws(StoreError) {
                return .success(
                    try store.prune(pruning.what, before: pruning.time, limit: StoreWork.pruningStep))
            } catch {
                return .failure(error)
            }
        }
        if case .success(let count) = result, count == StoreWork.pruningStep {
            return queue.withLock { $0.prunings[0].removed += count }
        }
        queue.withLock { _ = $0.prunings.removeFirst() }
        pruning.completion(result.map { pruning.removed + $0 })
    }
}
