// Which answer belongs to which request: by message id and order, as OCPP-J has nothing else.
extension ChargePointSessions {
    mutating func answer(_ record: FrameRecord) -> [Int] {
        changed = []
        guard !byPendingMessage.isEmpty else { return [] }
        let isResult = record.frame.kind == .callResult
        // No other answer of OCPP 1.6 has a transactionId: it tells a start's where message ids are not unique.
        let hasTransaction = isResult && record.payload?["transactionId"] != nil
        let kind = hasTransaction ? .start : PendingAnswer.Kind(answering: record.action)
        guard
            let (number, index) = pendingIndex(record.frame.messageId, answeredBy: record.direction, kind: kind),
            let pending = sessions[number]?.pending[index]
        else { return [] }
        if kind == nil, record.action != nil || pending.shadows > 0 {
            update(number) { $0.pending[index].shadows = max(0, pending.shadows - 1) }
            return changed
        }
        if pending.kind == .start, isResult, !hasTransaction, record.payload?["idTagInfo"] == nil { return [] }
        update(number) { $0.pending.remove(at: index) }
        dropPending(pending.messageId, of: number)
        switch (pending.kind, record.frame.kind) {
        case (.start, .callResult): answerStart(number, StartTransactionResponse(record.payload))
        case (.stop, .callError): update(number) { $0.noted.insert(.stopRefused) }
        default: break
        }
        return changed
    }

    private mutating func answerStart(_ number: Int, _ response: StartTransactionResponse) {
        let status = response.idTagInfo?.status
        let answer = Session.StartAnswer(
            transactionId: response.transactionId, isAccepted: status == nil || status == .known(.accepted))
        update(number) { session in
            guard session.startAnswers.count < ChargePointSessions.listLimit, !session.startAnswers.contains(answer)
            else { return }
            session.startAnswers.append(answer)
        }
        guard let id = response.transactionId else { return }
        byTransaction[id] = number
        unanswered.remove(number)
    }

    /// Takes a CALL that is none of those that matter to sessions.
    mutating func otherCall(_ record: FrameRecord) -> [Int] {
        changed = []
        shadow(record)
        return changed
    }

    /// Under a message id that a start or stop uses too, the answer to this CALL comes first.
    mutating func shadow(_ record: FrameRecord) {
        guard !byPendingMessage.isEmpty,
            let (number, index) = pendingIndex(record.frame.messageId, answeredBy: record.direction?.opposite)
        else { return }
        update(number) { $0.pending[index].shadows += 1 }
    }

    /// The most recent start or stop that an answer may belong to.
    private func pendingIndex(
        _ messageId: String, answeredBy direction: Direction?, kind: PendingAnswer.Kind? = nil
    ) -> (number: Int, index: Int)? {
        guard let numbers = byPendingMessage[messageId] else { return nil }
        var newest: (number: Int, index: Int, sequence: Int)?
        for number in numbers {
            for (index, pending) in (sessions[number]?.pending ?? []).enumerated()
            where pending.messageId == messageId && pending.canBeAnswered(by: direction)
                && (kind == nil || kind == pending.kind) && pending.sequence > newest?.sequence ?? -1
            {
                newest = (number, index, pending.sequence)
            }
        }
        return newest.map { ($0.number, $0.index) }
    }

    /// Notes that a start or stop waits for its answer, and gives up on the oldest of too many.
    mutating func awaitAnswer(_ kind: PendingAnswer.Kind, _ record: FrameRecord, of number: Int) {
        let id = record.frame.messageId
        let pending = PendingAnswer(kind: kind, messageId: id, direction: record.direction, sequence: sequence)
        sequence += 1
        var overdue: PendingAnswer?
        update(number) { session in
            session.pending.append(pending)
            if session.pending.count > ChargePointSessions.listLimit { overdue = session.pending.removeFirst() }
        }
        if let overdue { dropPending(overdue.messageId, of: number) }
        var numbers = byPendingMessage[id, default: []].filter { $0 != number } + [number]
        if numbers.count > ChargePointSessions.listLimit {
            update(numbers.removeFirst()) { $0.pending.removeAll { $0.messageId == id } }
        }
        byPendingMessage[id] = numbers
    }

    /// Takes the session out of the index, where nothing of it waits under that id any more.
    mutating func dropPending(_ messageId: String, of number: Int) {
        guard sessions[number]?.pending.contains(where: { $0.messageId == messageId }) != true else { return }
        byPendingMessage[messageId]?.removeAll { $0 == number }
        if byPendingMessage[messageId]?.isEmpty == true { byPendingMessage[messageId] = nil }
    }
}
