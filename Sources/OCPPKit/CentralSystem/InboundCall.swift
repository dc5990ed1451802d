/// Who sent a CALL, and of which action.
struct Caller: Sendable {
    let chargePointId: String
    /// The charge point's place in `CentralSystem.chargePoints`.
    let place: Int
    let connection: ConnectionID
    /// The action's place in the registry, or `MessageCounters.unknownAction`.
    let actionIndex: Int
}

/// A CALL from a charge point, on its way through a handler.
struct InboundCall: Sendable {
    let caller: Caller
    let record: FrameRecord
    /// The sessions that the CALL changed.
    let changedSessions: [Int]

    var chargePointId: String { caller.chargePointId }
    var frame: Frame { record.frame }
    /// What is read: the payload as it came, or what quirks made of it.
    var payload: JSONNode? { record.payload }
}

/// What a handler wants answered.
enum Answer {
    /// At once; the payload's JSON text.
    case result([UInt8])
    /// Once the event is durable, with the event's reply; then a reservation has ended, too.
    case durable(TransactionEvent, endingReservation: Int64? = nil)
    /// Once these are durable; where they cannot be stored, an error, or all the same where they may be lost.
    case resultAfter([StoreOperation], [UInt8], mayBeLost: Bool)
    case error(ErrorCode, String)
}

/// An answer that waits for its commit. Hundreds do at a time: what is not needed any more, such as the frame, is let go.
struct AwaitedCommit: Sendable {
    let caller: Caller
    let messageId: String
    let action: String
    /// A StartTransaction's, which may have to be answered anew.
    let start: FrameRecord?
    /// The event's.
    let transactionId: Int64?
    /// Whether the event is a stop that another one of its transaction would contradict.
    let isStopThatMayConflict: Bool
    let arrival: Timestamp
    /// The whole CALLRESULT.
    let reply: [UInt8]
    /// The sessions that the request and its answer changed.
    let sessions: [Int]
    let reservationId: Int64?
    /// Which one it is at finding a transaction id that is free.
    let attempt: Int
}

/// An answer that waits for a commit of something other than an event.
struct AwaitedReply: Sendable {
    let call: InboundCall
    let arrival: Timestamp
    /// The whole CALLRESULT.
    let reply: [UInt8]
    /// Whether it goes out whatever becomes of the commit.
    let mayBeLost: Bool
}

extension CentralSystem {
    mutating func received(_ bytes: [UInt8], on connection: ConnectionID) {
        guard let place = owners[connection] else { return }
        let id = chargePoints.keys[place]
        chargePoints.values[place].lastMessage = now
        let frame: Frame
        do {
            frame = try Frame.read(bytes, maximumDepth: configuration.maximumDepth)
        } catch {
            unreadable(error, bytes, id, connection)
            return
        }
        if frame.kind == .call {
            answer(frame, from: id, at: place, on: connection)
        } else {
            takeAnswer(frame, from: id)
        }
    }

    /// A text that is no frame: noted, taken for an answer where it looks like one, and answered where it looks like a CALL
    /// whose id can be read.
    private mutating func unreadable(_ error: FrameError, _ bytes: [UInt8], _ id: String, _ connection: ConnectionID) {
        unreadableCount += 1
        let raw = Redaction.redacted(
            text: bytes, hiding: [chargePoints[id]?.outstanding?.request.newKey].compactMap(\.self))
        effects.append(.record(.error(UnreadableFrame(error: error, raw: raw, timestamp: now, chargePointId: id))))
        takeUnreadableAnswer(error, from: id)
        if error.messageTypeId == 2, let messageId = error.messageId, !messageId.isEmpty {
            let reply = Frame.callError(id: messageId, code: .formationViolation, description: error.message)
            effects.append(.send(connection, reply))
            emitAnswer(reply, action: error.action, to: id, after: 0)
        }
    }

    private mutating func answer(
        _ frame: Frame, from id: String, at place: Int, on connection: ConnectionID
    ) {
        var record = FrameRecord(timestamp: now, chargePointId: id, direction: .fromChargePoint, frame: frame)
        record.judge(&quirks)
        keepFrame(frame.raw, .fromChargePoint, of: id)
        let actionIndex = actionIndex(of: record)
        noteTimesAhead(&record)
        if actionIndex == nil { record.repairs.removeAll { $0 == Repair.actionOtherCase.rawValue } }
        if tellsFrames { effects.append(.record(.frame(record))) }
        if !record.violations.isEmpty { counters.countViolations(record.violations) }
        let changedSessions = fold(record)
        let caller = Caller(
            chargePointId: id, place: place, connection: connection,
            actionIndex: actionIndex ?? MessageCounters.unknownAction)
        let call = InboundCall(caller: caller, record: record, changedSessions: changedSessions)
        switch decide(call, actionIndex) {
        case .result(let payload): reply(to: call, Frame.callResult(id: frame.messageId, payload: payload))
        case .durable(let event, let reservationId):
            replyAfterCommit(to: call, event, endingReservation: reservationId)
        case .resultAfter(let operations, let payload, let mayBeLost):
            reply(to: call, payload, after: operations, mayBeLost: mayBeLost)
        case .error(let code, let description):
            reply(to: call, Frame.callError(id: frame.messageId, code: code, description: description))
        }
    }

    /// Names are case-sensitive (OCPP-J 1.6, section 4.2.1); on demand, and where quirks say so, they are read without.
    private func actionIndex(of record: FrameRecord) -> Int? {
        if record.rewrittenAction == nil, let index = record.frame.definitionIndex { return index }
        let name = configuration.readsActionsInAnyCase ? record.meantAction : record.rewrittenAction ?? record.action
        return name.flatMap(Actions.index)
    }

    /// - Parameter action: its place in `Actions.all`; a definition is large, so its parts are read where they lie.
    private mutating func decide(_ call: InboundCall, _ action: Int?) -> Answer {
        guard let action else {
            return .error(.notImplemented, "unknown action \(call.frame.action ?? "")")
        }
        guard Actions.all[action].sender != .centralSystem, let handler = Self.handlers[action] else {
            return .error(.notSupported, "a central system does not take \(Actions.all[action].name)")
        }
        if configuration.refusesBeforeBoot, let reason = gate(Actions.all[action].name, at: call.caller.place) {
            return .error(.securityError, reason)
        }
        if configuration.isStrict, let worst = worstViolation(of: call, Actions.all[action]) {
            return .error(worst.code.errorCode, "\(worst.path): \(worst.message)")
        }
        return handler(&self, call)
    }

    /// Why a message may not come before its charge point is accepted (OCPP 1.6, section 4.2); `nil` where it may.
    private func gate(_ action: String, at place: Int) -> String? {
        guard action != "BootNotification" else { return nil }
        switch chargePoints.values[place].registration {
        case .accepted: return nil
        case .pending where chargePoints.values[place].triggered.contains(action): return nil
        case nil: return "no BootNotification has been accepted"
        case .pending: return "the boot is pending, and nobody asked for \(action)"
        case .rejected: return "the boot was rejected"
        }
    }

    /// What a strict central system answers. `null` for `{}` is no violation (OCPP-J 1.6, section 4.2.1), nor is a name
    /// that is read all the same.
    private func worstViolation(of call: InboundCall, _ definition: ActionDefinition) -> Violation? {
        var violations = call.record.violations
        let isNull = call.payload?.isNull == true
        if isNull || definition.name != call.frame.action, let empty = try? JSONTree(parsing: "{}").root {
            violations = call.frame.violations.filter { !isNull || $0.code == .messageId }
            violations += Validator.violations(
                ofPayload: isNull ? empty : call.payload ?? empty, shape: definition.request)
        }
        return violations.first { $0.severity == .error }
    }

    private mutating func reply(to call: InboundCall, _ reply: [UInt8]) {
        send(reply, to: call.caller, after: 0)
        // Of the answers only those to starts and stops say something about sessions.
        let matters = SessionFolder.needsAnswer(to: call.record)
        let record =
            tellsFrames || matters
            ? emitAnswer(reply, action: call.frame.action, to: call.chargePointId, after: 0) : nil
        let answered = matters ? record.map { fold($0) } ?? [] : []
        let operations = sessionOperations(call.changedSessions + answered)
        if !operations.isEmpty { effects.append(.store(StoreRequest(ticket: 0, operations: operations))) }
    }

    /// Sends an answer, and counts it.
    mutating func send(_ reply: [UInt8], to caller: Caller, after milliseconds: Int64) {
        counters.countAnswer(action: caller.actionIndex, reply: reply, milliseconds: milliseconds)
        keepFrame(reply[...], .fromCentralSystem, of: caller.chargePointId)
        effects.append(.send(caller.connection, reply))
    }

    /// Tells the records of an answer that goes out now.
    @discardableResult
    mutating func emitAnswer(_ reply: [UInt8], action: String?, to id: String, after milliseconds: Int64)
        -> FrameRecord?
    {
        guard let frame = try? Frame.read(reply) else { return nil }
        let record = FrameRecord(
            timestamp: now, chargePointId: id, direction: .fromCentralSystem, frame: frame, action: action,
            responseMilliseconds: milliseconds)
        if tellsFrames { effects.append(.record(.frame(record))) }
        return record
    }

    mutating func keepFrame(_ raw: ArraySlice<UInt8>, _ direction: Direction, of id: String) {
        if configuration.keepsFrames { frames.append(raw, direction, of: id, at: now) }
    }

    /// Folds a frame, and marks sessions seen for the first time as new.
    ///
    /// - Returns: The numbers of the sessions that it changed.
    mutating func fold(_ record: FrameRecord) -> [Int] {
        let numbers = folder.fold(record)
        if folder.hasChangedSamplesOnly { return numbers }
        for number in numbers where number > highestSession {
            highestSession = number
            newSessions.insert(number)
        }
        for number in numbers { open.note(number, folder.openTransaction(number)) }
        return numbers
    }

    mutating func sessionOperations(_ numbers: [Int]) -> [StoreOperation] {
        // Of nearly all messages there is one.
        (numbers.count > 1 ? Set(numbers).sorted() : numbers).compactMap { number in
            folder.stored(number, isNew: newSessions.contains(number)).map(StoreOperation.session)
        }
    }
}

extension Violation.Code {
    /// The CALLERROR that a strict central system answers with.
    var errorCode: ErrorCode {
        switch self {
        case .type: .typeConstraintViolation
        case .enum, .length, .multipleOf, .format, .range: .propertyConstraintViolation
        case .unknownProperty, .duplicateKey, .messageId, .frame: .formationViolation
        case .unknownAction: .notImplemented
        case .missing: .occurenceConstraintViolation
        }
    }
}
