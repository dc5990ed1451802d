import Glibc
import OCPPKit

/// How much of a store may still be kept, by what its file system has left. Each step keeps less than the one before.
public enum DiskSpace: Int, Sendable, Comparable, CaseIterable {
    case enough
    /// Less than twice the minimum: somebody should make room.
    case low
    /// Less than the minimum: raw frames are not kept.
    case noFrames
    /// Less than half of it: nothing is added. What is refused is sent again by charge points.
    case nothingNew

    public static func < (left: DiskSpace, right: DiskSpace) -> Bool { left.rawValue < right.rawValue }

    static func of(freeBytes: Int64, minimum: Int64) -> DiskSpace {
        if freeBytes >= 2 * minimum { return .enough }
        if freeBytes >= minimum { return .low }
        return freeBytes >= minimum / 2 ? .noFrames : .nothingNew
    }

    /// What this process may still write to the file system of `path`; `nil` where the system does not tell.
    static func freeBytes(at path: String) -> Int64? {
        var status = statvfs()
        guard unsafe statvfs(path, &status) == 0 else { return nil }
        return Int64(clamping: UInt64(status.f_bavail) * UInt64(status.f_frsize))
    }
}

/// Looks at the space that a store has left, before it writes and at most twice a second: the system is asked each time.
public struct DiskSpaceWatch: Sendable {
    /// In bytes.
    public let minimum: Int64
    private let freeBytes: @Sendable () -> Int64?
    private var level = DiskSpace.enough
    private var next: ContinuousClock.Instant?

    private static let pause = Duration.milliseconds(500)

    /// - Parameter minimum: bytes that should stay free on the file system of `path`; 0 to look at nothing.
    public init(path: String, minimum: Int64) {
        self.init(minimum: minimum) { DiskSpace.freeBytes(at: path) }
    }

    init(minimum: Int64, freeBytes: @escaping @Sendable () -> Int64?) {
        self.minimum = minimum
        self.freeBytes = freeBytes
    }

    /// The level at hand, and the bytes left where it has just become another one. It gets better only with a tenth more
    /// than it needs, so that it does not waver.
    mutating func look(at now: ContinuousClock.Instant = .now) -> (level: DiskSpace, changedAt: Int64?) {
        guard minimum > 0, next.map({ now >= $0 }) ?? true else { return (level, nil) }
        next = now + Self.pause
        guard let free = freeBytes() else { return (level, nil) }
        var found = DiskSpace.of(freeBytes: free, minimum: minimum)
        if found < level { found = min(level, DiskSpace.of(freeBytes: free / 11 * 10, minimum: minimum)) }
        guard found != level else { return (level, nil) }
        level = found
        return (level, free)
    }
}

extension StoreRequest {
    /// Without raw frames.
    var withoutFrames: StoreRequest {
        var request = self
        request.operations.removeAll { if case .frames = $0 { true } else { false } }
        return request
    }

    /// Whether rows are added that stay, rather than some that are there changed.
    var adds: Bool {
        operations.contains {
            switch $0 {
            case .event, .publication, .command, .tag, .localList: true
            case .frames, .session, .chargePoint, .connector, .link, .progress, .reservation, .endedReservation,
                .published, .commandEnded:
                false
            }
        }
    }
}
