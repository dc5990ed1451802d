/// Something that should not have happened, and that a person may have to look into: a `finding` record.
public struct Alert: Sendable, Equatable {
    public enum Code: String, Sendable, CaseIterable {
        /// A charge point named the transaction of another one.
        case foreignTransaction
        /// A transaction was stopped again, with other content.
        case conflictingStop
        /// A transaction was stopped by an idTag that neither started it nor is of the same group.
        case foreignIdTag
    }

    public var timestamp: Timestamp
    public var code: Code
    public var chargePointId: String
    /// For people.
    public var message: String

    /// Writes the record as one line, its newline included.
    public func write(to writer: inout JSONWriter) {
        var finding = Finding(
            code: code.rawValue, severity: .warning, chargePointId: chargePointId, connectorId: nil, message: message)
        finding.note([timestamp], [])
        finding.write(to: &writer)
    }
}

extension CentralSystem {
    mutating func alert(_ code: Alert.Code, _ chargePointId: String, _ message: String) {
        effects.append(
            .record(.alert(Alert(timestamp: now, code: code, chargePointId: chargePointId, message: message))))
        effects.append(.notice("\(chargePointId): \(message)"))
    }

    /// A charge point's messages are its own: what it says of another one's transaction is kept, and changes nothing
    /// there.
    mutating func alertIfForeign(_ transactionId: Int64?, in call: InboundCall) {
        guard let transactionId,
            call.frame.action != "MeterValues" || call.changedSessions.contains(where: newSessions.contains),
            let owner = owner(of: transactionId), owner != call.chargePointId
        else { return }
        alert(
            .foreignTransaction, call.chargePointId,
            "\(call.frame.action ?? "") of transaction \(transactionId), which is \(owner)'s; kept, and \(owner)'s "
                + "transaction is as it was")
    }
}
