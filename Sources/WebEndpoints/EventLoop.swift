import CLibwebsockets
import Glibc
import Synchronization

/// One thread that serves every connection of libwebsockets, and the executor of the actors that live on it.
///
/// Callbacks of servers and clients run on the loop's thread, so an actor whose `unownedExecutor` is this loop may
/// enter itself from them with `assumeIsolated` and pays no hop. Nothing on this thread may block.
///
/// The loop lives until `shutDown()`, also when nobody holds it. It makes the process ignore SIGPIPE.
///
/// The number of connections is bounded by the limit on open files at `init`: call `raiseFileDescriptorLimit()` before.
///
/// `@unchecked Sendable`: what other threads may touch is in `shared`, behind its mutex; everything else is touched on
/// the loop's thread alone, and the entry points check that.
@safe public final class EventLoop: SerialExecutor, @unchecked Sendable {
    private enum Work {
        case job(UnownedJob)
        case closure(@Sendable () -> Void)
    }

    @safe private struct Shared {
        var queue: [Work] = []
        /// `nil` once the context is gone: nothing can be woken any more.
        var context: OpaquePointer?
        /// Someone runs late work on behalf of the loop that has ended.
        var drainsLate = false
        var shutdownWaiters: [CheckedContinuation<Void, Never>] = []
        var isShuttingDown = false
        var hasEnded = false
    }

    private let shared = Mutex(Shared())
    /// Of the thread that stands for the loop; 0 is none.
    private let thread = Atomic<pthread_t>(0)

    // Below: the loop's thread only.
    private let libev: Libev
    private(set) var context: OpaquePointer!
    /// Holds all clients.
    private(set) var clientHost: OpaquePointer!
    private(set) var poller: DescriptorPoller!
    private var timers: TimerQueue!
    /// What must be closed before the context goes. Servers and clients enter and leave by themselves.
    private var closables: [ObjectIdentifier: any LoopClosable] = [:]
    /// Memory that libwebsockets reads as long as the context lives.
    private var hostMemory: [VirtualHostMemory] = []
    /// The connection whose socket is being handed to libwebsockets in this very call.
    var adopting: Wire?
    /// Bytes with libwebsockets' headroom before them, for `lws_write`.
    let writeBuffer = WriteBuffer()
    let resolver = Resolver()
    private var isFinishing = false

    /// Starts the thread.
    /// - Throws: `EndpointError.other` where libwebsockets or its libev plugin cannot start.
    public init() throws(EndpointError) {
        libev = try Libev()
        LibwebsocketsLog.install()
        try start()
    }

    // MARK: Executor

    public func enqueue(_ job: consuming ExecutorJob) {
        enqueue(.job(UnownedJob(job)))
    }

    public func checkIsolated() {
        precondition(isCurrent, "this must run on the event loop's thread")
    }

    /// Whether the caller is on the loop's thread.
    public var isCurrent: Bool { thread.load(ordering: .relaxed) == pthread_self() }

    public func isIsolatingCurrentContext() -> Bool? { isCurrent }

    /// Runs `work` on the loop's thread, after what was posted before. From any thread.
    public func post(_ work: @escaping @Sendable () -> Void) {
        enqueue(.closure(work))
    }

    /// Runs `work` on the loop's thread and returns what it returns or throws. From any thread but that one.
    public func run<Value: Sendable, Failure: Error>(
        _ work: @escaping @Sendable () throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        let result = await withCheckedContinuation { (waiter: CheckedContinuation<Result<Value, Failure>, Never>) in
            post { waiter.resume(returning: Result { () throws(Failure) in try work() }) }
        }
        return try result.get()
    }

    private func enqueue(_ work: Work) {
        // The work may hold the last reference to what holds this loop, and be done before this returns.
        let keep = unsafe Unmanaged.passRetained(self)
        defer { unsafe keep.release() }
        let runsHere = shared.withLock { state -> Bool in
            state.queue.append(work)
            if state.hasEnded {
                defer { state.drainsLate = true }
                return !state.drainsLate
            }
            // Under the lock, so that the context cannot go in between.
            if state.queue.count == 1, let context = unsafe state.context {
                unsafe lws_cancel_service(context)
            }
            return false
        }
        if runsHere { drainLate() }
    }

    /// Runs what is queued. Called by libwebsockets when it was woken.
    func drain() {
        let batch = shared.withLock { state in
            let batch = state.queue
            state.queue = []
            return batch
        }
        for work in batch { perform(work) }
    }

    private func perform(_ work: Work) {
        switch work {
        case .job(let job): unsafe job.runSynchronously(on: asUnownedSerialExecutor())
        case .closure(let closure): closure()
        }
    }

    /// Work that arrives after the end runs at once on the thread that brings it, one piece at a time, so that actors
    /// on this loop can still finish what they await.
    private func drainLate() {
        while true {
            thread.store(pthread_self(), ordering: .relaxed)
            let next: Work? = shared.withLock { state in
                if !state.queue.isEmpty { return state.queue.removeFirst() }
                state.drainsLate = false
                thread.store(0, ordering: .relaxed)
                return nil
            }
            guard let next else { return }
            perform(next)
        }
    }

    // MARK: Timers

    /// Runs `work` on the loop's thread once. Only on that thread. What is still due at `shutDown()` never runs.
    @discardableResult
    public func schedule(afterMilliseconds delay: Int, _ work: @escaping () -> Void) -> Timer {
        checkIsolated()
        return timers.schedule(afterMilliseconds: delay, work)
    }

    // MARK: Life

    /// Closes every endpoint on this loop, WebSockets with 1001, then ends the thread. From any other thread or actor.
    ///
    /// Returns when all is closed. Peers that do not answer the close are dropped after `graceMilliseconds`.
    public func shutDown(graceMilliseconds: Int = 2_000) async {
        await withCheckedContinuation { (waiter: CheckedContinuation<Void, Never>) in
            let (isFirst, isOver) = shared.withLock { state -> (Bool, Bool) in
                if state.hasEnded { return (false, true) }
                state.shutdownWaiters.append(waiter)
                defer { state.isShuttingDown = true }
                return (!state.isShuttingDown, false)
            }
            if isOver { waiter.resume() }
            if isFirst { post { self.beginShutdown(graceMilliseconds) } }
        }
    }

    private func beginShutdown(_ graceMilliseconds: Int) {
        isFinishing = true
        for closable in closables.values { closable.closeForShutdown() }
        schedule(afterMilliseconds: graceMilliseconds) { [libev] in libev.stop() }
        stopIfDone()
    }

    private func stopIfDone() {
        if isFinishing, closables.isEmpty, unsafe context != nil { libev.stop() }
    }

    /// Whether endpoints can still be made. Only on the loop's thread.
    var isServing: Bool { unsafe context != nil && !isFinishing }

    func register(_ closable: any LoopClosable) {
        checkIsolated()
        closables[ObjectIdentifier(closable)] = closable
        if isFinishing { closable.closeForShutdown() }
        keepHouse()
    }

    func unregister(_ closable: any LoopClosable) {
        closables[ObjectIdentifier(closable)] = nil
        stopIfDone()
    }

    private var housekeeping: Timer?

    /// libwebsockets 4.1.6 on libev arms its own timer only when it finds it idle: a short timeout set while a long
    /// one is pending comes late. Any event makes it look again, so there is one a second while anything is open.
    private func keepHouse() {
        guard housekeeping == nil, !closables.isEmpty else { return }
        housekeeping = schedule(afterMilliseconds: 1_000) { [unowned self] in
            housekeeping = nil
            keepHouse()
        }
    }

    private func start() throws(EndpointError) {
        let outcome = Mutex<Result<Void, EndpointError>?>(nil)
        let ready = Semaphore()
        let thread = Thread(name: "ocppctl-loop") { [self] in
            do throws(EndpointError) {
                self.thread.store(pthread_self(), ordering: .relaxed)
                try setUp()
                outcome.withLock { $0 = .success(()) }
            } catch {
                outcome.withLock { $0 = .failure(error) }
                ready.signal()
                return
            }
            ready.signal()
            libev.run()
            tearDown()
        }
        guard thread.start() else { throw .other("cannot start a thread: \(errorText())") }
        ready.wait()
        try outcome.withLock { $0! }.get()
    }

    private func setUp() throws(EndpointError) {
        var info = unsafe lws_context_creation_info()
        // TLS is not libwebsockets' here (`TLSTunnel`): every host of its own would load the system's certificates.
        unsafe info.options = UInt64(LWS_SERVER_OPTION_LIBEV | LWS_SERVER_OPTION_EXPLICIT_VHOSTS)
        unsafe info.gid = -1
        unsafe info.uid = -1
        unsafe info.user = Unmanaged.passUnretained(self).toOpaque()
        var loops: [UnsafeMutableRawPointer?] = unsafe [UnsafeMutableRawPointer(libev.loop)]
        unsafe loops.withUnsafeMutableBufferPointer { loops in
            unsafe info.foreign_loops = loops.baseAddress
            unsafe context = lws_create_context(&info)
        }
        guard unsafe context != nil else {
            libev.destroy()
            throw LibwebsocketsLog.mentionsPlugin
                ? Libev.missing : .other("libwebsockets could not start; is the limit on open files very low?")
        }
        unsafe clientHost = try makeHost(protocols: [Self.loopProtocol]).host
        poller = try DescriptorPoller()
        timers = try TimerQueue(poller: poller)
        var descriptor = lws_sock_file_fd_type()
        unsafe descriptor.filefd = poller.descriptor
        guard
            unsafe lws_adopt_descriptor_vhost(
                clientHost, LWS_ADOPT_RAW_FILE_DESC, descriptor, Self.loopProtocol, nil) != nil
        else { throw .other("libwebsockets refused the poller") }
        shared.withLock { state in unsafe state.context = context }
    }

    static let loopProtocol = "ocppctl"

    /// A virtual host that listens to nothing itself; connections are brought to it. It lives as long as the loop.
    ///
    /// - Returns: the host, and its name: of such hosts libwebsockets takes the one that a request's `Host` names.
    func makeHost(protocols: [String]) throws(EndpointError) -> (host: OpaquePointer, name: String) {
        // Unique, also after servers have come and gone.
        let name = "host\(hostMemory.count)"
        let memory = VirtualHostMemory(name: name, protocols: protocols)
        var info = unsafe lws_context_creation_info()
        unsafe info.port = CONTEXT_PORT_NO_LISTEN_SERVER
        unsafe info.protocols = UnsafePointer(memory.protocols)
        unsafe info.vhost_name = UnsafePointer(memory.name)
        unsafe info.retry_and_idle_policy = UnsafePointer(memory.noRetries)
        guard let host = unsafe lws_create_vhost(context, &info) else {
            throw .other("libwebsockets refused a virtual host for \(protocols)")
        }
        hostMemory.append(memory)
        return unsafe (host, name)
    }

    private func tearDown() {
        timers.cancelAll()
        for closable in closables.values { closable.closeForShutdown() }
        shared.withLock { state in unsafe state.context = nil }
        unsafe lws_context_destroy(context)
        unsafe context = nil
        libev.destroy()
        closables = [:]
        let waiters = shared.withLock { state in
            state.hasEnded = true
            state.drainsLate = true
            return state.shutdownWaiters
        }
        drainLate()
        for waiter in waiters { waiter.resume() }
    }
}

/// Something that the loop closes when it ends.
protocol LoopClosable: AnyObject {
    /// Starts closing; unregisters itself when it is closed.
    func closeForShutdown()
}
