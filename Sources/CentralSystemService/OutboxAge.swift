import OCPPKit
import Synchronization

/// How old the oldest publication is that no broker has acknowledged, from marks that are set as publications are
/// committed: the outbox's rows have no time of their own. Exact to within a second for what this run committed; what
/// earlier runs left is as old as this run, at least.
final class OutboxAge: Sendable {
    /// Each says that the ids up to this one were committed by then.
    private let marks: Mutex<[(id: Int64, time: Timestamp)]>
    private static let marksKept = 4096

    init(lastId: Int64, at now: Timestamp) { marks = Mutex([(lastId, now)]) }

    func note(_ id: Int64, at now: Timestamp) {
        marks.withLock { marks in
            if let last = marks.last, marks.count > 1, now - last.time < 1000 {
                marks[marks.count - 1].id = id
                return
            }
            marks.append((id, now))
            // Every second one is enough for what is that old.
            if marks.count > Self.marksKept {
                marks = marks.enumerated().filter { $0.offset % 2 == 1 || $0.offset == marks.count - 1 }.map(\.element)
            }
        }
    }

    /// Milliseconds; 0 where there is none.
    ///
    /// - Parameter first: the lowest id that was not acknowledged.
    func milliseconds(first: Int64?, at now: Timestamp) -> Int64 {
        guard let first else { return 0 }
        return marks.withLock { marks in
            // What lies before it will not be asked for again.
            if let index = marks.firstIndex(where: { $0.id >= first }), index > 0 { marks.removeFirst(index) }
            return marks.first.map { max(0, now - $0.time) } ?? 0
        }
    }
}
