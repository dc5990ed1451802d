/// What DOJOT's users ask of a charge point, as it arrives on the device's configuration topic.
public struct Actuation: Sendable, Equatable {
    /// OCPP's action.
    public let action: String
    /// The request's payload, JSON text of an object; or why it cannot be sent, for people.
    public let payload: Result<[UInt8], Problem>

    public struct Problem: Error, Sendable, Equatable {
        public let text: String
    }

    /// The actuations of a message, in its order.
    ///
    /// DOJOT tells its own device events on the same topic, and templates may have other actuators: keys that are not
    /// those of `Actuator` are passed over, and so is what is no object. `null` and `false` ask for nothing.
    ///
    /// - Parameter labels: what the template calls our actuators.
    public static func read(_ message: [UInt8], labels: AttributeLabels = AttributeLabels()) -> [Actuation] {
        guard let root = try? JSONTree(parsing: message).root else { return [] }
        return root.members.compactMap { key, value in
            guard let actuator = key.text.flatMap({ Actuator(rawValue: labels.label(of: $0)) }), !value.isNull,
                value.boolean != false
            else { return nil }
            return Actuation(actuator, value)
        }
    }

    private init(_ actuator: Actuator, _ value: JSONNode) {
        action = actuator.action
        do throws(Problem) {
            payload = .success(try Self.payload(actuator, value))
        } catch {
            payload = .failure(error)
        }
    }

    private static func payload(_ actuator: Actuator, _ value: JSONNode) throws(Problem) -> [UInt8] {
        guard let definition = Actions.named(actuator.action) else { throw Problem(text: "no such action") }
        let arguments = try arguments(actuator, value)
        let payload: [UInt8]
        do {
            payload = try KeyValueArguments.payload(arguments, for: definition).bytes
        } catch {
            throw Problem(text: "\(error)")
        }
        guard let node = try? JSONTree(parsing: payload).root else { throw Problem(text: "not JSON") }
        let violations = Validator.violations(ofPayload: node, shape: definition.request)
        if let worst = violations.first(where: { $0.severity == .error }) {
            throw Problem(text: "\(worst.path.dropFirst(2)): \(worst.message)")
        }
        return payload
    }

    /// The value as `key=value` texts: users of the web interface can type nothing but text, and give numbers so, too.
    private static func arguments(_ actuator: Actuator, _ value: JSONNode) throws(Problem) -> [String] {
        if value.isObject { return members(of: value) }
        guard !value.isArray else { throw Problem(text: "an array, not an object or a text") }
        let text = String(Substring(trimmed(value.text ?? String(decoding: value.raw, as: UTF8.self))))
        if text.first == "{" {
            do {
                return members(of: try JSONTree(parsing: text).root)
            } catch {
                throw Problem(text: "\(error)")
            }
        }
        guard !text.isEmpty || actuator == .clearCache else { throw Problem(text: "an empty text") }
        return actuator.arguments(of: text)
    }

    private static func members(of object: JSONNode) -> [String] {
        object.members.filter { !$0.value.isNull }.map { key, value in
            "\(key.text ?? "")=\(value.text ?? String(decoding: value.raw, as: UTF8.self))"
        }
    }

    /// The command to a charge point.
    func request(_ payload: [UInt8], chargePointId: String) -> CommandRequest {
        CommandRequest(
            ticket: 0, chargePointId: chargePointId, action: action, payload: payload,
            timeoutMilliseconds: Self.timeoutMilliseconds)
    }

    /// As long as `send` waits.
    private static let timeoutMilliseconds: Int64 = 30_000
}

extension Actuator {
    /// OCPP's action of it.
    public var action: String {
        switch self {
        case .remoteStart: "RemoteStartTransaction"
        case .remoteStop: "RemoteStopTransaction"
        case .reset: "Reset"
        case .unlockConnector: "UnlockConnector"
        case .changeAvailability: "ChangeAvailability"
        case .changeConfiguration: "ChangeConfiguration"
        case .clearCache: "ClearCache"
        case .triggerMessage: "TriggerMessage"
        case .dataTransfer: "DataTransfer"
        }
    }

    /// A text that is no object stands for the field without which the action makes no sense.
    fileprivate func arguments(of text: String) -> [String] {
        switch self {
        case .remoteStart: ["idTag=\(text)"]
        case .remoteStop: ["transactionId=\(text)"]
        case .reset: ["type=\(text)"]
        case .unlockConnector: ["connectorId=\(text)"]
        // Connector 0 is the charge point as a whole.
        case .changeAvailability: ["connectorId=0", "type=\(text)"]
        case .changeConfiguration:
            // `HeartbeatInterval=300`; without a value the violation says what is missing.
            text.firstIndex(of: "=").map { ["key=\(text[..<$0])", "value=\(text[$0...].dropFirst())"] } ?? [
                "key=\(text)"
            ]
        case .clearCache: []
        case .triggerMessage: ["requestedMessage=\(text)"]
        case .dataTransfer: ["vendorId=\(text)"]
        }
    }
}

extension DojotAttributes {
    /// The outcome of an actuation that could not be sent: `lastCommandResult` says why, for people.
    static func invalid(_ action: String, _ problem: Actuation.Problem) -> DojotAttributes {
        var attributes = DojotAttributes()
        attributes.set(StationAttribute.lastCommand.label, .string(action))
        attributes.set(StationAttribute.lastCommandResult.label, .string("invalid: \(problem.text)"))
        return attributes
    }
}
