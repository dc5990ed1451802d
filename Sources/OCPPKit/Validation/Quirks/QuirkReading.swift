/// One payload, read by a charge point's rules.
struct QuirkReading {
    private let rules: QuirkRules
    /// The rules that changed something, as they stand in `repairs`, and the repairs that went with them.
    private(set) var notes: [String] = []
    private var aliases: [String: String] = [:]

    init(_ rules: QuirkRules) { self.rules = rules }

    var hasNotes: Bool { !notes.isEmpty }

    /// The action that a name stands for.
    mutating func action(_ name: String) -> String {
        guard let meant = rules.actions[name] else { return name }
        note(.actions)
        return meant
    }

    /// What is to be read in place of the payload; `nil` where it stays as it came.
    mutating func read(_ payload: JSONNode, of action: ActionDefinition, isRequest: Bool) -> JSONNode? {
        let before = notes.count
        aliases = rules.fields["\(action.name).\(isRequest ? "req" : "conf")"] ?? [:]
        var value = object(payload, isRequest ? action.request : action.response)
        if isRequest {
            readRegisters(of: &value, isStart: action.name == "StartTransaction")
            if action.name == "StartTransaction" || action.name == "MeterValues" { readConnector(of: &value) }
        }
        guard notes.count > before else { return nil }
        return (try? JSONTree(parsing: value.bytes))?.root
    }

    private mutating func object(_ node: JSONNode, _ shape: ObjectShape) -> JSONValue {
        guard node.isObject else { return JSONValue(node) }
        var members: [(name: String, value: JSONValue)] = []
        for (key, value) in node.members {
            var name = key.text ?? ""
            if shape.field(named: name) == nil, let meant = aliases[name], shape.field(named: meant) != nil,
                node.member(named: meant) == nil
            {
                name = meant
                note(.fields)
            }
            guard let field = shape.field(named: name) else {
                members.append((name, JSONValue(value)))
                continue
            }
            if isRefused(field, in: node) {
                note(.without)
            } else {
                members.append((name, self.value(value, field)))
            }
        }
        var result = JSONValue.object(members)
        if shape.field(named: "measurand") != nil { complete(sample: &result) }
        return result
    }

    private mutating func value(_ node: JSONNode, _ field: Field) -> JSONValue {
        switch field.kind {
        case .dateTime: return time(node)
        case .enumeration:
            guard let text = node.text, let meant = rules.values[field.key.description]?[text] else { break }
            note(.values)
            return .string(meant)
        case .object(let shape): return object(node, shape)
        case .array(.object(let shape), _):
            // One object where an array belongs is read as such later; its own fields count already.
            guard node.isArray else { return object(node, shape) }
            var elements: [JSONValue] = []
            for element in node.elements { elements.append(object(element, shape)) }
            if field.key.description == "sampledValue" { joinPhases(&elements) }
            return .array(elements)
        default: break
        }
        return JSONValue(node)
    }

    /// Whether the field needs a repair that is not to be made.
    private func isRefused(_ field: Field, in node: JSONNode) -> Bool {
        guard !rules.without.isEmpty else { return false }
        var reader = PayloadReader(node)
        switch field.kind {
        case .object: return false
        case .array(.object, _): _ = reader.elements(field.key)
        default: reader.read(field)
        }
        return reader.repairs.contains { Repair(rawValue: $0).map(rules.without.contains) ?? false }
    }

    // MARK: Rules

    private mutating func time(_ node: JSONNode) -> JSONValue {
        guard let zone = rules.zone, let text = node.text, let (time, repairs) = Timestamp.read(text) else {
            return JSONValue(node)
        }
        let utc: Timestamp?
        if repairs.contains(.missingZone) {
            utc = zone(time)
            if utc != nil { note(.timezone) }
        } else if rules.areZoneLabelsWrong, let local = Timestamp.read(withoutZone(text))?.time {
            utc = zone(local)
            if utc != nil { note(.zoneLabels) }
        } else {
            utc = nil
        }
        guard let utc else { return JSONValue(node) }
        for repair in repairs where repair != .missingZone { note(repair.rawValue) }
        return .string(utc.description)
    }

    private func withoutZone(_ text: String) -> Substring.UTF8View {
        let bytes = text.utf8
        guard let end = bytes.lastIndex(where: { isDigit($0) || $0 == UInt8(ascii: "Z") || $0 == UInt8(ascii: "z") })
        else { return bytes[...] }
        if !isDigit(bytes[end]) { return bytes[..<end] }
        // The date has its hyphens in the first characters.
        let sign = bytes.lastIndex { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "-") } ?? bytes.endIndex
        return bytes.distance(from: bytes.startIndex, to: sign) > 10 ? bytes[..<sign] : bytes[...]
    }

    private mutating func complete(sample: inout JSONValue) {
        if sample["measurand"] == nil, let unit = sample["unit"]?.text, let measurand = rules.measurands[unit] {
            sample["measurand"] = .string(measurand)
            note(.measurands)
        }
        let measurand = sample["measurand"]?.text ?? SampledValue.defaultMeasurand.rawValue
        if sample["unit"] == nil, sample["value"] != nil, let unit = rules.units[measurand] {
            sample["unit"] = .string(unit)
            note(.units)
        }
    }

    /// Where every phase says the power of all: one sample without phase stands for them.
    private mutating func joinPhases(_ samples: inout [JSONValue]) {
        guard rules.phases == .total else { return }
        var joined: Set<String> = []
        var kept: [JSONValue] = []
        for var sample in samples {
            if let measurand = sample["measurand"]?.text, measurand.hasPrefix("Power."), sample["phase"] != nil {
                note(.phases)
                guard joined.insert(measurand).inserted else { continue }
                sample["phase"] = nil
            }
            kept.append(sample)
        }
        samples = kept
    }

    private mutating func readRegisters(of payload: inout JSONValue, isStart: Bool) {
        for name in ["meterStart", "meterStop"] where rules.isMeterInKilowattHours {
            let text: String? =
                switch payload[name] {
                case .number(let text), .string(let text): text
                default: nil
                }
            guard let number = text.flatMap({ ExactDecimal(trimmed($0)) }) else { continue }
            payload[name] = .decimal(number.shifted(by: 3))
            note(.meterUnit)
        }
        if isStart, rules.register == .session, let start = payload["meterStart"], start != .number("0") {
            payload["meterStart"] = .number("0")
            note(.register)
        }
    }

    private mutating func readConnector(of payload: inout JSONValue) {
        guard case .number(let text) = payload["connectorId"], let id = Int64(text), let meant = rules.connectors[id]
        else { return }
        payload["connectorId"] = .integer(meant)
        note(.connectors)
    }

    private mutating func note(_ rule: QuirkRules.Name) { note(rule.repair) }

    private mutating func note(_ name: String) {
        if !notes.contains(name) { notes.append(name) }
    }
}
