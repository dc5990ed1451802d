import OCPPKit

/// The samples of a log, as a store would have kept them: what was sent again counts once.
struct LoggedSamples {
    private var folder = SessionFolder()
    /// Hashes of what was seen, because whole payloads would take the memory of the log. Of ten million messages, two
    /// different ones have the same with a probability of 3 in a million.
    private var seen: Set<Int> = []

    /// The samples of a frame that follows those given before.
    mutating func samples(in record: FrameRecord) -> [MeterSample] {
        _ = folder.fold(record)
        guard record.frame.kind == .call, let payload = record.frame.payload else { return [] }
        var hasher = Hasher()
        hasher.combine(record.chargePointId)
        var connectorId: Int64?
        switch record.meantAction {
        case "MeterValues": hasher.combine(bytes: payload)
        case "StopTransaction":
            let session = folder.session(of: record)
            connectorId = session?.connectorId
            // A session ends once, whatever a repetition says; a stop without a transaction, or of one whose start was not
            // seen, is known by its content.
            if let session, session.startEvent != nil, payload["transactionId"]?.integer ?? 0 > 0 {
                hasher.combine(session.number)
            } else {
                hasher.combine(bytes: payload)
            }
        default: return []
        }
        guard seen.insert(hasher.finalize()).inserted else { return [] }
        return MeterSample.samples(from: record, connectorId: connectorId)
    }
}

extension Hasher {
    fileprivate mutating func combine(bytes node: JSONNode) {
        unsafe node.raw.withUnsafeBytes { unsafe combine(bytes: $0) }
    }
}
