import CSQLite
import Glibc
import Synchronization

/// A thread of the system for work that blocks, which the pool of Swift's tasks must not do.
final class WriterThread: Sendable {
    /// `nil` once joined.
    private let handle: Mutex<pthread_t?>

    init(_ body: @escaping @Sendable () -> Void) {
        var handle = pthread_t()
        let argument = unsafe Unmanaged.passRetained(Body(run: body)).toOpaque()
        let code = unsafe pthread_create(
            &handle, nil,
            { argument in
                guard let argument = unsafe argument else { return nil }
                _ = unsafe pthread_setname_np(pthread_self(), "ocppctl-store")
                unsafe Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run()
                return nil
            }, argument)
        precondition(code == 0, "no thread for the store: \(unsafe String(cString: strerror(code)))")
        self.handle = Mutex(handle)
    }

    /// Waits for its end; at once after the first time.
    func join() {
        handle.withLock { handle in
            guard let running = handle else { return }
            _ = pthread_join(running, nil)
            handle = nil
        }
    }

    private final class Body: Sendable {
        let run: @Sendable () -> Void
        init(run: @escaping @Sendable () -> Void) { self.run = run }
    }
}
