import CLibwebsockets
import Glibc

/// A thread with a name, detached: whoever needs its end is told by what it runs.
struct Thread {
    private final class Start {
        let name: String
        let body: () -> Void
        init(name: String, body: @escaping () -> Void) {
            self.name = name
            self.body = body
        }
    }

    private let work: Start

    /// - Parameter name: at most 15 bytes, as Linux allows.
    init(name: String, _ body: @escaping () -> Void) {
        work = Start(name: name, body: body)
    }

    /// - Returns: false where the system has no room for it; `errno` says why.
    func start() -> Bool {
        var thread = pthread_t()
        let argument = unsafe Unmanaged.passRetained(work)
        let status = unsafe pthread_create(
            &thread, nil,
            { argument in
                let start = unsafe Unmanaged<Start>.fromOpaque(argument!).takeRetainedValue()
                unsafe pthread_setname_np(pthread_self(), start.name)
                // Signals are for the thread that waits for them.
                var all = sigset_t()
                unsafe sigfillset(&all)
                unsafe pthread_sigmask(SIG_BLOCK, &all, nil)
                start.body()
                return nil
            }, argument.toOpaque())
        guard status == 0 else {
            unsafe argument.release()
            errno = status
            return false
        }
        pthread_detach(thread)
        return true
    }
}

/// A counting semaphore for the few places that must block a thread.
@safe final class Semaphore: @unchecked Sendable {
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
