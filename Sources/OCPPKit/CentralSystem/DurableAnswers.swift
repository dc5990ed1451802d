extension CentralSystem {
    /// Hands the event and all that goes with it to the store; the answer waits for the commit.
    mutating func replyAfterCommit(to call: InboundCall, _ event: TransactionEvent) {
        let messageId = call.frame.messageId
        let reply = Frame.callResult(id: messageId, payload: event.reply)
        // Sessions are folded as the log will show them: the request, then its answer.
        var sessions = call.changedSessions
        if let frame = try? Frame.read(reply) {
            let record = FrameRecord(
                timestamp: now, chargePointId: call.chargePointId, direction: .fromCentralSystem, frame: frame,
                action: call.frame.action)
            sessions += noteSessions(folder.fold(record))
        }
        let frames = frameOperations(call, reply)
        identifiers.nextTicket += 1
        let ticket = identifiers.nextTicket
        awaitingCommit[ticket] = AwaitedCommit(
            connection: call.connection, chargePointId: call.chargePointId, messageId: messageId,
            action: call.frame.action ?? "", arrival: now, reply: reply, sessions: sessions,
            publications: configuration.publishes ? publications(of: call, transactionId: event.transactionId) : [])
        effects.append(
            .store(
                StoreRequest(
                    ticket: ticket, operations: frames + [.event(event)] + sessionOperations(sessions))))
    }

    /// Releases the answer that waited for this commit.
    mutating func stored(_ ticket: UInt64, _ outcome: StoreOutcome) {
        if storedTags(ticket, outcome) { return }
        guard let pending = awaitingCommit.removeValue(forKey: ticket) else { return }
        switch outcome {
        case .committed:
            release(pending, pending.reply)
            newSessions.subtract(pending.sessions)
            effects += pending.publications.map(Effect.publish)
            for number in Set(pending.sessions).sorted() {
                if let session = folder.session(number), pending.action != "MeterValues" {
                    effects.append(.record(.session(session)))
                }
            }
        case .replayed(let payload):
            forgetNewSessions(of: pending)
            release(pending, Frame.callResult(id: pending.messageId, payload: payload))
        case .failed(let reason):
            // The charge point will send it again, and then it is folded afresh.
            forgetNewSessions(of: pending)
            effects.append(.notice("\(pending.chargePointId): \(pending.action) is not stored: \(reason)"))
            release(
                pending,
                Frame.callError(id: pending.messageId, code: .internalError, description: "not stored; try again"))
        }
    }

    private mutating func forgetNewSessions(of pending: AwaitedCommit) {
        for number in pending.sessions where newSessions.contains(number) {
            folder.forget(number)
            newSessions.remove(number)
        }
    }

    private mutating func release(_ pending: AwaitedCommit, _ reply: [UInt8]) {
        effects.append(.send(pending.connection, reply))
        emitAnswer(
            reply, action: pending.action, to: pending.chargePointId, after: now - pending.arrival)
    }
}

/// The same for the same content of a charge point, whatever its message id.
enum ReplayKey {
    static func start(_ id: String, connector: Int64?, idTag: String?, time: String?, meter: String?) -> String {
        key("start", [id, connector.map { String($0) }, idTag, time, meter])
    }

    /// - Parameter content: where the transaction id tells nothing (absent, 0 or less), the payload stands in for it.
    static func stop(_ id: String, transactionId: Int64?, content: ArraySlice<UInt8>) -> String {
        if let transactionId, transactionId > 0 { return key("stop", [id, String(transactionId)]) }
        return key("stop", [id, nil, digest(content)])
    }

    static func meterValues(_ id: String, content: ArraySlice<UInt8>) -> String {
        key("meterValues", [id, digest(content)])
    }

    /// Lengths keep the parts apart, whatever they hold.
    private static func key(_ kind: String, _ parts: [String?]) -> String {
        parts.reduce(kind) { $0 + ":" + ($1.map { "\($0.utf8.count):\($0)" } ?? "-") }
    }

    /// FNV-1a of 128 bits: it tells contents of one charge point apart; it is no defence against forgers, who could
    /// only swallow their own data.
    private static func digest(_ bytes: ArraySlice<UInt8>) -> String {
        let prime: UInt128 = (1 << 88) + 0x13B
        var hash: UInt128 = 0x6C62_272E_07BB_0142_62B8_2175_6295_C58D
        for byte in bytes { hash = (hash ^ UInt128(byte)) &* prime }
        return String(hash, radix: 36)
    }
}
