import Dispatch
import Glibc

/// INT and TERM as an orderly request: the first one is told, the second one ends the process with 128+n.
final class Signals {
    private let sources: [any DispatchSourceSignal]

    /// Handles signals for as long as this is kept.
    init(_ first: @escaping @Sendable (Int32) -> Void) {
        let queue = DispatchQueue(label: "signals")
        let count = Counter()
        sources = [SIGINT, SIGTERM].map { number in
            // Else the system's own action would come first.
            _ = signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            source.setEventHandler {
                if count.isFirst() { first(number) } else { _exit(128 + number) }
            }
            // A signal that comes before the source is there would be lost.
            let isThere = DispatchSemaphore(value: 0)
            source.setRegistrationHandler { isThere.signal() }
            source.resume()
            isThere.wait()
            return source
        }
    }

    /// `@unchecked Sendable`: used on the one queue alone.
    private final class Counter: @unchecked Sendable {
        private var count = 0
        func isFirst() -> Bool {
            count += 1
            return count == 1
        }
    }
}

/// HUP as a request to read files again.
final class HangUps {
    private let source: any DispatchSourceSignal

    /// Handles the signal for as long as this is kept.
    init(_ work: @escaping @Sendable () -> Void) {
        _ = signal(SIGHUP, SIG_IGN)
        source = DispatchSource.makeSignalSource(signal: SIGHUP, queue: DispatchQueue(label: "hang-up"))
        source.setEventHandler(handler: work)
        let isThere = DispatchSemaphore(value: 0)
        source.setRegistrationHandler { isThere.signal() }
        source.resume()
        isThere.wait()
    }
}
