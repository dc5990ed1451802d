/// A CALL from a charge point, on its way through a handler.
struct InboundCall {
    let chargePointId: String
    let connection: ConnectionID
    let record: FrameRecord
    /// The sessions that the CALL changed.
    let changedSessions: [Int]

    var frame: Frame { record.frame }
    /// What is read: the payload as it came, or what quirks made of it.
    var payload: JSONNode? { record.payload }
}

/// What a handler wants answered.
enum Answer {
    /// At once; the payload's JSON text.
    case result([UInt8])
    /// Once the event is durable, with the event's reply.
    case durable(TransactionEvent)
    case error(ErrorCode, String)
}

/// An answer that waits for its commit.
struct AwaitedCommit: Sendable {
    let connection: ConnectionID
    let chargePointId: String
    let messageId: String
    let action: String
    let arrival: Timestamp
    /// The whole CALLRESULT.
    let reply: [UInt8]
    /// The sessions of the request, and those of them that it made.
    let sessions: [Int]
    let publications: [Publication]
}

extension CentralSystem {
    mutating func received(_ bytes: [UInt8], on connection: ConnectionID) {
        guard let id = owners[connection] else { return }
        chargePoints[id]?.lastMessage = now
        let frame: Frame
        do {
            frame = try Frame.read(bytes)
        } catch {
            unreadable(error, bytes, id, connection)
            return
        }
        if frame.kind == .call {
            answer(frame, from: id, on: connection)
        } else {
            takeAnswer(frame, from: id)
        }
    }

    /// A text that is no frame: noted, and answered where it looks like a CALL whose id can be read.
    private mutating func unreadable(_ error: FrameError, _ bytes: [UInt8], _ id: String, _ connection: ConnectionID) {
        effects.append(
            .record(.error(UnreadableFrame(error: error, raw: bytes, timestamp: now, chargePointId: id))))
        if error.messageTypeId == 2, let messageId = error.messageId, !messageId.isEmpty {
            let reply = Frame.callError(id: messageId, code: .formationViolation, description: error.message)
            effects.append(.send(connection, reply))
            emitAnswer(reply, action: error.action, to: id, after: 0)
        }
    }

    private mutating func answer(_ frame: Frame, from id: String, on connection: ConnectionID) {
        var record = FrameRecord(timestamp: now, chargePointId: id, direction: .fromChargePoint, frame: frame)
        record.judge(&quirks)
        effects.append(.record(.frame(record)))
        let call = InboundCall(
            chargePointId: id, connection: connection, record: record,
            changedSessions: noteSessions(folder.fold(record)))
        switch decide(call, record.meantAction ?? "", record.violations) {
        case .result(let payload): reply(to: call, Frame.callResult(id: frame.messageId, payload: payload))
        case .durable(let event): replyAfterCommit(to: call, event)
        case .error(let code, let description):
            reply(to: call, Frame.callError(id: frame.messageId, code: code, description: description))
        }
    }

    private mutating func decide(_ call: InboundCall, _ action: String, _ violations: [Violation]) -> Answer {
        guard let definition = Actions.named(action) else {
            return .error(.notImplemented, "unknown action \(action)")
        }
        guard definition.sender != .centralSystem, let handler = Self.handlers[action] else {
            return .error(.notSupported, "a central system does not take \(action)")
        }
        if configuration.refusesBeforeBoot, action != "BootNotification",
            chargePoints[call.chargePointId]?.registration != .accepted
        {
            return .error(.securityError, "no BootNotification has been accepted")
        }
        if configuration.isStrict, let worst = violations.first(where: { $0.severity == .error }) {
            return .error(worst.code.errorCode, "\(worst.path): \(worst.message)")
        }
        return handler(&self, call)
    }

    private mutating func reply(to call: InboundCall, _ reply: [UInt8]) {
        effects.append(.send(call.connection, reply))
        let record = emitAnswer(reply, action: call.frame.action, to: call.chargePointId, after: 0)
        let answered = record.map { noteSessions(folder.fold($0)) } ?? []
        var operations = frameOperations(call, reply)
        operations += sessionOperations(call.changedSessions + answered)
        if !operations.isEmpty { effects.append(.store(StoreRequest(ticket: 0, operations: operations))) }
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
        effects.append(.record(.frame(record)))
        return record
    }

    func frameOperations(_ call: InboundCall, _ reply: [UInt8]) -> [StoreOperation] {
        guard configuration.keepsFrames else { return [] }
        return [
            .frame(
                StoredFrame(
                    chargePointId: call.chargePointId, direction: .fromChargePoint, arrival: now,
                    raw: Array(call.frame.raw))),
            .frame(
                StoredFrame(
                    chargePointId: call.chargePointId, direction: .fromCentralSystem, arrival: now, raw: reply)),
        ]
    }

    /// Marks sessions seen for the first time as new.
    mutating func noteSessions(_ numbers: [Int]) -> [Int] {
        for number in numbers where number > highestSession {
            highestSession = number
            newSessions.insert(number)
        }
        return numbers
    }

    func sessionOperations(_ numbers: [Int]) -> [StoreOperation] {
        Set(numbers).sorted().compactMap { number in
            folder.session(number).map { session in
                .session(
                    StoredSession(
                        number: number, chargePointId: session.chargePointId ?? "", isNew: newSessions.contains(number),
                        isEnded: session.isEnded, state: session.encodedState()))
            }
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
