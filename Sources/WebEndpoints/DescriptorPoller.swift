import CLibwebsockets
import Glibc

/// The descriptors that this room reads and writes itself: listening sockets, handshakes, the control socket, timers.
///
/// They sit in one epoll set, which libwebsockets polls as a single file. So they never become connections of
/// libwebsockets, whose rules for closing them differ from version to version. The loop's thread only.
final class DescriptorPoller {
    struct Readiness: OptionSet {
        let rawValue: UInt32
        static let read = Readiness(rawValue: EPOLLIN.rawValue)
        static let write = Readiness(rawValue: EPOLLOUT.rawValue)
        /// The peer is gone, or the descriptor is broken: reading or writing tells which.
        static let hangUp = Readiness(rawValue: EPOLLHUP.rawValue | EPOLLERR.rawValue)
    }

    private struct Entry {
        let generation: UInt32
        let handler: (Readiness) -> Void
    }

    /// Of the epoll set. libwebsockets closes it with its context.
    let descriptor: Int32
    private var entries: [Int32: Entry] = [:]
    private var generation: UInt32 = 0

    init() throws(EndpointError) {
        descriptor = epoll_create1(Int32(EPOLL_CLOEXEC))
        guard descriptor >= 0 else { throw .other("epoll_create1: \(errorText())") }
    }

    /// - Returns: false where the kernel refuses; `errno` says why.
    @discardableResult
    func add(_ file: Int32, _ interest: Readiness, _ handler: @escaping (Readiness) -> Void) -> Bool {
        generation &+= 1
        entries[file] = Entry(generation: generation, handler: handler)
        if control(EPOLL_CTL_ADD, file, interest) { return true }
        entries[file] = nil
        return false
    }

    func change(_ file: Int32, _ interest: Readiness) {
        _ = control(EPOLL_CTL_MOD, file, interest)
    }

    /// Must come before the descriptor is closed.
    func remove(_ file: Int32) {
        guard entries.removeValue(forKey: file) != nil else { return }
        _ = control(EPOLL_CTL_DEL, file, [])
    }

    private func control(_ operation: Int32, _ file: Int32, _ interest: Readiness) -> Bool {
        // The generation tells an event of a closed descriptor from one of its successor with the same number.
        let tag = UInt64(entries[file]?.generation ?? 0) << 32 | UInt64(UInt32(bitPattern: file))
        var event = unsafe epoll_event(events: interest.rawValue, data: epoll_data_t(u64: tag))
        return unsafe epoll_ctl(descriptor, operation, file, &event) == 0
    }

    /// Calls the handlers of what is ready now. Does not wait.
    func dispatch() {
        unsafe withUnsafeTemporaryAllocation(of: epoll_event.self, capacity: 128) { events in
            let count = unsafe epoll_wait(descriptor, events.baseAddress, 128, 0)
            guard count > 0 else { return }
            for index in 0..<Int(count) {
                let (flags, tag) = unsafe (events[index].events, events[index].data.u64)
                let file = Int32(truncatingIfNeeded: tag)
                guard let entry = entries[file], entry.generation == UInt32(tag >> 32) else { continue }
                entry.handler(Readiness(rawValue: flags))
            }
        }
    }
}
