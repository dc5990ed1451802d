import CLibwebsockets
import Glibc

/// Work that an `EventLoop` does later. The loop's thread only.
public final class Timer: @unchecked Sendable {
    // Sendable so that it can be kept anywhere; `cancel()` is for the loop's thread.
    fileprivate var work: (() -> Void)?

    fileprivate init(_ work: @escaping () -> Void) { self.work = work }

    /// The work will not run. Without effect when it has.
    public func cancel() { work = nil }
}

/// All timers of a loop on one timerfd: a binary heap by time, then by order of scheduling.
final class TimerQueue {
    private struct Entry {
        let due: UInt64
        let serial: UInt64
        let timer: Timer
        func comes(before other: Entry) -> Bool { (due, serial) < (other.due, other.serial) }
    }

    private let poller: DescriptorPoller
    private let descriptor: Int32
    private var heap: [Entry] = []
    private var serial: UInt64 = 0
    private var armedFor: UInt64?

    init(poller: DescriptorPoller) throws(EndpointError) {
        self.poller = poller
        descriptor = timerfd_create(CLOCK_MONOTONIC, Int32(TFD_NONBLOCK | TFD_CLOEXEC))
        guard descriptor >= 0 else { throw .other("timerfd_create: \(errorText())") }
        poller.add(descriptor, .read) { [unowned self] _ in fire() }
    }

    deinit { close(descriptor) }

    func schedule(afterMilliseconds delay: Int, _ work: @escaping () -> Void) -> Timer {
        let timer = Timer(work)
        serial += 1
        heap.append(Entry(due: monotonicMilliseconds() + UInt64(max(0, delay)), serial: serial, timer: timer))
        siftUp(heap.count - 1)
        arm()
        return timer
    }

    func cancelAll() {
        for entry in heap { entry.timer.cancel() }
        heap = []
    }

    private func fire() {
        var expirations: UInt64 = 0
        unsafe read(descriptor, &expirations, 8)
        armedFor = nil
        let now = monotonicMilliseconds()
        while let first = heap.first, first.due <= now || first.timer.work == nil {
            removeFirst()
            let work = first.timer.work
            first.timer.work = nil
            work?()
        }
        arm()
    }

    private func arm() {
        guard let due = heap.first?.due, due != armedFor else { return }
        armedFor = due
        let at = timespec(tv_sec: Int(due / 1_000), tv_nsec: Int(due % 1_000) * 1_000_000)
        var setting = itimerspec(it_interval: timespec(), it_value: at)
        unsafe timerfd_settime(descriptor, Int32(TFD_TIMER_ABSTIME), &setting, nil)
    }

    private func siftUp(_ start: Int) {
        var child = start
        while child > 0 {
            let parent = (child - 1) / 2
            guard heap[child].comes(before: heap[parent]) else { return }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    private func removeFirst() {
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2]
            where child < heap.count && heap[child].comes(before: heap[least]) {
                least = child
            }
            guard least != parent else { return }
            heap.swapAt(parent, least)
            parent = least
        }
    }
}

/// Milliseconds of the clock that never goes back.
func monotonicMilliseconds() -> UInt64 {
    var now = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &now)
    return UInt64(now.tv_sec) * 1_000 + UInt64(now.tv_nsec) / 1_000_000
}
