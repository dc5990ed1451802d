import OCPPKit
import WebEndpoints

/// A command that the page asks for: `{"chargePointId","action","payload"}`.
enum CommandQuestion {
    /// What the page offers; everything else is `ocppctl send`'s.
    private static let actions: Set<String> = [
        "RemoteStartTransaction", "RemoteStopTransaction", "Reset", "UnlockConnector",
    ]
    private static let timeoutMilliseconds: Int64 = 30_000

    /// - Throws: a text for people where it cannot be sent.
    static func request(_ body: [UInt8]) throws(SourceFailure) -> CommandRequest {
        guard let root = try? JSONTree(parsing: body).root, let id = root["chargePointId"]?.text,
            let action = root["action"]?.text, let payload = root["payload"], payload.isObject
        else { throw SourceFailure("a command is {\"chargePointId\",\"action\",\"payload\"}") }
        guard actions.contains(action) else { throw SourceFailure("the page does not send \(action)") }
        let bytes = Array(payload.raw)
        guard let frame = try? Frame.read(Frame.call(id: "1", action: action, payload: bytes)) else {
            throw SourceFailure("the payload cannot be read")
        }
        let errors = Validator.violations(of: frame, answering: nil).filter { $0.severity == .error }
        guard errors.isEmpty else {
            throw SourceFailure(errors.map { "\(action)\($0.path.dropFirst()): \($0.message)" }.joined(separator: "\n"))
        }
        return CommandRequest(
            ticket: 0, chargePointId: id, action: action, payload: bytes, timeoutMilliseconds: timeoutMilliseconds)
    }

    /// The `command` record.
    static func answer(_ outcome: CommandOutcome) -> HTTPAnswer {
        var writer = JSONWriter()
        outcome.write(to: &writer)
        return .json(writer.bytes)
    }
}
