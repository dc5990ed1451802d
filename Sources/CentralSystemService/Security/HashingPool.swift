import Glibc
import Synchronization

/// Threads for what takes its time and must not hold up the event loop: hashing secrets.
///
/// Work of addresses that have failed too often waits behind all other work, and is turned away where much of it waits.
final class HashingPool: Sendable {
    typealias Work = @Sendable () -> Void

    private struct Queues {
        var usual: [Work] = []
        var usualStart = 0
        var suspect: [Work] = []
        var isEnded = false

        mutating func next() -> Work? {
            if usualStart < usual.count {
                defer {
                    usualStart += 1
                    if usualStart == usual.count {
                        usual = []
                        usualStart = 0
                    }
                }
                return usual[usualStart]
            }
            return suspect.isEmpty ? nil : suspect.removeFirst()
        }
    }

    private let queues = Mutex(Queues())
    private let wakeUp: Wake
    private let maximumUsual: Int
    private let maximumSuspect: Int

    /// - Parameters:
    ///   - maximumUsual: more than the charge points that may come back at once.
    ///   - maximumSuspect: of addresses that failed too often.
    init(maximumUsual: Int = 50_000, maximumSuspect: Int = 64) {
        self.maximumUsual = maximumUsual
        self.maximumSuspect = maximumSuspect
        wakeUp = Wake()
        let count = max(1, min(4, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))) - 1))
        for _ in 0..<count { start() }
    }

    /// - Returns: false where too much waits already.
    func submit(isSuspect: Bool, _ work: @escaping Work) -> Bool {
        let isTaken = queues.withLock { queues in
            if isSuspect {
                guard queues.suspect.count < maximumSuspect else { return false }
                queues.suspect.append(work)
            } else {
                guard queues.usual.count - queues.usualStart < maximumUsual else { return false }
                queues.usual.append(work)
            }
            return true
        }
        if isTaken { wakeUp.signal() }
        return isTaken
    }

    /// Ends the threads; what waits is never done.
    func end() {
        queues.withLock { $0.isEnded = true }
        for _ in 0..<4 { wakeUp.signal() }
    }

    private func start() {
        var thread = pthread_t()
        let argument = unsafe Unmanaged.passRetained(self).toOpaque()
        let status = unsafe pthread_create(
            &thread, nil,
            { argument in
                // The event loop goes first where both want the processor.
                _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 10)
                unsafe Unmanaged<HashingPool>.fromOpaque(argument!).takeRetainedValue().run()
                return nil
            }, argument)
        guard status == 0 else { return unsafe Unmanaged<HashingPool>.fromOpaque(argument).release() }
        pthread_detach(thread)
    }

    private func run() {
        while true {
            let (work, isEnded) = queues.withLock { ($0.next(), $0.isEnded) }
            if isEnded { return }
            if let work { work() } else { wakeUp.wait() }
        }
    }
}

/// A counting semaphore.
@safe private final class Wake: @unchecked Sendable {
    // Sendable: POSIX semaphores may be used from any thread.
    private let handle = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)
    init() { unsafe sem_init(handle, 0, 0) }
    deinit {
        unsafe sem_destroy(handle)
        unsafe handle.deallocate()
    }
    func signal() { unsafe sem_post(handle) }
    func wait() { while unsafe sem_wait(handle) != 0 {} }
}
