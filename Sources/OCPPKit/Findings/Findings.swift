/// Looks for findings in a stream of frames and connections.
///
///     var findings = Findings()
///     reader.read(chunk) { findings.add($0) }
///     for finding in findings.finish() { … }
///
/// Memory is bounded: each rule keeps a bounded amount of each charge point, and at most 10,000 charge points are looked at.
public struct Findings: Sendable {
    /// The registry: one line a rule.
    static let rules: [any FindingRule.Type] = [
        BootLoop.self, ChargePointOffline.self, ClockJump.self, ConnectorFault.self, FailedAuthorisation.self,
        ImpossibleStatusTransition.self, IrregularHeartbeat.self, MeterBackwards.self, MeterGap.self,
        OrphanResults.self, RetransmissionStorm.self, ShortSession.self, SlowAnswers.self, UnansweredCalls.self,
        UnexpectedStartOrStop.self, UpdateFailure.self,
    ]

    /// All codes, and how severe each is.
    public static var codes: [(code: String, severity: Finding.Severity)] { rules.map { ($0.code, $0.severity) } }

    public static let maximumChargePoints = 10_000

    private struct Watched: Sendable {
        var rules: [any FindingRule] = Findings.rules.map { $0.init() }
        var found: FindingSink
    }

    private var chargePoints: [String?: Watched] = [:]
    /// Whether there were more charge points than are looked at.
    public private(set) var hasLeftOut = false

    public init() {}

    public mutating func add(_ item: LogItem) {
        switch item {
        case .frame(let record): add(record)
        case .sound(let record): add(record.read)
        case .record: break
        case .connection(let connection):
            watch(connection.chargePointId) { rule, found in rule.take(connection, &found) }
        case .unreadable: break
        }
    }

    private mutating func add(_ record: FrameRecord) {
        watch(record.chargePointId) { rule, found in rule.take(record, &found) }
    }

    /// The log has ended: gives all findings, the severest first, those of one charge point together.
    public mutating func finish() -> [Finding] {
        for id in chargePoints.keys { watch(id) { rule, found in rule.finish(&found) } }
        defer { chargePoints = [:] }
        return chargePoints.values.flatMap(\.found.findings).sorted { left, right in
            func key(_ finding: Finding) -> (String, String, Int64, String) {
                (finding.chargePointId ?? "", finding.code, finding.connectorId ?? -1, finding.message)
            }
            return left.severity != right.severity ? left.severity < right.severity : key(left) < key(right)
        }
    }

    private mutating func watch(_ id: String?, _ body: (inout any FindingRule, inout FindingSink) -> Void) {
        if chargePoints[id] == nil, chargePoints.count >= Findings.maximumChargePoints {
            hasLeftOut = true
            return
        }
        func go(_ watched: inout Watched) {
            for index in watched.rules.indices { body(&watched.rules[index], &watched.found) }
        }
        go(&chargePoints[id, default: Watched(found: FindingSink(chargePointId: id))])
    }
}
