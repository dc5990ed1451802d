import Glibc
import Synchronization

/// A pipe that one thread polls and any other can make readable.
final class WakeUp: Sendable {
    private let readEnd: Int32
    private let writeEnd: Int32

    /// - Returns: `nil` when the process has no file descriptors left.
    init?() {
        var ends: [Int32] = [-1, -1]
        guard unsafe pipe(&ends) == 0 else { return nil }
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        readEnd = ends[0]
        writeEnd = ends[1]
    }

    deinit {
        Glibc.close(readEnd)
        Glibc.close(writeEnd)
    }

    var interest: pollfd { pollfd(fd: readEnd, events: Int16(POLLIN), revents: 0) }

    /// A full pipe is as good: it is readable.
    func signal() {
        var byte: UInt8 = 0
        _ = unsafe write(writeEnd, &byte, 1)
    }

    func clear() {
        var bytes: [UInt8] = Array(repeating: 0, count: 64)
        while unsafe read(readEnd, &bytes, bytes.count) > 0 {}
    }

    /// - Returns: whether `signal` was called within the time.
    func wait(milliseconds: Int) -> Bool {
        let deadline = monotonicMilliseconds() + milliseconds
        while true {
            var interest = interest
            let left = deadline - monotonicMilliseconds()
            let count = unsafe poll(&interest, 1, Int32(clamping: max(0, left)))
            if count > 0 { return true }
            if count == 0, left <= 0 { return false }
        }
    }
}

/// Commands from any thread to the one that polls `wakeUp`, in order.
final class Mailbox<Command: Sendable>: Sendable {
    let wakeUp: WakeUp
    /// `nil` once nobody takes commands any more.
    private let commands = Mutex<[Command]?>([])

    init(wakeUp: WakeUp) {
        self.wakeUp = wakeUp
    }

    /// - Returns: false after `shutDown`.
    @discardableResult
    func post(_ command: Command) -> Bool {
        let countBefore = commands.withLock { commands in
            defer { commands?.append(command) }
            return commands?.count
        }
        if countBefore == 0 { wakeUp.signal() }
        return countBefore != nil
    }

    func takeAll() -> [Command] {
        wakeUp.clear()
        return commands.withLock { commands in
            defer { if commands != nil { commands = [] } }
            return commands ?? []
        }
    }

    /// Like `takeAll`, and takes no more.
    func shutDown() -> [Command] {
        commands.withLock { commands in
            defer { commands = nil }
            return commands ?? []
        }
    }
}

/// Milliseconds of a clock that nobody sets.
func monotonicMilliseconds() -> Int {
    var time = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return time.tv_sec * 1_000 + time.tv_nsec / 1_000_000
}
