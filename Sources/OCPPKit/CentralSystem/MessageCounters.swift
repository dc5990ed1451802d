/// What a central system counts of its messages: arrays indexed by action, so that counting allocates nothing and
/// compares no text.
public struct MessageCounters: Sendable {
    /// How a charge point's CALL was answered.
    public enum Answer: Int, Sendable, CaseIterable { case result, error }

    /// An action that no definition has.
    static let unknownAction = Actions.all.count

    private var calls = [UInt64](repeating: 0, count: (unknownAction + 1) * Answer.allCases.count)
    private var commands = [UInt64](repeating: 0, count: (unknownAction + 1) * CommandOutcome.Outcome.allCases.count)
    private var violations = [UInt64](repeating: 0, count: Violation.Code.allCases.count)
    /// Milliseconds from the arrival of a charge point's CALL to its answer, commits among them.
    public private(set) var answerTimes = LatencyCounter()
    /// Milliseconds from a command to its charge point's answer.
    public private(set) var commandTimes = LatencyCounter()

    init() {}

    /// - Parameters:
    ///   - action: its index, or `unknownAction`.
    ///   - reply: the CALLRESULT or CALLERROR that goes out.
    mutating func countAnswer(action: Int, reply: [UInt8], milliseconds: Int64) {
        let answer: Answer = reply.count > 1 && reply[1] == UInt8(ascii: "4") ? .error : .result
        calls[action * Answer.allCases.count + answer.rawValue] += 1
        answerTimes.add(milliseconds)
    }

    mutating func countCommand(_ outcome: CommandOutcome) {
        let action = Actions.named(outcome.action)?.index ?? Self.unknownAction
        let outcomes = CommandOutcome.Outcome.allCases
        commands[action * outcomes.count + (outcomes.firstIndex(of: outcome.outcome) ?? 0)] += 1
        if let milliseconds = outcome.responseMilliseconds { commandTimes.add(milliseconds) }
    }

    mutating func countViolations(_ found: [Violation]) {
        for violation in found {
            if let index = Violation.Code.allCases.firstIndex(of: violation.code) { violations[index] += 1 }
        }
    }

    /// CALLs of charge points by action and answer, those that came; `other` for what is no action.
    public var callCounts: [(action: String, answer: String, count: UInt64)] {
        Self.table(calls, Answer.allCases.map { "\($0)" })
    }

    /// Commands by action and outcome, those that were sent.
    public var commandCounts: [(action: String, outcome: String, count: UInt64)] {
        Self.table(commands, CommandOutcome.Outcome.allCases.map(\.rawValue))
    }

    /// Violations by code; all of them.
    public var violationCounts: [(code: String, count: UInt64)] {
        zip(Violation.Code.allCases, violations).map { ($0.rawValue, $1) }
    }

    private static func table(_ counts: [UInt64], _ columns: [String]) -> [(String, String, UInt64)] {
        counts.indices.filter { counts[$0] > 0 }.map { index in
            let (action, column) = index.quotientAndRemainder(dividingBy: columns.count)
            return (action == unknownAction ? "other" : Actions.all[action].name, columns[column], counts[index])
        }
    }
}

/// Durations counted in a few buckets, as Prometheus has them.
public struct LatencyCounter: Sendable {
    /// The buckets' upper bounds in milliseconds, ascending; what is longer is in one more.
    public static let bounds: [Int64] = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 30_000]

    /// Of each bucket alone, the one without a bound last.
    public private(set) var counts = [UInt64](repeating: 0, count: bounds.count + 1)
    /// Milliseconds of all together.
    public private(set) var sum: Int64 = 0

    public init() {}

    /// - Parameter milliseconds: a clock that was set back makes it negative; it counts as 0.
    public mutating func add(_ milliseconds: Int64) {
        let value = max(0, milliseconds)
        var bucket = 0
        while bucket < Self.bounds.count, value > Self.bounds[bucket] { bucket += 1 }
        counts[bucket] += 1
        sum &+= value
    }
}
