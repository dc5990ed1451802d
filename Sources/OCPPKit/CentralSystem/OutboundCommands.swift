/// A CALL to a charge point that waits for its answer.
struct OutstandingCall: Sendable {
    let request: CommandRequest
    let messageId: String
    /// Of its row in the journal.
    let journalId: Int64
    let sent: Timestamp
    let deadline: Timestamp

    func outcome(
        _ outcome: CommandOutcome.Outcome, status: String? = nil, payload: [UInt8]? = nil, at now: Timestamp? = nil,
        message: String? = nil
    ) -> CommandOutcome {
        CommandOutcome(
            ticket: request.ticket, chargePointId: request.chargePointId, action: request.action, messageId: messageId,
            outcome: outcome, status: status, payload: payload, responseMilliseconds: now.map { $0 - sent },
            message: message)
    }
}

extension CommandRequest {
    /// The AuthorizationKey that it brings; empty where that is no text.
    public var newKey: String? {
        let raw = text.flatMap { try? Frame.read($0) }
        let root = raw?.payload ?? (try? JSONTree(parsing: payload).root)
        return Redaction.secret(action: raw?.action ?? action, payload: root).map { $0.text ?? "" }
    }

    public func outcome(
        _ outcome: CommandOutcome.Outcome, status: String? = nil, message: String? = nil
    ) -> CommandOutcome {
        CommandOutcome(
            ticket: ticket, chargePointId: chargePointId, action: action, outcome: outcome, status: status,
            message: message)
    }
}

extension CentralSystem {
    mutating func enqueue(_ request: CommandRequest) {
        guard let chargePoint = chargePoints[request.chargePointId], chargePoint.connection != nil else {
            return finish(request.outcome(.notConnected))
        }
        if request.text == nil, let reason = refusal(of: request.action, chargePoint.registration) {
            return finish(request.outcome(.refused, status: chargePoint.registration?.rawValue, message: reason))
        }
        if configuration.keepsKeys, !request.isKeyKept, request.newKey != nil {
            return effects.append(.keepKey(request))
        }
        var request = request
        if !request.isPatient { request.turnDeadline = now.adding(milliseconds: request.timeoutMilliseconds) }
        chargePoints[request.chargePointId]?.queue.append(request)
        sendNext(to: request.chargePointId)
        guard let deadline = request.turnDeadline, chargePoints[request.chargePointId]?.queue.isEmpty == false else {
            return
        }
        waitingChargePoints.insert(request.chargePointId)
        effects.append(.wake(at: deadline))
    }

    /// Why a command may not be sent in this state of registration (OCPP 1.6, section 4.2); `nil` where it may.
    private func refusal(of action: String, _ registration: RegistrationStatus?) -> String? {
        switch registration {
        case nil: "the charge point has sent no BootNotification yet"
        case .rejected: "the charge point's boot was rejected: nothing may be sent to it"
        case .pending where action == "RemoteStartTransaction" || action == "RemoteStopTransaction":
            "the charge point's boot is pending: no remote start or stop until it is accepted"
        default: nil
        }
    }

    /// Sends the next command of the charge point, by way of the journal, unless one is on its way.
    mutating func sendNext(to id: String) {
        guard let chargePoint = chargePoints[id], chargePoint.connection != nil, chargePoint.outstanding == nil,
            chargePoint.journaled == nil, let request = chargePoint.queue.first
        else { return }
        chargePoints[id]?.queue.removeFirst()
        // It may have booted since, and been rejected.
        if request.text == nil, let reason = refusal(of: request.action, chargePoint.registration) {
            finish(request.outcome(.refused, status: chargePoint.registration?.rawValue, message: reason))
            return sendNext(to: id)
        }
        journal(request, to: id)
    }

    /// Sends a command that is in the journal.
    mutating func send(_ journaled: JournaledCall, to id: String) {
        guard let connection = chargePoints[id]?.connection else { return }
        let request = journaled.request
        let call = OutstandingCall(
            request: request, messageId: journaled.row.messageId, journalId: journaled.row.id, sent: now,
            deadline: now.adding(milliseconds: request.timeoutMilliseconds))
        chargePoints[id]?.outstanding = call
        outstandingChargePoints.insert(id)
        let bytes = request.bytes(call.messageId)
        effects.append(.send(connection, bytes))
        noteOwnCall(bytes, id)
        effects.append(.wake(at: call.deadline))
    }

    private mutating func noteOwnCall(_ bytes: [UInt8], _ id: String) {
        do throws(FrameError) {
            let frame = Redaction.redacted(try Frame.read(bytes))
            var record = FrameRecord(timestamp: now, chargePointId: id, direction: .fromCentralSystem, frame: frame)
            record.violations = Validator.violations(of: frame, answering: nil)
            effects.append(.record(.frame(record)))
            store(frame, .fromCentralSystem, id)
        } catch {
            let raw = Redaction.redacted(text: bytes)
            effects.append(
                .record(.error(UnreadableFrame(error: error, raw: raw, timestamp: now, chargePointId: id))))
        }
    }

    /// A CALLRESULT or CALLERROR: ends the command that waits for it. One that comes too late, or that nobody waits for,
    /// is noted and nothing else.
    mutating func takeAnswer(_ frame: Frame, from id: String) {
        let call = outstandingCall(answeredUnder: frame.messageId, by: id)
        let late = call == nil ? takeOverdue(frame.messageId, of: id) : nil
        let action = (call ?? late)?.request.action
        let frame = Redaction.redacted(frame, hiding: [(call ?? late)?.request.newKey].compactMap(\.self))
        var record = FrameRecord(
            timestamp: now, chargePointId: id, direction: .fromChargePoint, frame: frame, action: action,
            responseMilliseconds: (call ?? late).map { now - $0.sent })
        record.judge(&quirks)
        if !record.violations.isEmpty { counters.countViolations(record.violations) }
        effects.append(.record(.frame(record)))
        store(frame, .fromChargePoint, id)
        if let late {
            effects.append(
                .notice("\(id): answers \(late.request.action) after \(now - late.sent) ms, too late to count"))
        }
        guard let call else { return }
        free(id)
        if let error = frame.error {
            finish(
                call.outcome(.error, status: error.code, at: now, message: error.description),
                journalId: call.journalId)
        } else {
            follow(call, frame.payload, from: id)
            let status = CommandOutcome.status(in: frame.payload)
            finish(
                call.outcome(
                    CommandOutcome.outcome(of: status), status: status, payload: frame.payload.map { Array($0.raw) },
                    at: now), journalId: call.journalId)
        }
        sendNext(to: id)
    }

    /// An answer that is no frame: it ends the command that waits for it, which nothing else will do.
    mutating func takeUnreadableAnswer(_ error: FrameError, from id: String) {
        guard error.messageTypeId == 3 || error.messageTypeId == 4, let messageId = error.messageId,
            let call = outstandingCall(answeredUnder: messageId, by: id)
        else { return }
        free(id)
        finish(
            call.outcome(.error, at: now, message: "the answer cannot be read: \(error.message)"),
            journalId: call.journalId)
        sendNext(to: id)
    }

    /// The command that waits for the answer; a text that has no id waits for any.
    private func outstandingCall(answeredUnder messageId: String, by id: String) -> OutstandingCall? {
        guard let call = chargePoints[id]?.outstanding else { return nil }
        return call.messageId == messageId || (call.messageId.isEmpty && call.request.text != nil) ? call : nil
    }

    /// Lets the next command go to the charge point.
    private mutating func free(_ id: String) {
        chargePoints[id]?.outstanding = nil
        outstandingChargePoints.remove(id)
    }

    /// The CALL of that id, if its time was over.
    private mutating func takeOverdue(_ messageId: String, of id: String) -> OutstandingCall? {
        guard let index = chargePoints[id]?.overdue.firstIndex(where: { $0.messageId == messageId }) else { return nil }
        return chargePoints[id]?.overdue.remove(at: index)
    }

    /// CALLs of each charge point whose late answers are known as such.
    private static let overdueKept = 16

    private mutating func store(_ frame: Frame, _ direction: Direction, _ id: String) {
        keepFrame(frame.raw, direction, of: id)
    }

    /// Ends the commands whose time is over; the charge point is free for the next one.
    mutating func expireCommands() {
        for id in outstandingChargePoints.sorted() {
            guard let call = chargePoints[id]?.outstanding else { continue }
            guard call.deadline <= now else {
                effects.append(.wake(at: call.deadline))
                continue
            }
            free(id)
            let overdue = (chargePoints[id]?.overdue ?? []) + [call]
            chargePoints[id]?.overdue = overdue.suffix(Self.overdueKept)
            finish(
                call.outcome(.timeout, message: "no answer within \(call.request.timeoutMilliseconds) ms"),
                journalId: call.journalId)
            sendNext(to: id)
        }
        giveUpWaiting()
    }

    /// Ends the commands whose turn has not come in time: whoever asked for them is gone, or believes so.
    private mutating func giveUpWaiting() {
        for id in waitingChargePoints.sorted() {
            let queue = chargePoints[id]?.queue ?? []
            let late = queue.filter { $0.turnDeadline.map { $0 <= now } ?? false }
            if !late.isEmpty { chargePoints[id]?.queue.removeAll { $0.turnDeadline.map { $0 <= now } ?? false } }
            for request in late {
                finish(
                    request.outcome(
                        .timeout,
                        message:
                            "not sent within \(request.timeoutMilliseconds) ms: another command was on its way to the "
                            + "charge point"))
            }
            let deadlines = queue.compactMap(\.turnDeadline).filter { $0 > now }
            if let next = deadlines.min() {
                effects.append(.wake(at: next))
            } else {
                waitingChargePoints.remove(id)
            }
        }
    }

    /// - Parameter journalId: of a command that is in the journal.
    mutating func finish(_ outcome: CommandOutcome, journalId: Int64? = nil) {
        counters.countCommand(outcome)
        // On its way to the store before anybody is told.
        keep(outcome, of: journalId)
        effects.append(.outcome(outcome))
        effects.append(.record(.command(outcome)))
    }
}
