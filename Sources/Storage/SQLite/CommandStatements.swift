import OCPPKit

/// The statements of the journal of commands.
final class CommandStatements {
    let prune: Statement
    private let command, commandEnd: Statement

    init(_ connection: Connection) throws(SQLiteFailure) {
        command = try connection.prepare(
            """
            INSERT INTO commands (id, charge_point, action, message_id, text, time_ms) VALUES (?, ?, ?, ?, ?, ?)
            """)
        commandEnd = try connection.prepare(
            "UPDATE commands SET outcome = ?, status = ?, reply = ?, message = ?, ended_ms = ? WHERE id = ?")
        prune = try connection.prepare(
            "DELETE FROM commands WHERE id IN (SELECT id FROM commands WHERE ended_ms < ? LIMIT ?)")
    }

    func insert(_ value: StoredCommand) throws(SQLiteFailure) {
        command.bind(1, value.id)
        command.bind(2, value.chargePointId)
        command.bind(3, value.action)
        command.bind(4, value.messageId)
        command.bind(5, text: value.text)
        command.bind(6, value.time.milliseconds)
        try command.run()
    }

    func end(_ id: Int64, _ outcome: CommandOutcome, at time: Timestamp) throws(SQLiteFailure) {
        commandEnd.bind(1, outcome.outcome.rawValue)
        commandEnd.bind(2, outcome.status)
        if let payload = outcome.payload {
            commandEnd.bind(3, text: payload)
        } else {
            commandEnd.bind(3, String?.none)
        }
        commandEnd.bind(4, outcome.message)
        commandEnd.bind(5, time.milliseconds)
        commandEnd.bind(6, id)
        try commandEnd.run()
    }
}

extension Statement {
    static let commandColumns = "id, charge_point, action, message_id, text, time_ms"

    func command() -> StoredCommand {
        StoredCommand(
            id: integer(0), chargePointId: string(1), action: string(2), messageId: string(3), text: bytes(4),
            time: Timestamp(milliseconds: integer(5)))
    }
}
