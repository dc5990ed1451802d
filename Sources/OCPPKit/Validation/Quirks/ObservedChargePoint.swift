/// What the frames of one charge point have shown so far.
struct ObservedChargePoint: Sendable {
    private(set) var make: ChargePointMake?
    var evidence = QuirkEvidence()
    /// Starts that wait for their answer, by message id; the newest few.
    private var starts: [(messageId: String, connector: Int64?, meter: ExactDecimal?)] = []
    /// What is known of the newest transactions.
    private var transactions: [(id: Int64, connector: Int64?, meter: ExactDecimal?)] = []

    /// Newest starts and transactions that are kept.
    private static let kept = 64

    mutating func add(_ record: FrameRecord) {
        let frame = record.frame
        let name = frame.kind == .call ? frame.action : frame.kind == .callResult ? record.action : nil
        let definition = name.flatMap(Actions.meant)
        let isRequest = frame.kind == .call
        if isRequest, let payload = frame.payload { learn(record, definition, payload) }
        if frame.kind == .callResult, definition?.name == "StartTransaction" { learnAnswer(record) }
        let isOfChargePoint =
            record.direction.map { $0 == .fromChargePoint }
            ?? definition.map { ($0.sender == .centralSystem) != isRequest } ?? isRequest
        guard isOfChargePoint else { return }
        evidence.frames += 1
        let message = "\(definition?.name ?? name ?? frame.kind.rawValue).\(isRequest ? "req" : "conf")"
        for violation in record.violations {
            let key = QuirkEvidence.Violated(
                message: message, code: violation.code, path: withoutIndexes(violation.path))
            see(key, in: &evidence.violations, record.source)
        }
        for repair in record.repairs { see(repair, in: &evidence.repairs, record.source) }
        guard !record.violations.isEmpty, let definition, let payload = frame.payload else { return }
        look(at: payload, isRequest ? definition.request : definition.response, message)
    }

    private func see<Key>(
        _ key: Key, in sightings: inout [Key: QuirkEvidence.Sightings], _ source: FrameRecord.Source?
    ) {
        guard sightings[key] != nil || sightings.count < QuirkEvidence.limit else { return }
        sightings[key, default: QuirkEvidence.Sightings(first: source)].count += 1
    }

    private func withoutIndexes(_ path: String) -> String {
        var isIndex = false
        return String(
            decoding: path.utf8.filter { byte in
                if byte == UInt8(ascii: "[") { isIndex = true }
                if byte == UInt8(ascii: "]") { isIndex = false }
                return !isIndex || !isDigit(byte)
            }, as: UTF8.self)
    }

    // MARK: Clocks, connectors, registers

    private mutating func learn(_ record: FrameRecord, _ definition: ActionDefinition?, _ payload: JSONNode) {
        switch definition?.name {
        case "BootNotification":
            let boot = BootNotificationRequest(payload)
            make = ChargePointMake(
                vendor: boot.chargePointVendor, model: boot.chargePointModel, firmware: boot.firmwareVersion)
        case "StartTransaction":
            let start = StartTransactionRequest(payload)
            starts = starts.suffix(Self.kept - 1) + [(record.frame.messageId, start.connectorId, start.meterStart)]
            see(time: payload["timestamp"], record)
        case "StopTransaction":
            see(time: payload["timestamp"], record)
            let stop = StopTransactionRequest(payload)
            guard let transaction = transactions.last(where: { $0.id == stop.transactionId }),
                let first = transaction.meter, let last = stop.meterStop
            else { return }
            evidence.stops += 1
            if last < first { evidence.stopsBelowStart += 1 }
        case "StatusNotification": see(time: payload["timestamp"], record)
        case "MeterValues":
            see(time: payload["meterValue"]?.elements.reversed().first?["timestamp"], record)
            let values = MeterValuesRequest(payload)
            guard values.connectorId == 0, let id = values.transactionId,
                let connector = transactions.last(where: { $0.id == id })?.connector, connector != 0
            else { return }
            evidence.connectorsOfZero[connector, default: 0] += 1
        default: break
        }
    }

    private mutating func learnAnswer(_ record: FrameRecord) {
        guard let id = StartTransactionResponse(record.frame.payload).transactionId,
            let start = starts.last(where: { $0.messageId == record.frame.messageId })
        else { return }
        transactions = transactions.suffix(Self.kept - 1) + [(id, start.connector, start.meter)]
    }

    /// Compares a time with the arrival of its frame.
    private mutating func see(time node: JSONNode?, _ record: FrameRecord) {
        guard let arrival = record.timestamp, let text = node?.text, let (time, repairs) = Timestamp.read(text),
            !time.isOfUnsetClock
        else { return }
        let seconds = (time - arrival) / 1000
        let quarter = Int((Double(seconds) / 900).rounded())
        let isNear = abs(seconds - Int64(quarter) * 900) <= 180 && (-14 * 4...14 * 4).contains(quarter)
        func see(_ clock: inout QuirkEvidence.Clock) {
            clock.times += 1
            if isNear { clock.quarters[quarter, default: 0] += 1 }
        }
        if repairs.contains(.missingZone) { see(&evidence.local) } else { see(&evidence.labelled) }
    }

    // MARK: Names

    private mutating func look(at node: JSONNode, _ shape: ObjectShape, _ message: String) {
        guard node.isObject else { return }
        for field in shape.fields {
            guard let value = node[field.key] else { continue }
            switch field.kind {
            case .enumeration(let allowed):
                if let text = value.text, let meant = meaning(of: text, among: allowed) {
                    note(text, meaning: meant, in: &evidence.values[field.key.description, default: [:]])
                }
            case .object(let inner): look(at: value, inner, message)
            case .array(.object(let inner), _):
                if value.isObject { look(at: value, inner, message) }
                for element in value.elements { look(at: element, inner, message) }
            default: break
            }
        }
        let unknown = node.members.filter { shape.index(of: $0.key) == nil }
        let missing = shape.fields.filter { $0.isRequired && node[$0.key] == nil }
        if unknown.count == 1, missing.count == 1, let (key, value) = unknown.first, let alias = key.text,
            fits(value, missing[0].kind), alias != "heartbeatInterval"
        {
            note(alias, meaning: missing[0].key.description, in: &evidence.fields[message, default: [:]])
        }
    }

    private func note(_ text: String, meaning: String, in table: inout [String: String]) {
        if table.count < QuirkEvidence.limit { table[text] = meaning }
    }

    /// Units that are written in other ways.
    private static let otherUnits = [
        "hz": "Hertz", "%": "Percent", "c": "Celsius", "°c": "Celsius", "degc": "Celsius", "f": "Fahrenheit",
    ]

    private func meaning(of text: String, among allowed: [String]) -> String? {
        guard !allowed.contains(text) else { return nil }
        let lower = text.lowercased()
        if let other = allowed.first(where: { $0.lowercased() == lower }) { return other }
        guard allowed.contains("Celsius"), let unit = Self.otherUnits[lower], allowed.contains(unit) else { return nil }
        return unit
    }

    private func fits(_ value: JSONNode, _ kind: Field.Kind) -> Bool {
        switch kind {
        case .string, .uri: value.kind == .string
        case .dateTime: value.text.map { Timestamp.read($0) != nil } ?? false
        case .integer: value.isIntegerLiteral
        case .decimal: value.kind == .number
        case .boolean: value.boolean != nil
        case .enumeration(let allowed): value.text.map(allowed.contains) ?? false
        case .object: value.isObject
        case .array: value.isArray
        }
    }
}
