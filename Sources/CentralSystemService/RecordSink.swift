import Dispatch
import Glibc
import Synchronization

/// Carries record lines to a file descriptor on a thread of its own, so that a slow reader never holds up a charge point.
///
/// The queue is bounded: what does not fit is dropped and counted. A reader that goes away is said once; the sink then
/// swallows everything.
public final class RecordSink: Sendable {
    private struct State: ~Copyable {
        var queue: [UInt8] = []
        var lost = 0
        var isClosed = false
        var isBroken = false
    }

    private let state = Mutex(State())
    private let wakeUp = DispatchSemaphore(value: 0)
    private let drained = DispatchSemaphore(value: 0)
    private let descriptor: Int32
    private let maximumBytes: Int
    private let notice: @Sendable (String) -> Void

    /// - Parameters:
    ///   - descriptor: stays open when the sink ends.
    ///   - maximumBytes: of lines that wait for their reader.
    ///   - notice: called on the sink's thread, with a text for people.
    public init(descriptor: Int32, maximumBytes: Int = 16 << 20, notice: @escaping @Sendable (String) -> Void) {
        self.descriptor = descriptor
        self.maximumBytes = maximumBytes
        self.notice = notice
        DispatchQueue(label: "records").async { self.run() }
    }

    /// Records that were dropped so far.
    public var lostRecords: Int { state.withLock { $0.lost } }

    /// Takes whole lines. From any thread; never blocks.
    public func offer(_ lines: [UInt8], count: Int) {
        guard !lines.isEmpty else { return }
        let wakes = state.withLock { state in
            if state.isBroken || state.isClosed { return false }
            guard state.queue.count + lines.count <= maximumBytes else {
                state.lost += count
                return false
            }
            defer { state.queue += lines }
            return state.queue.isEmpty
        }
        if wakes { wakeUp.signal() }
    }

    /// Writes what is queued, for at most this long, and ends the thread.
    public func close(drainMilliseconds: Int) {
        state.withLock { $0.isClosed = true }
        wakeUp.signal()
        _ = drained.wait(timeout: .now() + .milliseconds(drainMilliseconds))
    }

    private func run() {
        while true {
            let (batch, isLast) = state.withLock { state in
                let batch = state.queue
                state.queue = []
                return (batch, state.isClosed)
            }
            if batch.isEmpty {
                if isLast { break }
                wakeUp.wait()
                // What comes within a moment goes out with one write, and wakes nobody: both cost more than the records.
                usleep(1_000)
                continue
            }
            if !write(batch) { break }
        }
        drained.signal()
    }

    /// False where the reader is gone for good.
    private func write(_ bytes: [UInt8]) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress!, $0.count) }
            if count >= 0 {
                rest = rest.dropFirst(count)
                continue
            }
            switch errno {
            case EINTR: continue
            case EAGAIN:
                var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                _ = unsafe poll(&waiting, 1, 1000)
            case let number:
                state.withLock { state in
                    state.isBroken = true
                    state.queue = []
                }
                notice(
                    number == EPIPE
                        ? "the reader of the records is gone; going on without records"
                        : "cannot write records: \(unsafe String(cString: strerror(number))); going on without records")
                return false
            }
        }
        return true
    }
}
