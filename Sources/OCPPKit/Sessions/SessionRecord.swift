extension Session {
    /// Reads a `session` record back; `nil` where it is none. What a row does not hold (repetitions, arrivals) is lost.
    ///
    /// - Parameter number: its place among the sessions.
    public init?(record: JSONNode, number: Int) {
        guard record["record"]?.isText("session") == true,
            let status = record["status"]?.text.flatMap(SessionStatus.init(rawValue:))
        else { return nil }
        self.init(
            number: number, chargePointId: record["chargePointId"]?.text, connectorId: record["connectorId"]?.integer,
            firstArrival: nil)
        let flags = Set(
            (record["flags"].map { Array($0.elements) } ?? []).compactMap(\.text).compactMap(SessionFlag.init))
        noted = flags
        highestPower = record["maxPowerW"]?.decimal
        let transactionId = record["transactionId"]?.integer
        let start = record["start"]?.dateTime?.time
        let stop = record["stop"]?.dateTime?.time
        if status == .stopOnly || flags.contains(.startMissing) {
            namedTransactionId = transactionId
        } else {
            startEvent = Event(time: start, meter: record["meterStartWh"]?.decimal, idTag: record["idTag"]?.text)
            if status != .startUnanswered {
                startAnswers = [
                    StartAnswer(transactionId: transactionId, isAccepted: !flags.contains(.idTagNotAccepted))
                ]
            }
        }
        let reason = record["reason"]?.text
        if status == .complete || status == .stopOnly || reason != nil {
            stopEvent = Event(
                time: stop, meter: record["meterStopWh"]?.decimal,
                idTag: startEvent == nil ? record["idTag"]?.text : nil, transactionId: transactionId,
                reason: flags.contains(.reasonDefaulted) ? nil : reason)
        }
        keepDuration(record["durationSeconds"]?.integer)
    }

    /// A duration that came of arrivals stays what it was.
    private mutating func keepDuration(_ seconds: Int64?) {
        guard let seconds, durationSeconds != seconds else { return }
        let (milliseconds, overflows) = seconds.multipliedReportingOverflow(by: 1000)
        guard !overflows else { return }
        startEvent?.arrival = Timestamp(milliseconds: 0)
        stopEvent?.arrival = Timestamp(milliseconds: milliseconds)
    }
}

/// Sessions that come as records, as `serve` and `history-dojot` write them: the last record of each counts.
public struct SessionRecords {
    private struct Key: Hashable {
        let chargePointId: String?
        let connectorId: Int64?
        let transactionId: Int64?
        let start: Timestamp?
    }

    private var order: [Key] = []
    private var sessions: [Key: Session] = [:]

    public init() {}

    /// Takes a record; any but a `session` is passed over.
    public mutating func take(_ record: JSONNode) {
        guard let session = Session(record: record, number: order.count + 1) else { return }
        let key = Key(
            chargePointId: session.chargePointId, connectorId: session.connectorId,
            // A start is told before its answer, too, which gives the id.
            transactionId: session.start == nil ? session.transactionId : nil, start: session.start)
        if sessions.updateValue(session, forKey: key) == nil { order.append(key) }
    }

    /// In the order in which they came first. Where there are frames of a charge point, its sessions are those that the
    /// frames make: its records would be them once more.
    public func sessions(withoutThoseOf folded: [Session]) -> [Session] {
        let known = Set(folded.map(\.chargePointId))
        return order.compactMap { sessions[$0] }.filter { !known.contains($0.chargePointId) }
    }
}
