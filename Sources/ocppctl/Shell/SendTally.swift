import OCPPKit

/// Outcomes on their way to one exit status.
struct SendTally {
    private var statuses: Set<ExitStatus> = []

    mutating func count(_ outcome: CommandOutcome.Outcome) {
        let status: ExitStatus =
            switch outcome {
            case .accepted: .done
            case .refused: .refused
            case .error: .protocol
            case .timeout: .timeout
            case .notConnected, .unknown: .unreachable
            }
        statuses.insert(status)
    }

    mutating func countBadLine() { statuses.insert(.badData) }

    mutating func add(_ other: SendTally) { statuses.formUnion(other.statuses) }

    /// - Throws: the one status that all share, or 1 where they differ.
    func finish() throws {
        guard let first = statuses.first else { return }
        if statuses.count > 1 { throw CommandFailure(.someFailed) }
        if first != .done { throw CommandFailure(first) }
    }
}
