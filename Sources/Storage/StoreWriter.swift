public import OCPPKit
import Dispatch
import Synchronization

/// Gives a store a thread of its own, which commits in groups: what was submitted while the last commit ran is the next
/// group, so that the fsync of one carries many under load and one waits for nobody when there is none.
public final class StoreWriter: Sendable {
    /// Called on the writer's thread after each group's commit, with the outcomes in the order of submission.
    public typealias Outcomes = @Sendable ([(ticket: UInt64, outcome: StoreOutcome)]) -> Void

    private let work: StoreWork
    private let thread: WriterThread

    /// Takes the store over, and closes it in the end. A group has at most `groupLimit` requests.
    public init(store: sending any CentralStore, groupLimit: Int = 1000, outcomes: @escaping Outcomes) {
        let work = StoreWork(store: store, groupLimit: groupLimit, outcomes: outcomes)
        self.work = work
        thread = WriterThread { work.run() }
    }

    deinit { close() }

    /// How many requests still wait for their outcome. Whoever submits keeps it within bounds.
    public var pending: Int { work.queue.withLock { $0.requests.count + $0.committing } }

    /// Hands a request over, from any thread; its outcome comes under its ticket. False, and no outcome, after `close`.
    @discardableResult
    public func submit(_ request: StoreRequest) -> Bool {
        work.add { $0.requests.append(request) }
    }

    /// Removes the frames that arrived before `time`, in small steps between the groups. `completion` is called on the
    /// writer's thread with their number; not at all after `close`.
    public func pruneFrames(
        before time: Timestamp, completion: @escaping @Sendable (Result<Int, StoreError>) -> Void = { _ in }
    ) {
        work.add { $0.prunings.append(Pruning(time: time, completion: completion)) }
    }

    /// Waits until everything submitted has its outcome, and closes the store. Not to be called from `outcomes`.
    public func close() {
        work.add { $0.isClosing = true }
        thread.join()
    }
}

private struct Pruning {
    let time: Timestamp
    var removed = 0
    let completion: @Sendable (Result<Int, StoreError>) -> Void

    init(time: Timestamp, completion: @escaping @Sendable (Result<Int, StoreError>) -> Void) {
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
    private let outcomes: StoreWriter.Outcomes

    init(store: sending any CentralStore, groupLimit: Int, outcomes: @escaping StoreWriter.Outcomes) {
        self.store = Mutex(store)
        self.groupLimit = groupLimit
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
        while true {
            let (group, pruning, isDone) = take()
            if !group.isEmpty { commit(group) }
            if let pruning { prune(pruning) }
            if isDone { break }
            if group.isEmpty && pruning == nil { wake.wait() }
        }
        store.withLock { $0.close() }
    }

    /// The next group and the next step of pruning; nothing of both, and `isIdle`, where there is no work.
    private func take() -> (group: [StoreRequest], pruning: Pruning?, isDone: Bool) {
        queue.withLock { queue in
            let group = Array(queue.requests.prefix(groupLimit))
            queue.requests.removeFirst(group.count)
            queue.committing = group.count
            if queue.isClosing { return (group, nil, queue.requests.isEmpty) }
            let pruning = queue.prunings.first
            queue.isIdle = group.isEmpty && pruning == nil
            return (group, pruning, false)
        }
    }

    private func commit(_ group: [StoreRequest]) {
        let results = store.withLock { $0.commit(group) }
        outcomes(zip(group, results).map { (ticket: $0.ticket, outcome: $1) })
        queue.withLock { $0.committing = 0 }
    }

    /// One step; the first of the queue's prunings stays there until it is done.
    private func prune(_ pruning: Pruning) {
        let result: Result<Int, StoreError> = store.withLock { store in
            do throws(StoreError) {
                return .success(try store.pruneFrames(before: pruning.time, limit: StoreWork.pruningStep))
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
