/// What one kind of finding is, and how it is noticed: a value for each charge point, which sees its frames in order.
///
/// A rule keeps a bounded amount, however long the log is, and says nothing where the log does not tell enough.
protocol FindingRule: Sendable {
    static var code: String { get }
    static var severity: Finding.Severity { get }

    init()

    /// A frame of the charge point.
    mutating func take(_ record: FrameRecord, _ found: inout FindingSink)
    /// The charge point's connection came or went.
    mutating func take(_ connection: LoggedConnection, _ found: inout FindingSink)
    /// The log has ended.
    mutating func finish(_ found: inout FindingSink)
}

extension FindingRule {
    mutating func take(_ connection: LoggedConnection, _ found: inout FindingSink) {}
    mutating func finish(_ found: inout FindingSink) {}
}

/// Where a rule puts what it notices about a charge point; the same again is counted.
struct FindingSink: Sendable {
    private struct Key: Hashable {
        let code: String
        let connectorId: Int64?
        let message: String
    }

    /// So many different findings of a charge point are told apart; of the rest the known ones go on being counted.
    private static let maximumFindings = 256

    let chargePointId: String?
    private var indices: [Key: Int] = [:]
    private(set) var findings: [Finding] = []

    init(chargePointId: String?) { self.chargePointId = chargePointId }

    /// - Parameters:
    ///   - message: one of a few for each rule: what differs from frame to frame would hide that it is the same.
    ///   - time: when it began.
    ///   - end: when it was over, where it took a while.
    mutating func note<Rule: FindingRule>(
        _ rule: Rule, connectorId: Int64? = nil, _ message: String, at time: Timestamp?, until end: Timestamp? = nil,
        _ sources: FrameRecord.Source?...
    ) {
        let key = Key(code: Rule.code, connectorId: connectorId, message: message)
        var index = indices[key]
        if index == nil, findings.count < FindingSink.maximumFindings {
            index = findings.count
            indices[key] = index
            findings.append(
                Finding(
                    code: Rule.code, severity: Rule.severity, chargePointId: chargePointId, connectorId: connectorId,
                    message: message))
        }
        guard let index else { return }
        findings[index].note([time, end], sources)
    }

    mutating func note<Rule: FindingRule>(
        _ rule: Rule, connectorId: Int64? = nil, _ message: String, _ record: FrameRecord
    ) {
        note(rule, connectorId: connectorId, message, at: record.timestamp, record.source)
    }
}

extension FrameRecord {
    /// The action of a CALL or, on an answer, of its CALL, as OCPP 1.6 spells it.
    var askedAction: String? {
        frame.kind == .call ? meantAction : action.map { Actions.meant($0)?.name ?? $0 }
    }
}
