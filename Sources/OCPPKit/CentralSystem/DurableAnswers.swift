extension CentralSystem {
    /// Hands the event and all that goes with it to the store; the answer waits for the commit.
    ///
    /// - Parameter reservationId: a reservation that ends with the commit.
    mutating func replyAfterCommit(
        to call: InboundCall, _ event: TransactionEvent, endingReservation reservationId: Int64?, attempt: Int = 1
    ) {
        let messageId = call.frame.messageId
        let reply = Frame.callResult(id: messageId, payload: event.reply)
        // Sessions are folded as the log will show them: the request, then its answer.
        var sessions = call.changedSessions
        if SessionFolder.needsAnswer(to: call.record), let frame = try? Frame.read(reply) {
            let record = FrameRecord(
                timestamp: now, chargePointId: call.chargePointId, direction: .fromCentralSystem, frame: frame,
                action: call.frame.action)
            sessions += fold(record)
        }
        var operations = [StoreOperation.event(event)]
        if let reservationId {
            operations.append(.endedReservation(chargePointId: call.chargePointId, reservationId: reservationId))
        }
        operations += outbox(of: call, transactionId: event.transactionId)
        identifiers.nextTicket += 1
        let ticket = identifiers.nextTicket
        awaitingCommit[ticket] = AwaitedCommit(
            caller: call.caller, messageId: messageId, action: call.frame.action ?? "",
            start: event.kind == .start ? call.record : nil, transactionId: event.transactionId,
            isStopThatMayConflict: event.kind == .stop && event.alternative?.kind == .conflict, arrival: now,
            reply: reply, sessions: sessions, reservationId: reservationId, attempt: attempt)
        effects.append(
            .store(StoreRequest(ticket: ticket, operations: operations + sessionOperations(sessions))))
    }

    /// Answers once the operations are stored; what fails is said, and answered with an error unless it may be lost.
    mutating func reply(
        to call: InboundCall, _ payload: [UInt8], after operations: [StoreOperation], mayBeLost: Bool
    ) {
        let reply = Frame.callResult(id: call.frame.messageId, payload: payload)
        identifiers.nextTicket += 1
        awaitingReplies[identifiers.nextTicket] = AwaitedReply(
            call: call, arrival: now, reply: reply, mayBeLost: mayBeLost)
        effects.append(.store(StoreRequest(ticket: identifiers.nextTicket, operations: operations)))
    }

    /// - Returns: whether the ticket was one of such an answer.
    private mutating func storedBefore(_ ticket: UInt64, _ outcome: StoreOutcome) -> Bool {
        guard let pending = awaitingReplies.removeValue(forKey: ticket) else { return false }
        let call = pending.call
        var reply = pending.reply
        if case .failed(let reason) = outcome {
            let what = pending.mayBeLost ? "is answered and not stored" : "is not stored"
            effects.append(.notice("\(call.chargePointId): \(call.frame.action ?? "") \(what): \(reason)"))
            if !pending.mayBeLost { reply = notStored(call.frame.messageId) }
        }
        send(reply, to: call.caller, after: now - pending.arrival)
        let record = emitAnswer(
            reply, action: call.frame.action, to: call.chargePointId, after: now - pending.arrival)
        let sessions = call.changedSessions + (record.map { fold($0) } ?? [])
        let operations = sessionOperations(sessions)
        if !operations.isEmpty { effects.append(.store(StoreRequest(ticket: 0, operations: operations))) }
        return true
    }

    /// Releases the answer that waited for this commit.
    mutating func stored(_ ticket: UInt64, _ outcome: StoreOutcome) {
        if storedTags(ticket, outcome) || storedBefore(ticket, outcome) || storedCommand(ticket, outcome) { return }
        guard let pending = awaitingCommit.removeValue(forKey: ticket) else { return }
        let action = pending.action
        switch outcome {
        case .committed:
            release(pending, pending.reply)
            newSessions.subtract(pending.sessions)
            if let reservationId = pending.reservationId {
                chargePoints[pending.caller.chargePointId]?.reservations[reservationId] = nil
            }
            guard action != "MeterValues" else { return }
            for number in Set(pending.sessions).sorted() {
                if let session = folder.session(number) { effects.append(.record(.session(session))) }
            }
        case .conflict:
            release(pending, pending.reply)
            newSessions.subtract(pending.sessions)
            if pending.isStopThatMayConflict {
                alert(
                    .conflictingStop, pending.caller.chargePointId,
                    "another \(action) of transaction \(pending.transactionId.map { String($0) } ?? "without an id"), "
                        + "which has ended; both are kept, and the first one counts")
            }
        case .replayed(let payload):
            forgetNewSessions(of: pending)
            release(pending, Frame.callResult(id: pending.messageId, payload: payload))
        case .transactionIdTaken:
            if let start = pending.start, pending.attempt < Self.transactionIdAttempts {
                return startAgain(start, pending)
            }
            fail(pending, "no transaction id is free")
        case .failed(let reason): fail(pending, reason)
        }
    }

    /// Ids are drawn at random: of a hundred million in use, eight draws in a row hit one in ten thousand million tries.
    private static let transactionIdAttempts = 8

    /// Answers a StartTransaction with another id.
    private mutating func startAgain(_ start: FrameRecord, _ pending: AwaitedCommit) {
        forgetNewSessions(of: pending)
        let call = InboundCall(caller: pending.caller, record: start, changedSessions: fold(start))
        guard case .durable(let event, let reservationId) = startTransaction(call) else { return }
        replyAfterCommit(to: call, event, endingReservation: reservationId, attempt: pending.attempt + 1)
    }

    /// The charge point will send it again, and then it is folded afresh.
    private mutating func fail(_ pending: AwaitedCommit, _ reason: String) {
        forgetNewSessions(of: pending)
        effects.append(
            .notice("\(pending.caller.chargePointId): \(pending.action) is not stored: \(reason)"))
        release(pending, notStored(pending.messageId))
    }

    private func notStored(_ messageId: String) -> [UInt8] {
        Frame.callError(id: messageId, code: .internalError, description: "not stored; try again")
    }

    private mutating func forgetNewSessions(of pending: AwaitedCommit) {
        for number in pending.sessions where newSessions.contains(number) {
            folder.forget(number)
            open.note(number, nil)
            newSessions.remove(number)
        }
    }

    private mutating func release(_ pending: AwaitedCommit, _ reply: [UInt8]) {
        send(reply, to: pending.caller, after: now - pending.arrival)
        if tellsFrames {
            emitAnswer(
                reply, action: pending.action, to: pending.caller.chargePointId, after: now - pending.arrival)
        }
    }
}
