/// Brings a charge point's local list to what the authorisation list is (OCPP 1.6, sections 3.5.2, 5.10 and 5.15).
///
/// The versions that are sent are never 0, which means an empty list, nor −1, which means none at all; nor more than 31
/// bits, which some charge points could not hold: after the last one they begin anew, with a whole list.
public struct LocalListPush: Sendable {
    public let chargePointId: String
    /// What the list shall be.
    public let tags: [Tag]
    /// Send the whole list, whatever is known.
    public let isFull: Bool
    /// What the charge point is known to have.
    public var known: StoredLocalList?

    public init(chargePointId: String, tags: [Tag], isFull: Bool = false) {
        self.chargePointId = chargePointId
        self.tags = tags
        self.isFull = isFull
    }

    /// Sends a command and returns what became of it.
    public typealias Send = (_ action: String, _ payload: JSONValue) throws -> CommandOutcome

    /// - Returns: the outcome of the last command that mattered.
    public func run(_ send: Send) throws -> CommandOutcome.Outcome {
        let asked = try send("GetLocalListVersion", .object([]))
        guard asked.outcome == .accepted else { return asked.outcome }
        let version = Self.version(in: asked) ?? 0
        guard !Self.saysThatThereIsNone(asked) else { return .refused }
        var last = max(version, known?.version ?? 0)
        // As many are left as a list may have messages.
        let beginsAnew = last >= Int64(Int32.max) - Self.messagesAtMost
        if beginsAnew { last = 0 }
        if !isFull, !beginsAnew, let known, let content = known.tags, known.version == version, version > 0 {
            let changes = Self.changes(from: content, to: tags)
            guard !changes.isEmpty else { return .accepted }
            let outcome = try self.send(changes, "Differential", after: &last, send)
            guard outcome.outcome == .refused, outcome.status != "NotSupported" else { return outcome.outcome }
        }
        return try self.send(tags.map { .put($0) }, "Full", after: &last, send).outcome
    }

    /// Whether it is a GetLocalListVersion's answer of a charge point that has no such list: −1.
    public static func saysThatThereIsNone(_ outcome: CommandOutcome) -> Bool {
        outcome.action == "GetLocalListVersion" && version(in: outcome).map { $0 < 0 } ?? false
    }

    private static func version(in outcome: CommandOutcome) -> Int64? {
        outcome.payload.flatMap { try? JSONTree(parsing: $0).root["listVersion"]?.integer }
    }

    /// What has to change, in the order of the idTags.
    static func changes(from old: [Tag], to new: [Tag]) -> [TagChange] {
        let (before, after) = (TagList(old), TagList(new))
        let changes: [TagChange] =
            new.filter { before[$0.idTag] != $0 }.map { .put($0) }
            + old.filter { after[$0.idTag] == nil }.map { .remove(idTag: $0.idTag) }
        return changes.sorted { $0.idTag.utf8.lexicographicallyPrecedes($1.idTag.utf8) }
    }

    /// How many of so many entries go in one message: SendLocalListMaxLength, where the charge point tells it.
    private func lengthLimit(_ count: Int, _ send: Send) throws -> Int {
        guard count > Self.alwaysTaken else { return Self.alwaysTaken }
        let key = "SendLocalListMaxLength"
        let asked = try send("GetConfiguration", .object([("key", .array([.string(key)]))]))
        guard let root = asked.payload.flatMap({ try? JSONTree(parsing: $0).root }) else { return Self.usualLimit }
        let entry = root["configurationKey"]?.elements.first { $0["key"]?.text?.lowercased() == key.lowercased() }
        guard let limit = entry?["value"]?.text.flatMap({ Int($0) }), limit > 0 else { return Self.usualLimit }
        return limit
    }

    /// More than any list takes.
    private static let messagesAtMost: Int64 = 1_000_000

    /// Small enough for the charge points that do not tell their limit.
    private static let usualLimit = 100
    /// Few enough not to ask.
    private static let alwaysTaken = 10

    /// Sends changes in as many messages as it takes: the first of the kind given, the others as differences to it.
    ///
    /// - Parameter version: the last one that was used, before and after.
    private func send(
        _ changes: [TagChange], _ kind: String, after version: inout Int64, _ send: Send
    ) throws -> CommandOutcome {
        let limit = try lengthLimit(changes.count, send)
        var rest = changes[...]
        var kind = kind
        while true {
            version += 1
            let part = rest.prefix(limit)
            rest = rest.dropFirst(limit)
            let outcome = try send(
                "SendLocalList",
                .object([
                    ("listVersion", .integer(version)),
                    ("localAuthorizationList", .array(part.map(\.authorizationData))),
                    ("updateType", .string(kind)),
                ]))
            guard outcome.outcome == .accepted, !rest.isEmpty else { return outcome }
            kind = "Differential"
        }
    }
}

extension TagChange {
    var idTag: String {
        switch self {
        case .put(let tag): tag.idTag
        case .remove(let idTag): idTag
        }
    }

    /// AuthorizationData; a tag that is taken off the list has no information.
    var authorizationData: JSONValue {
        switch self {
        case .put(let tag):
            var writer = JSONWriter()
            tag.writeAuthorizationData(to: &writer)
            return (try? JSONTree(parsing: writer.bytes)).map { JSONValue($0.root) } ?? .null
        case .remove(let idTag): return .object([("idTag", .string(idTag))])
        }
    }
}
