/// Why a text is no file of quirk profiles.
public struct QuirkFileError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Where: `profiles[0].rules.register`.
    public let path: String
    /// What is wrong there, for people.
    public let message: String

    public var description: String { path.isEmpty ? message : "\(path): \(message)" }
}

extension Quirks {
    /// Reads a file of profiles: `{"profiles":[{"name","match":{…},"rules":{…}}]}`, as `docs/quirks.md` has it. What
    /// stands under `evidence` and `note` is for people.
    ///
    /// - Parameter zone: finds a time zone by its name; `nil` where there is none.
    public init(parsing bytes: [UInt8], zone: @escaping (String) -> QuirkRules.Zone?) throws(QuirkFileError) {
        let root: JSONNode
        do {
            root = try JSONTree(parsing: bytes).root
        } catch {
            throw QuirkFileError(path: "", message: "\(error)")
        }
        let file = QuirkFile(zone: zone)
        let members = try file.members(root, "", ["profiles", "evidence", "note"])
        guard let list = members["profiles"], list.isArray else {
            throw QuirkFileError(path: "profiles", message: "missing, or no array")
        }
        var profiles: [QuirkProfile] = []
        for (index, node) in list.elements.enumerated() {
            profiles.append(try file.profile(node, "profiles[\(index)]"))
        }
        self.init(profiles)
    }
}

private struct QuirkFile {
    let zone: (String) -> QuirkRules.Zone?

    func profile(_ node: JSONNode, _ path: String) throws(QuirkFileError) -> QuirkProfile {
        let members = try members(node, path, ["name", "match", "rules", "evidence", "note"])
        var profile = QuirkProfile(name: nil, match: QuirkMatch(), rules: QuirkRules())
        if let name = members["name"] { profile.name = try text(name, "\(path).name") }
        if let match = members["match"] {
            let path = "\(path).match"
            let patterns = try self.members(match, path, ["vendor", "model", "firmware", "chargePointId"])
            func pattern(_ key: String) throws(QuirkFileError) -> String? {
                guard let node = patterns[key] else { return nil }
                return try text(node, "\(path).\(key)")
            }
            profile.match.vendor = try pattern("vendor")
            profile.match.model = try pattern("model")
            profile.match.firmware = try pattern("firmware")
            profile.match.chargePointId = try pattern("chargePointId")
        }
        guard let rules = members["rules"] else {
            throw QuirkFileError(path: "\(path).rules", message: "missing")
        }
        for (name, value) in try self.members(rules, "\(path).rules", QuirkRules.Name.allCases.map(\.rawValue)) {
            guard let rule = QuirkRules.Name(rawValue: name) else { continue }
            profile.rules.given.insert(rule)
            try read(rule, value, "\(path).rules.\(name)", into: &profile.rules)
        }
        if profile.rules.areZoneLabelsWrong, profile.rules.zone == nil {
            throw QuirkFileError(path: "\(path).rules.zoneLabels", message: "needs a timezone beside it")
        }
        return profile
    }

    private func read(
        _ rule: QuirkRules.Name, _ node: JSONNode, _ path: String, into rules: inout QuirkRules
    ) throws(QuirkFileError) {
        switch rule {
        case .timezone:
            let name = try text(node, path)
            guard let zone = zone(name) else {
                throw QuirkFileError(
                    path: path, message: "\(quoted(name)) is no time zone, such as Europe/Lisbon or +02:00")
            }
            rules.zone = zone
        case .zoneLabels: rules.areZoneLabelsWrong = try word(node, path, ["right", "wrong"]) == "wrong"
        case .actions:
            rules.actions = try texts(node, path)
            for (alias, name) in rules.actions where Actions.named(name) == nil {
                throw QuirkFileError(path: "\(path).\(alias)", message: "\(quoted(name)) is no action of OCPP 1.6")
            }
        case .fields:
            for (message, aliases) in try members(node, path, nil) {
                guard isMessage(message) else {
                    throw QuirkFileError(
                        path: "\(path).\(message)", message: "no message; write StopTransaction.req or .conf")
                }
                rules.fields[message] = try texts(aliases, "\(path).\(message)")
            }
        case .values:
            for (field, aliases) in try members(node, path, nil) {
                rules.values[field] = try texts(aliases, "\(path).\(field)")
            }
        case .units: rules.units = try texts(node, path)
        case .measurands: rules.measurands = try texts(node, path)
        case .meterUnit: rules.isMeterInKilowattHours = try word(node, path, ["Wh", "kWh"]) == "kWh"
        case .register:
            let name = try word(node, path, QuirkRules.Register.allCases.map(\.rawValue))
            rules.register = QuirkRules.Register(rawValue: name) ?? .lifetime
        case .connectors:
            for (from, to) in try members(node, path, nil) {
                guard let from = Int64(from), let to = to.integer, to >= 0 else {
                    throw QuirkFileError(path: "\(path).\(from)", message: "connectors are numbers: {\"0\": 1}")
                }
                rules.connectors[from] = to
            }
        case .phases:
            let name = try word(node, path, QuirkRules.Phases.allCases.map(\.rawValue))
            rules.phases = QuirkRules.Phases(rawValue: name) ?? .add
        case .without:
            guard node.isArray else { throw QuirkFileError(path: path, message: "must be an array of repairs") }
            for (index, element) in node.elements.enumerated() {
                let name = try word(element, "\(path)[\(index)]", QuirkRules.refusable.map(\.rawValue))
                if let repair = Repair(rawValue: name) { rules.without.insert(repair) }
            }
        }
    }

    private func isMessage(_ name: String) -> Bool {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 2 && Actions.named(String(parts[0])) != nil && (parts[1] == "req" || parts[1] == "conf")
    }

    /// An object's members, each known and only once.
    func members(
        _ node: JSONNode, _ path: String, _ known: [String]?
    ) throws(QuirkFileError) -> [String: JSONNode] {
        guard node.isObject else { throw QuirkFileError(path: path, message: "must be an object") }
        var members: [String: JSONNode] = [:]
        for (key, value) in node.members {
            let name = key.text ?? ""
            let place = path.isEmpty ? name : "\(path).\(name)"
            if let known, !known.contains(name) {
                let suggestion = nearest(to: name, among: known).map { "; did you mean \($0)?" } ?? ""
                throw QuirkFileError(path: place, message: "unknown key" + suggestion)
            }
            guard members.updateValue(value, forKey: name) == nil else {
                throw QuirkFileError(path: place, message: "stands twice")
            }
        }
        return members
    }

    private func text(_ node: JSONNode, _ path: String) throws(QuirkFileError) -> String {
        guard let text = node.text else { throw QuirkFileError(path: path, message: "must be a text") }
        return text
    }

    private func texts(_ node: JSONNode, _ path: String) throws(QuirkFileError) -> [String: String] {
        var texts: [String: String] = [:]
        for (key, value) in try members(node, path, nil) { texts[key] = try text(value, "\(path).\(key)") }
        return texts
    }

    private func word(_ node: JSONNode, _ path: String, _ words: [String]) throws(QuirkFileError) -> String {
        let text = try text(node, path)
        guard words.contains(text) else {
            throw QuirkFileError(path: path, message: "\(quoted(text)) is none of \(words.joined(separator: ", "))")
        }
        return text
    }
}
