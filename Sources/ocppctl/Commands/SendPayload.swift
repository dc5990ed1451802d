import OCPPKit

/// The payload of a command: from `key=value` words or JSON, checked against the action's definition.
enum SendPayload {
    /// - Parameter json: JSON text, or `@FILE`.
    /// - Throws: status 65 for what the action does not allow, 64 for both forms at once.
    static func build(action: String, arguments: [String], json: String?, isValidated: Bool) throws -> [UInt8] {
        let definition = Actions.named(action)
        if isValidated {
            guard let definition else { throw unknown(action) }
            guard definition.sender != .chargePoint else {
                throw CommandFailure(.badData, "\(action) is sent by charge points, not by a central system")
            }
        }
        guard json == nil || arguments.isEmpty else {
            throw CommandFailure(.usage, "give the payload as key=value or as --payload, not both")
        }
        let payload = try json.map(content) ?? fields(arguments, action, definition, isValidated)
        if isValidated { try check(payload, action) }
        return payload
    }

    private static func unknown(_ action: String) -> CommandFailure {
        let names = Actions.all.filter { $0.sender != .chargePoint }.map(\.name)
        let hint = UsageErrors.nearest(action, among: names).map { " Did you mean \($0)?" } ?? ""
        return CommandFailure(.badData, "OCPP 1.6 has no action \(action).\(hint)")
    }

    private static func content(_ json: String) throws -> [UInt8] {
        json.hasPrefix("@") ? try InputFile(String(json.dropFirst())).readAll() : Array(json.utf8)
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
            let frame = try Frame.read(Frame.call(id: "1", action: action, payload: payload))
            let errors = Validator.violations(of: frame, answering: nil).filter { $0.severity == .error }
            guard errors.isEmpty else {
                let lines = errors.map { "\(action)\($0.path.dropFirst()): \($0.message)" }
                throw CommandFailure(.badData, lines.joined(separator: "\n"))
            }
        } catch let error as FrameError {
            throw CommandFailure(.badData, "the payload is no JSON object: \(error.message)")
        }
    }
}
