import OCPPKit

/// The payload of a message that somebody wants sent: from `key=value` words or JSON, checked against the action's
/// definition.
enum SendPayload {
    /// - Parameters:
    ///   - json: JSON text, or `@FILE`.
    ///   - sender: which side sends it.
    /// - Throws: status 65 for what the action does not allow, 64 for both forms at once.
    static func build(
        action: String, arguments: [String], json: String?, isValidated: Bool, sender: Sender = .centralSystem
    ) throws -> [UInt8] {
        let definition = Actions.named(action)
        if isValidated {
            guard let definition else { throw unknown(action, sender) }
            guard definition.sender == sender || definition.sender == .either else {
                throw CommandFailure(
                    .badData,
                    sender == .centralSystem
                        ? "\(action) is sent by charge points, not by a central system"
                        : "\(action) is sent by a central system, not by charge points")
            }
        }
        guard json == nil || arguments.isEmpty else {
            throw CommandFailure(.usage, "give the payload as key=value or as --payload, not both")
        }
        let payload = try json.map(content) ?? fields(arguments, action, definition, isValidated)
        if isValidated { try check(payload, action) }
        return payload
    }

    /// A text, or the content of `@FILE`.
    static func content(_ text: String) throws -> [UInt8] {
        text.hasPrefix("@") ? try InputFile(String(text.dropFirst())).readAll() : Array(text.utf8)
    }

    private static func unknown(_ action: String, _ sender: Sender) -> CommandFailure {
        let names = Actions.all.filter { $0.sender == sender || $0.sender == .either }.map(\.name)
        let hint = UsageErrors.nearest(action, among: names).map { " Did you mean \($0)?" } ?? ""
        return CommandFailure(.badData, "OCPP 1.6 has no action \(action).\(hint)")
    }

    private static func fields(
        _ arguments: [String], _ action: String, _ definition: ActionDefinition?, _ isValidated: Bool
    ) throws -> [UInt8] {
        let shape = definition ?? ActionDefinition(action, .core, sentBy: .either, request: [], response: [])
        do {
            return try KeyValueArguments.payload(arguments, for: shape, checked: isValidated).bytes
        } catch {
            throw CommandFailure(.badData, "\(action).\(error)")
        }
    }

    private static func check(_ payload: [UInt8], _ action: String) throws {
        do {
            _ = try JSONTree(parsing: payload)
            let frame = try Frame.read(Frame.call(id: "1", action: action, payload: payload))
            let errors = Validator.violations(of: frame, answering: nil).filter { $0.severity == .error }
            guard errors.isEmpty else {
                let lines = errors.map { "\(action)\($0.path.dropFirst()): \($0.message)" }
                throw CommandFailure(.badData, lines.joined(separator: "\n"))
            }
        } catch let error as JSONError {
            // Said before the frame around it is read: its place counts from the payload's own first byte.
            throw CommandFailure(.badData, "the payload is no JSON object: \(error)")
        } catch let error as FrameError {
            throw CommandFailure(.badData, "the payload is no JSON object: \(error.message)")
        }
    }
}
