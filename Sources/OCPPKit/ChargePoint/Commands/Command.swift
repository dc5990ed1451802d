/// A command that a simulated charge point obeys: does what is asked and returns the answer.
///
/// Each profile is one file in this folder, with its own table.
struct Command: Sendable {
    let run: @Sendable (inout SimulatedChargePoint, JSONNode?) -> [UInt8]

    init<Request: Payload, Response: Payload>(
        _ obey: @escaping @Sendable (inout SimulatedChargePoint, Request) -> Response
    ) {
        run = { obey(&$0, Request($1)).payload }
    }

    /// For a request that has no struct of its own.
    init(reading obey: @escaping @Sendable (inout SimulatedChargePoint, inout PayloadReader) -> JSONValue) {
        run = {
            var reader = PayloadReader($1)
            return obey(&$0, &reader).bytes
        }
    }

    static let all: [String: Command] = [
        core, firmwareManagement, localAuthListManagement, reservation, smartCharging, remoteTrigger, security,
    ].reduce(into: [:]) { $0.merge($1) { first, _ in first } }
}

extension JSONValue {
    /// An answer that is a status and nothing else.
    static func status(_ text: String) -> JSONValue { .object([("status", .string(text))]) }
}

/// A payload that has no struct of its own.
struct JSONPayload: Payload {
    var repairs: [String] { [] }
    let value: JSONValue

    init(_ value: JSONValue) { self.value = value }
    init(_ payload: JSONNode?) { value = payload.map { JSONValue($0) } ?? .object([]) }

    func write(to writer: inout JSONWriter) { value.write(to: &writer) }
}

extension SimulatedChargePoint {
    /// Answers a CALL of the central system.
    mutating func answer(_ frame: Frame) {
        let action = frame.action ?? ""
        guard let command = Command.all[action] else {
            let isKnown = Actions.named(action) != nil
            return refuse(
                frame, isKnown ? .notSupported : .notImplemented,
                isKnown ? "this charge point does not support \(action)" : "unknown action")
        }
        let violations = Validator.violations(of: frame, answering: nil).filter { $0.severity == .error }
        for violation in violations { emit(.breach("\(action): \(violation.path): \(violation.message)")) }
        if let violation = violations.first(where: \.code.isSchemaRule) {
            return refuse(frame, violation.code.errorCode, "\(violation.path): \(violation.message)")
        }
        // The answer goes before whatever the command makes happen.
        let before = takeEffects()
        let answer = command.run(&self, frame.payload)
        let after = takeEffects()
        emit(before)
        emit(.send(Frame.callResult(id: frame.messageId, payload: answer)))
        let status = (try? JSONTree(parsing: answer))?.root["status"]?.text
        emit(.answered(action: action, outcome: status ?? "Accepted"))
        emit(after)
    }

    private mutating func refuse(_ frame: Frame, _ code: ErrorCode, _ description: String) {
        emit(.send(Frame.callError(id: frame.messageId, code: code, description: description)))
        emit(.answered(action: frame.action ?? "", outcome: code.rawValue))
    }

    /// 0, the charge point itself, among them.
    var connectorIds: ClosedRange<Int64> { 0...Int64(connectors.count) }
}
