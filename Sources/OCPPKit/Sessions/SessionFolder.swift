/// Folds frames into charging sessions, in the order in which they were seen.
///
/// `serve` and `export-sessions` use the same folder, so a session worked out from a log is the one worked out live.
/// Answers are paired here: an answer belongs to the most recent unanswered start or stop of its charge point with
/// its message id. Times are used where the log has them and are never needed. The cost of a frame does not grow with
/// the number of charge points or sessions.
public struct SessionFolder: Sendable {
    private var chargePoints = PlacedTable<String?, ChargePointSessions>()
    /// The place of the charge point that a session is of.
    private var owners: [Int: Int] = [:]
    private var nextNumber: Int
    private let closedLimit: Int?
    /// Whether the last frame that was folded changed nothing but the samples of sessions: neither who charges nor where.
    private(set) var hasChangedSamplesOnly = false

    /// - Parameters:
    ///   - firstNumber: the number of the first session; the others count on from it.
    ///   - keepingClosedPerChargePoint: how many sessions that have ended are kept of each charge point, so that a stop
    ///     sent again is still known; older ones are forgotten. `nil` keeps all.
    public init(firstNumber: Int = 1, keepingClosedPerChargePoint: Int? = nil) {
        nextNumber = firstNumber
        closedLimit = keepingClosedPerChargePoint
    }

    /// Takes up sessions where another folder left them. New ones are numbered after the highest number given.
    public mutating func restore(_ sessions: [Session]) {
        for session in sessions.sorted(by: { $0.number < $1.number }) {
            let id = session.chargePointId
            let place = chargePoints.place(of: id, orAdd: ChargePointSessions(id))
            owners[session.number] = place
            nextNumber = max(nextNumber, session.number + 1)
            chargePoints.values[place].restore(session)
            dropOldest(at: place)
        }
    }

    /// Takes a frame.
    ///
    /// Where memory is bounded, sessions are forgotten before a frame is folded, never those that it changes.
    ///
    /// - Returns: The numbers of the sessions whose state it changed, each once: first the one that it belongs to, then
    ///   those that it sheds light on.
    public mutating func fold(_ record: FrameRecord) -> [Int] {
        let id = record.chargePointId
        hasChangedSamplesOnly = false
        guard record.frame.kind == .call else {
            return chargePoints.place(of: id).map { chargePoints.values[$0].answer(record) } ?? []
        }
        guard let event = SessionEvent.told(by: record) else {
            return chargePoints.place(of: id).map { chargePoints.values[$0].otherCall(record) } ?? []
        }
        let place = chargePoints.place(of: id, orAdd: ChargePointSessions(id))
        dropOldest(at: place)
        let firstNew = nextNumber
        let changed = chargePoints.values[place].fold(event, record, &nextNumber)
        for number in firstNew..<nextNumber { owners[number] = place }
        hasChangedSamplesOnly = chargePoints.values[place].hasChangedSamplesOnly
        return changed
    }

    /// Whether the answer to a CALL changes a session: one to a StartTransaction or a StopTransaction.
    static func needsAnswer(to call: FrameRecord) -> Bool {
        SessionEvent.Kind(of: call.meantIndex)?.isAnswered == true
    }

    /// The session of that number; `nil` where there never was one, or it was forgotten.
    public func session(_ number: Int) -> Session? {
        guard let owner = owners[number] else { return nil }
        return chargePoints.values[owner].sessions[number]
    }

    /// The row that the store keeps of a session; `nil` where it is not known.
    mutating func stored(_ number: Int, isNew: Bool) -> StoredSession? {
        owners[number].flatMap { chargePoints.values[$0].stored(number, isNew: isNew) }
    }

    /// The session of that number as a transaction, where it is an open one.
    func openTransaction(_ number: Int) -> OpenTransaction? {
        guard let owner = owners[number], let place = chargePoints.values[owner].sessions.place(of: number) else {
            return nil
        }
        return OpenTransaction(chargePoints.values[owner].sessions.all[place])
    }

    /// Every session that is kept, in the order of their first frames.
    public var sessions: [Session] {
        chargePoints.values.flatMap(\.sessions.all).sorted { $0.number < $1.number }
    }

    /// The sessions of a charge point that have not ended, as far as can be told, in the order of their first frames.
    public func openSessions(of chargePointId: String) -> [Session] {
        chargePoints[chargePointId]?.sessions.all.filter { !$0.isClosed } ?? []
    }

    /// The session that a StartTransaction, StopTransaction or MeterValues belongs to, whether it was folded already or
    /// is a repetition of one that was; `nil` where that session is not known.
    public func session(of request: FrameRecord) -> Session? {
        guard let event = SessionEvent.told(by: request), let known = chargePoints[request.chargePointId] else {
            return nil
        }
        return known.number(of: event, request).flatMap { known.sessions[$0] }
    }

    /// The transaction id that a StartTransaction was answered with before, where the record repeats one; before or
    /// after the record itself was folded. It is to be answered with this id again.
    public func repeatedTransactionId(_ start: FrameRecord) -> Int64? {
        guard start.meantAction == PendingAnswer.Kind.start.action else { return nil }
        return session(of: start)?.transactionId
    }

    /// A charge point has booted: starts and stops of a clock that was never set are no repetitions of those before.
    public mutating func beginBoot(of chargePointId: String) {
        guard let place = chargePoints.place(of: chargePointId) else { return }
        chargePoints.values[place].forgetKeysOfUnsetClocks()
    }

    /// Drops a session as if its frames had never been: the store knew them already. Its number is not used again.
    public mutating func forget(_ number: Int) {
        guard let owner = owners.removeValue(forKey: number) else { return }
        chargePoints.values[owner].remove(number)
    }

    private mutating func dropOldest(at place: Int) {
        guard let closedLimit else { return }
        while let number = chargePoints.values[place].oldestBeyond(closedLimit) { forget(number) }
    }
}
