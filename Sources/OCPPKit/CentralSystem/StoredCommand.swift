/// A command to a charge point: a row of the journal, which is there before the command is sent.
public struct StoredCommand: Sendable, Equatable {
    /// Counts the store's commands from 1.
    public var id: Int64
    public var chargePointId: String
    /// Empty for a text in which none can be read, as is the message id.
    public var action: String
    public var messageId: String
    /// The text that is sent, without secrets.
    public var text: [UInt8]
    public var time: Timestamp

    public init(
        id: Int64, chargePointId: String, action: String, messageId: String, text: [UInt8], time: Timestamp
    ) {
        self.id = id
        self.chargePointId = chargePointId
        self.action = action
        self.messageId = messageId
        self.text = text
        self.time = time
    }
}

/// A command that waits for its row of the journal, and then is sent.
struct JournaledCall: Sendable {
    /// Of the `StoreRequest`.
    let ticket: UInt64
    let request: CommandRequest
    let row: StoredCommand
}

extension CentralSystem {
    /// Puts the command into the journal; it is sent once it is durable there. After a crash nobody could tell otherwise
    /// whether the charge point has done what it was told.
    mutating func journal(_ request: CommandRequest, to id: String) {
        let messageId = request.text.map(Self.messageId) ?? identifiers.messageId()
        lastCommandId += 1
        identifiers.nextTicket += 1
        let row = StoredCommand(
            id: lastCommandId, chargePointId: id, action: request.action, messageId: messageId,
            text: Self.withoutSecrets(request.bytes(messageId)), time: now)
        let call = JournaledCall(ticket: identifiers.nextTicket, request: request, row: row)
        chargePoints[id]?.journaled = call
        journaling[call.ticket] = id
        effects.append(.store(StoreRequest(ticket: call.ticket, operations: [.command(row)])))
    }

    /// - Returns: whether the ticket was one of a command. It is sent now, unless its connection has ended meanwhile.
    mutating func storedCommand(_ ticket: UInt64, _ outcome: StoreOutcome) -> Bool {
        guard let id = journaling.removeValue(forKey: ticket) else { return false }
        guard let call = chargePoints[id]?.journaled, call.ticket == ticket else { return true }
        chargePoints[id]?.journaled = nil
        if case .failed(let reason) = outcome {
            finish(call.request.outcome(.refused, message: "not sent, since it cannot be stored: \(reason)"))
            sendNext(to: id)
        } else {
            send(call, to: id)
        }
        return true
    }

    /// Commands that were on their way when the last run ended without a word: nobody knows what became of them, and none
    /// is sent again by itself.
    mutating func tellOpenCommands() {
        for row in openCommands {
            let outcome = CommandOutcome(
                ticket: 0, chargePointId: row.chargePointId, action: row.action, messageId: row.messageId,
                outcome: .unknown, message: "the central system ended before an answer")
            effects.append(
                .notice(
                    "\(row.chargePointId): \(row.action) was on its way when the last run ended: its outcome is unknown"
                ))
            effects.append(.record(.command(outcome)))
            keep(outcome, of: row.id)
        }
        openCommands = []
    }

    /// The end of a command: into the journal, where it is there, and to the platform, in one commit.
    mutating func keep(_ outcome: CommandOutcome, of journalId: Int64?) {
        var operations = outbox([
            Publication(chargePointId: outcome.chargePointId, timestamp: now, attributes: .command(outcome))
        ])
        if let journalId { operations.append(.commandEnded(id: journalId, outcome, at: now)) }
        if !operations.isEmpty { effects.append(.store(StoreRequest(ticket: 0, operations: operations))) }
    }

    /// The message id that can be read in a text; empty where there is none.
    private static func messageId(of text: [UInt8]) -> String {
        do throws(FrameError) {
            return try Frame.read(text).messageId
        } catch {
            return error.messageId ?? ""
        }
    }

    private static func withoutSecrets(_ text: [UInt8]) -> [UInt8] {
        (try? Frame.read(text)).map { Array(Redaction.redacted($0).raw) } ?? Redaction.redacted(text: text)
    }
}

extension CommandRequest {
    /// What is sent.
    func bytes(_ messageId: String) -> [UInt8] { text ?? Frame.call(id: messageId, action: action, payload: payload) }
}
