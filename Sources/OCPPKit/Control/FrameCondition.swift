/// What `send --until` waits for: a CALL of a charge point that says something.
///
///     StartTransaction
///     StatusNotification.status=Charging,connectorId=1
///     FirmwareStatusNotification.status=Installed|InstallationFailed
///     Installed
///
/// It is an action, or an action and fields, separated by commas, that all have to have one of the values named. Values
/// are compared as texts. A word that is no action is a status, of whatever message has such a one.
///
/// Where a status is waited for that ends a work well, one that ends it badly ends the waiting too.
public struct FrameCondition: Sendable, Equatable {
    struct Part: Sendable, Equatable {
        /// `status`, or `meterValue[0].timestamp`.
        let path: [FieldPath.Step]
        let values: [String]
    }

    /// One of these.
    let actions: [String]
    let parts: [Part]
    /// As it was given.
    public let text: String

    public enum Verdict: Sendable, Equatable {
        case met
        /// The work that is waited for has failed, with this status.
        case failed(String)
    }

    /// What a CALL of a charge point means to the condition; `nil` for nothing.
    public func verdict(action: String, payload: JSONNode?) -> Verdict? {
        guard actions.contains(action) else { return nil }
        if parts.allSatisfy({ $0.matches(payload) }) { return .met }
        guard let status = payload?["status"]?.text, Self.failures[action]?.contains(status) == true,
            parts.contains(where: \.isStatus), parts.allSatisfy({ $0.isStatus || $0.matches(payload) })
        else { return nil }
        return .failed(status)
    }

    /// The statuses that end a work badly, by the action that tells of it.
    static let failures: [String: Set<String>] = [
        "DiagnosticsStatusNotification": ["UploadFailed"],
        "FirmwareStatusNotification": ["DownloadFailed", "InstallationFailed"],
        "LogStatusNotification": ["BadMessage", "NotSupportedOperation", "PermissionDenied", "UploadFailure"],
        "SignedFirmwareStatusNotification": [
            "DownloadFailed", "InstallationFailed", "InstallVerificationFailed", "InvalidSignature",
        ],
    ]
}

extension FrameCondition.Part {
    var isStatus: Bool { path == [.key("status")] }

    func matches(_ payload: JSONNode?) -> Bool {
        var node = payload
        for step in path {
            switch step {
            case .key(let key): node = node?.member(named: key)
            case .index(let index): node = node?.elements.dropFirst(index).first { _ in true }
            }
        }
        guard let node else { return false }
        return values.contains(node.text ?? String(decoding: node.raw, as: UTF8.self))
    }
}

/// Why a text is no condition, for people.
public struct ConditionError: Error, Sendable, Equatable, CustomStringConvertible {
    public let description: String
    init(_ description: String) { self.description = description }
}

extension FrameCondition {
    /// Reads a condition.
    ///
    /// - Throws: where an action, a field or a value is none that charge points send.
    public init(parsing text: String) throws(ConditionError) {
        self.text = text
        var words = text.split(separator: ",", omittingEmptySubsequences: false).map { word in
            String(decoding: trimmed(String(word)), as: UTF8.self)
        }
        let first = words.removeFirst()
        let head = first.split(separator: ".", maxSplits: 1).first.map { $0.prefix { $0 != "=" } } ?? ""
        if let action = Actions.named(String(head)) {
            guard action.sender != .centralSystem else {
                throw ConditionError("charge points do not send \(head)")
            }
            actions = [action.name]
            if head.utf8.count < first.utf8.count {
                guard first.dropFirst(head.count).first == "." else {
                    throw ConditionError("'\(first)' is not ACTION.field=value")
                }
                words.insert(String(first.dropFirst(head.count + 1)), at: 0)
            }
            var parts: [Part] = []
            for word in words { parts.append(try Self.part(word, of: action)) }
            self.parts = parts
        } else {
            let values = first.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
            let owners = Self.senders.filter { action in values.allSatisfy { Self.statuses(of: action).contains($0) } }
            guard !owners.isEmpty else { throw Self.unknown(first) }
            actions = owners.map(\.name)
            var parts = [Part(path: [.key("status")], values: values)]
            for word in words { parts.append(try Self.part(word, of: owners[0])) }
            self.parts = parts
        }
    }

    /// What charge points send.
    private static let senders = Actions.all.filter { $0.sender != .centralSystem }

    private static func statuses(of action: ActionDefinition) -> [String] {
        if case .enumeration(let values)? = action.request.field(named: "status")?.kind { values } else { [] }
    }

    private static func unknown(_ word: String) -> ConditionError {
        let names = senders.map(\.name)
        let hint = nearest(to: word, among: names + senders.flatMap(statuses)).map { "; did you mean \($0)?" } ?? ""
        return ConditionError("'\(word)' is neither a message of a charge point nor a status of one\(hint)")
    }

    private static func part(_ word: String, of action: ActionDefinition) throws(ConditionError) -> Part {
        let prefix = action.name + "."
        let word = word.hasPrefix(prefix) ? String(word.dropFirst(prefix.count)) : word
        let sides = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard sides.count == 2, let path = FieldPath.steps(sides[0]) else {
            throw ConditionError("'\(word)' is not of the form field=value")
        }
        let values = sides[1].split(separator: "|", omittingEmptySubsequences: false).map(String.init)
        var kind = Field.Kind.object(action.request)
        for step in path {
            switch (step, kind) {
            case (.key(let key), .object(let shape)):
                guard let field = shape.field(named: key) else {
                    let names = shape.fields.map { $0.key.description }
                    let hint = nearest(to: key, among: names).map { "; did you mean \($0)?" } ?? ""
                    throw ConditionError("\(action.name) has no field \(key)\(hint)")
                }
                kind = field.kind
            case (.index, .array(let element, _)): kind = element
            default: throw ConditionError("\(action.name) has no field \(sides[0])")
            }
        }
        if case .enumeration(let allowed) = kind, let value = values.first(where: { !allowed.contains($0) }) {
            let hint = nearest(to: value, among: allowed).map { "; did you mean \($0)?" } ?? ""
            throw ConditionError("\(action.name).\(sides[0]) is never \(value)\(hint)")
        }
        return Part(path: path, values: values)
    }
}
