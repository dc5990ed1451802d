/// What a device published at one time, as DOJOT gives it back.
public struct DeviceMessage: Sendable {
    public let chargePointId: String
    public let time: Timestamp
    /// By our labels, in order.
    public let values: [(label: String, value: JSONValue)]

    public init(chargePointId: String, time: Timestamp, values: [(label: String, value: JSONValue)]) {
        self.chargePointId = chargePointId
        self.time = time
        self.values = values
    }
}

/// A stored value that is no sample of a meter: the `history` record.
public struct StoredAttribute: Sendable {
    public let chargePointId: String
    public let time: Timestamp
    public let attribute: String
    public let value: JSONValue

    public init(chargePointId: String, time: Timestamp, attribute: String, value: JSONValue) {
        self.chargePointId = chargePointId
        self.time = time
        self.attribute = attribute
        self.value = value
    }

    /// Writes the record as one line, its newline included.
    public func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("record", "history")
        writer.member("timestamp", time)
        writer.member("chargePointId", chargePointId)
        writer.member("attribute", attribute)
        writer.key("value")
        value.write(to: &writer)
        writer.endObject()
        writer.endLine()
    }
}

/// Turns what devices published back into samples and sessions, with the code that makes them of frames.
///
/// Messages of a charge point come in the order of their times. What the labels do not tell is as the specification
/// has it by default: context, format and location; a phase against neutral is the phase.
public struct DeviceMessages: Sendable {
    public enum Item: Sendable {
        case attribute(StoredAttribute)
        case sample(MeterSample)
        /// A session that has begun or ended.
        case session(Session)
    }

    private var folder = SessionFolder()
    private var count = 0

    public init() {}

    /// Every session that was seen, in the order of their first messages.
    public var sessions: [Session] { folder.sessions }

    public mutating func take(_ message: DeviceMessage) -> [Item] {
        var items: [Item] = []
        var connectors: [Int64: ConnectorValues] = [:]
        for (label, value) in message.values {
            let attribute = Item.attribute(
                StoredAttribute(
                    chargePointId: message.chargePointId, time: message.time, attribute: label, value: value))
            guard let (connector, name) = Self.split(label) else {
                items.append(attribute)
                continue
            }
            if !connectors[connector, default: ConnectorValues()].take(name, value) { items.append(attribute) }
        }
        for (connector, values) in connectors.sorted(by: { $0.key < $1.key }) {
            fold(values, of: connector, in: message, &items)
        }
        return items
    }

    /// `c1_power_W` is connector 1 and `power_W`.
    private static func split(_ label: String) -> (Int64, String)? {
        guard label.hasPrefix("c"), let line = label.firstIndex(of: "_"),
            let connector = Int64(label[..<line].dropFirst()), connector >= 0
        else { return nil }
        return (connector, String(label[line...].dropFirst()))
    }

    private mutating func fold(
        _ values: ConnectorValues, of connector: Int64, in message: DeviceMessage, _ items: inout [Item]
    ) {
        let time = JSONValue.string(message.time.description)
        var changed: [Int] = []
        if let idTag = values.idTag {
            var start = JSONValue.object([("connectorId", .integer(connector)), ("idTag", .string(idTag))])
            start["meterStart"] = values.register
            start["timestamp"] = time
            changed += call("StartTransaction", start, message, connector)
            if let transactionId = values.transactionId {
                let answer = JSONValue.object([
                    ("transactionId", .integer(transactionId)),
                    ("idTagInfo", .object([("status", .string("Accepted"))])),
                ])
                changed += take(Frame.callResult(id: "\(count)", payload: answer.bytes), message, .fromCentralSystem)
            }
        }
        if !values.samples.isEmpty {
            var request = JSONValue.object([("connectorId", .integer(connector))])
            if let transactionId = values.transactionId { request["transactionId"] = .integer(transactionId) }
            let samples = JSONValue.array(values.samples)
            request["meterValue"] = .array([.object([("timestamp", time), ("sampledValue", samples)])])
            // The register of a start or stop is a reading, too; only that of neither says something of a session.
            let isReading = values.samples.count > 1 || values.idTag == nil && values.stopReason == nil
            if let record = record("MeterValues", request, message) {
                items += MeterSample.samples(from: record).map(Item.sample)
                if isReading { _ = folder.fold(record) }
            }
        }
        if let reason = values.stopReason, let transactionId = values.transactionId {
            var stop = JSONValue.object([("transactionId", .integer(transactionId))])
            stop["meterStop"] = values.register
            stop["timestamp"] = time
            stop["reason"] = .string(reason)
            changed += call("StopTransaction", stop, message, connector)
        }
        for number in Set(changed).sorted() {
            if let session = folder.session(number) { items.append(.session(session)) }
        }
    }

    private mutating func call(
        _ action: String, _ payload: JSONValue, _ message: DeviceMessage, _ connector: Int64
    ) -> [Int] {
        record(action, payload, message).map { folder.fold($0) } ?? []
    }

    private mutating func record(_ action: String, _ payload: JSONValue, _ message: DeviceMessage) -> FrameRecord? {
        count += 1
        guard let frame = try? Frame.read(Frame.call(id: "\(count)", action: action, payload: payload.bytes)) else {
            return nil
        }
        // When a frame arrived, nobody knows any more: its own time is all there is.
        return FrameRecord(
            timestamp: nil, chargePointId: message.chargePointId, direction: .fromChargePoint, frame: frame)
    }

    private mutating func take(_ answer: [UInt8], _ message: DeviceMessage, _ direction: Direction) -> [Int] {
        guard let frame = try? Frame.read(answer) else { return [] }
        return folder.fold(
            FrameRecord(timestamp: nil, chargePointId: message.chargePointId, direction: direction, frame: frame))
    }
}

/// The values of one connector in a message.
private struct ConnectorValues {
    var transactionId: Int64?
    var idTag: String?
    var stopReason: String?
    /// Wh.
    var register: JSONValue?
    /// As MeterValues has them.
    var samples: [JSONValue] = []

    /// - Returns: whether the value is a sample; what else it says is taken all the same.
    mutating func take(_ name: String, _ value: JSONValue) -> Bool {
        if let attribute = ConnectorAttribute(rawValue: name) {
            switch attribute {
            case .transactionId:
                if case .number(let text) = value {
                    transactionId = ExactDecimal(text).flatMap { Int64($0.description) }
                }
            case .idTag: idTag = value.text
            case .stopReason: stopReason = value.text
            case .energy: if case .number = value { register = value }
            default: break
            }
        }
        guard let meaning = MeasurandLabels.meanings[name] else { return false }
        let text: String
        switch value {
        case .number(let number): text = number
        case .string(let string): text = string
        default: return false
        }
        var sample = JSONValue.object([("value", .string(text)), ("measurand", .string(meaning.measurand.rawValue))])
        sample["phase"] = meaning.phase.map { .string($0.rawValue) }
        sample["location"] = meaning.location.map { .string($0.rawValue) }
        sample["unit"] = MeasurandLabels.unit(of: meaning.measurand).map { .string($0) }
        samples.append(sample)
        return true
    }
}

/// What labels without their connector mean: the way back from `DojotAttributes`.
private enum MeasurandLabels {
    struct Meaning {
        let measurand: Measurand
        /// `nil` where the label does not tell.
        let location: Location?
        let phase: Phase?
    }

    /// Of labels that stand for several, the meaning that says least.
    static let meanings: [String: Meaning] = {
        var meanings: [String: Meaning] = [:]
        let locations: [Location?] = [nil] + Location.allCases
        let phases: [Phase?] = [nil] + Phase.allCases
        for measurand in Measurand.allCases {
            for location in locations {
                for phase in phases {
                    let sample = SampledValue(ExactDecimal(0), measurand, phase: phase, location: location)
                    let (name, suffix) = DojotAttributes.label(of: sample)
                    if meanings[name + suffix] == nil {
                        meanings[name + suffix] = Meaning(measurand: measurand, location: location, phase: phase)
                    }
                }
            }
        }
        return meanings
    }()

    /// Kilo units were converted when the values were published.
    static func unit(of measurand: Measurand) -> String? {
        switch measurand {
        case .energyActiveExportRegister, .energyActiveImportRegister, .energyActiveExportInterval,
            .energyActiveImportInterval:
            "Wh"
        case .energyReactiveExportRegister, .energyReactiveImportRegister, .energyReactiveExportInterval,
            .energyReactiveImportInterval:
            "varh"
        case .powerActiveExport, .powerActiveImport, .powerOffered: "W"
        case .powerReactiveExport, .powerReactiveImport: "var"
        case .currentImport, .currentExport, .currentOffered: "A"
        case .voltage: "V"
        case .soC: "Percent"
        case .powerFactor, .frequency, .temperature, .rpm: nil
        }
    }
}
