import Foundation

/// A number that threads raise and wait for.
final class Counter: @unchecked Sendable {
    // Unchecked: `value` is only touched while `condition` is locked.
    private let condition = NSCondition()
    private var value = 0

    func increment(by amount: Int = 1) {
        condition.withLock { value += amount }
        condition.broadcast()
    }

    func wait(for target: Int) {
        condition.withLock {
            while value < target { condition.wait() }
        }
    }
}
