/// The sessions of one charge point, with the indexes that find the one that a frame belongs to.
struct ChargePointSessions: Sendable {
    let chargePointId: String?
    private(set) var sessions = NumberedSessions()

    /// The session that each repetition key stands for.
    private var byKey: [String: Int] = [:]
    /// The session that each transaction id was given to last.
    var byTransaction: [Int64: Int] = [:]
    /// The sessions with an unanswered start or stop under a message id, the most recent last.
    var byPendingMessage: [String: [Int]] = [:]
    /// Started, not stopped, and never given a transaction id.
    var unanswered: Set<Int> = []
    private var connectors: [Int64: ConnectorSessions] = [:]
    /// Known to have ended, in the order in which that was learnt.
    private var closed: [Int] = []
    var sequence = 0
    /// What the frame at hand has changed so far.
    var changed: [Int] = []
    /// Whether that is samples alone.
    private(set) var hasChangedSamplesOnly = false

    /// Of what charge points can repeat without end, so much is kept.
    static let listLimit = 16
    /// Open sessions kept beside the closed ones where memory is bounded; no charge point has so many connectors.
    private static let openLimit = 256

    init(_ chargePointId: String?) { self.chargePointId = chargePointId }

    mutating func fold(_ event: SessionEvent, _ record: FrameRecord, _ nextNumber: inout Int) -> [Int] {
        changed = []
        hasChangedSamplesOnly = false
        switch event {
        case .start(let request): start(request, record, &nextNumber)
        case .stop(let request): stop(request, record, &nextNumber)
        case .meterValues(let request): meterValues(request, record, &nextNumber)
        case .available(let connectorId, let time):
            for number in connectors[connectorId]?.freed(at: time, in: sessions) ?? [] { noteEnd(number) }
            shadow(record)
        }
        return changed
    }

    /// The session that a request belongs to, where it is known.
    func number(of event: SessionEvent, _ record: FrameRecord) -> Int? {
        switch event {
        case .start(let request):
            return repeated(request, RepetitionKeys(request, messageId: record.frame.messageId))
        case .stop(let request):
            return target(of: request, RepetitionKeys(request, messageId: record.frame.messageId))?.number
        case .meterValues(let request):
            return request.connectorId == 0 ? nil : request.transactionId.flatMap { byTransaction[$0] }
        case .available: return nil
        }
    }
}

// Requests.
extension ChargePointSessions {
    private mutating func start(
        _ request: StartTransactionRequest, _ record: FrameRecord, _ nextNumber: inout Int
    ) {
        let keys = RepetitionKeys(request, messageId: record.frame.messageId)
        let known = repeated(request, keys)
        let number = known ?? add(record, connectorId: request.connectorId, &nextNumber)
        update(number) { session in
            if known == nil {
                session.startEvent = Session.Event(
                    time: request.timestamp, arrival: record.timestamp, meter: request.meterStart, idTag: request.idTag)
                session.note(register: request.meterStart, at: request.timestamp)
            } else {
                session.noted.insert(.retransmitted)
            }
            if record.breaksSchema { session.noted.insert(.invalidFrames) }
        }
        remember(keys, of: number, isNew: known == nil)
        awaitAnswer(.start, record, of: number)
        guard known == nil else { return }
        unanswered.insert(number)
        takePlace(number)
    }

    /// The session of a start that was seen before. By its content alone it is known by a time that tells it from all
    /// others: without a clock, sessions that follow one another begin alike.
    private func repeated(_ start: StartTransactionRequest, _ keys: RepetitionKeys) -> Int? {
        if let number = byKey[keys.ofMessage] { return number }
        guard let number = byKey[keys.ofContent] else { return nil }
        let hasClock = start.timestamp.map { !$0.isOfUnsetClock } ?? false
        return hasClock || sessions[number]?.isClosed == false ? number : nil
    }

    private mutating func stop(_ request: StopTransactionRequest, _ record: FrameRecord, _ nextNumber: inout Int) {
        let keys = RepetitionKeys(request, messageId: record.frame.messageId)
        let known = target(of: request, keys)
        let number = known?.number ?? add(record, connectorId: nil, &nextNumber)
        let wasClosed = sessions[number]?.isClosed == true
        update(number) { session in
            if session.stopEvent == nil {
                session.stopEvent = Session.Event(
                    time: request.timestamp, arrival: record.timestamp, meter: request.meterStop, idTag: request.idTag,
                    transactionId: request.transactionId, reason: request.reason?.text)
                if known?.isGuess == true { session.noted.insert(.matchedByGuess) }
                session.note(request.transactionData)
                session.note(register: request.meterStop, at: request.timestamp)
            } else {
                session.noted.insert(.retransmitted)
            }
            if known == nil { session.namedTransactionId = request.transactionId }
            if record.breaksSchema { session.noted.insert(.invalidFrames) }
        }
        if known == nil, let id = request.transactionId, id > 0 { byTransaction[id] = number }
        remember(keys, of: number)
        awaitAnswer(.stop, record, of: number)
        unanswered.remove(number)
        if !wasClosed { closed.append(number) }
        if let connectorId = sessions[number]?.connectorId {
            connectors[connectorId]?.stopped(number)
            noteOverlaps(of: number, on: connectorId)
        }
    }

    /// The session that a stop belongs to; `nil` where its start was not seen.
    private func target(of request: StopTransactionRequest, _ keys: RepetitionKeys) -> (number: Int, isGuess: Bool)? {
        let named = request.transactionId.flatMap { byTransaction[$0] }
        let repeated = byKey[keys.ofMessage] ?? byKey[keys.ofContent]
        if let named, let session = sessions[named], !session.isEnded {
            // A repetition may carry the id of the transaction that has begun since; its time gives it away.
            if let repeated, let time = request.timestamp, let start = session.start, time < start {
                return (repeated, false)
            }
            return (named, false)
        }
        if let repeated { return (repeated, false) }
        let id = request.transactionId ?? 0
        if let named, id > 0 { return (named, false) }
        if id <= 0, unanswered.count == 1, let only = unanswered.first { return (only, true) }
        // A stop that names none ends the only one that it can.
        if request.transactionId == nil {
            let open = connectors.values.flatMap(\.open).filter { sessions[$0]?.startEvent != nil }
            if open.count == 1 { return (open[0], true) }
        }
        return nil
    }

    private mutating func meterValues(_ request: MeterValuesRequest, _ record: FrameRecord, _ nextNumber: inout Int) {
        defer { shadow(record) }
        // Connector 0 is the main meter. Values without a transaction belong to none.
        guard request.connectorId != 0, let id = request.transactionId else { return }
        let known = byTransaction[id]
        guard known != nil || id > 0 else { return }
        let number = known ?? add(record, connectorId: request.connectorId, &nextNumber)
        guard let place = sessions.place(of: number) else { return }
        var hadConnector = true
        if known == nil {
            byTransaction[id] = number
            sessions[at: place].namedTransactionId = id
            hadConnector = false
        }
        if sessions.all[place].connectorId == nil, let connectorId = request.connectorId {
            sessions[at: place].connectorId = connectorId
            hadConnector = false
        }
        let isNews = sessions.take(request.meterValues, breaksSchema: record.breaksSchema, at: place)
        hasChangedSamplesOnly = hadConnector
        if isNews || !hadConnector { noteChange(of: number) }
        if !hadConnector, !sessions.all[place].isClosed { takePlace(number) }
    }
}

// Sessions and their indexes.
extension ChargePointSessions {
    private mutating func add(_ record: FrameRecord, connectorId: Int64?, _ nextNumber: inout Int) -> Int {
        defer { nextNumber += 1 }
        sessions.add(
            Session(
                number: nextNumber, chargePointId: chargePointId, connectorId: connectorId,
                firstArrival: record.timestamp))
        return nextNumber
    }

    /// The row that the store keeps of a session; `nil` where it is not known.
    mutating func stored(_ number: Int, isNew: Bool) -> StoredSession? {
        guard let place = sessions.place(of: number) else { return nil }
        return StoredSession(
            number: number, chargePointId: chargePointId ?? "", isNew: isNew, isEnded: sessions.all[place].isEnded,
            state: sessions.encodedState(at: place))
    }

    mutating func update(_ number: Int, _ change: (inout Session) -> Void) {
        guard let place = sessions.place(of: number) else { return }
        let before = sessions.all[place]
        change(&sessions[at: place])
        if sessions.all[place] != before { noteChange(of: number) }
    }

    private mutating func noteChange(of number: Int) {
        if !changed.contains(number) { changed.append(number) }
    }

    /// - Parameter isNew: the session began with this frame; what an older one is known by is its own now.
    private mutating func remember(_ keys: RepetitionKeys, of number: Int, isNew: Bool = false) {
        for key in [keys.ofMessage, keys.ofContent] where byKey[key] == nil || isNew {
            guard let session = sessions[number], session.keys.count < ChargePointSessions.listLimit else { return }
            byKey[key] = number
            update(number) { $0.keys.append(key) }
        }
    }

    mutating func forgetKeysOfUnsetClocks() {
        for session in sessions.all {
            let events = [session.startEvent, session.stopEvent].compactMap(\.self)
            guard events.contains(where: { $0.trustedTime == nil }) else { continue }
            for key in session.keys where byKey[key] == session.number { byKey[key] = nil }
        }
    }

    /// Puts a new session on its connector, and notes what it shows of the others there.
    private mutating func takePlace(_ number: Int) {
        guard let session = sessions[number], let connectorId = session.connectorId, connectorId > 0 else { return }
        let ended = connectors[connectorId, default: ConnectorSessions()].place(session, in: sessions)
        for number in ended { noteEnd(number) }
        noteOverlaps(of: number, on: connectorId)
    }

    /// Something shows that it ended, though its stop was not seen; it may come yet.
    private mutating func noteEnd(_ number: Int) {
        update(number) { $0.noted.insert(.stopMissing) }
        closed.append(number)
    }

    private mutating func noteOverlaps(of number: Int, on connectorId: Int64) {
        guard let session = sessions[number] else { return }
        for other in connectors[connectorId]?.recent ?? [] where other != number {
            guard sessions[other]?.overlaps(session) == true else { continue }
            update(number) { $0.noted.insert(.overlapping) }
            update(other) { $0.noted.insert(.overlapping) }
        }
    }

    mutating func restore(_ session: Session) {
        let number = session.number
        sessions.add(session)
        for key in session.keys { byKey[key] = number }
        for id in session.startAnswers.compactMap(\.transactionId) { byTransaction[id] = number }
        if let id = session.namedTransactionId, id > 0 { byTransaction[id] = number }
        for pending in session.pending {
            byPendingMessage[pending.messageId]?.removeAll { $0 == number }
            byPendingMessage[pending.messageId, default: []].append(number)
            sequence = max(sequence, pending.sequence + 1)
        }
        if session.startEvent != nil, !session.isEnded, session.startAnswers.allSatisfy({ $0.transactionId == nil }) {
            unanswered.insert(number)
        }
        if session.isClosed { closed.append(number) }
        if let connectorId = session.connectorId, connectorId > 0 {
            connectors[connectorId, default: ConnectorSessions()].restore(session)
        }
    }

    /// The session to forget first, where more than `limit` closed ones are kept, or far too many open ones.
    func oldestBeyond(_ limit: Int) -> Int? {
        if closed.count > limit { return closed.first }
        return sessions.all.count > limit + ChargePointSessions.openLimit ? sessions.all.first?.number : nil
    }

    mutating func remove(_ number: Int) {
        guard let session = sessions.remove(number) else { return }
        for key in session.keys where byKey[key] == number { byKey[key] = nil }
        for id in session.startAnswers.map(\.transactionId) + [session.namedTransactionId] {
            if let id, byTransaction[id] == number { byTransaction[id] = nil }
        }
        for pending in session.pending { dropPending(pending.messageId, of: number) }
        unanswered.remove(number)
        closed.removeAll { $0 == number }
        if let connectorId = session.connectorId { connectors[connectorId]?.remove(number) }
    }
}

extension FrameRecord {
    /// Whether it would fail the official JSON schema of its action.
    fileprivate var breaksSchema: Bool { violations.contains { $0.code.isSchemaRule } }
}
