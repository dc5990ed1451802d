/// Values of a charge point as a DOJOT device has them: flat labels and their values, in order.
///
/// Per-connector labels carry a prefix (`c1_status`); plain ones (`status`, `current`, `voltage`, `power`, `energy`)
/// give the whole station's simple view. Labels hold letters, digits, `_` and `-` only.
public struct DojotAttributes: Sendable, Equatable {
    public private(set) var values: [(label: String, value: JSONValue)] = []

    public init() {}

    public var isEmpty: Bool { values.isEmpty }

    /// Sets a label once: a later value replaces an earlier one in its place.
    public mutating func set(_ label: String, _ value: JSONValue?) {
        guard let value else { return }
        if let index = values.firstIndex(where: { $0.label == label }) {
            values[index].value = value
        } else {
            values.append((label, value))
        }
    }

    private mutating func set(_ attribute: StationAttribute, _ value: JSONValue?) { set(attribute.label, value) }
    private mutating func set(_ attribute: StationAttribute, text: String?) { set(attribute.label, visible(text)) }

    private mutating func set(_ attribute: ConnectorAttribute, of connector: Int64?, _ value: JSONValue?) {
        guard let connector, connector >= 0 else { return }
        set(attribute.label(connector: Int(clamping: connector)), value)
    }

    private mutating func set(_ attribute: ConnectorAttribute, of connector: Int64?, text: String?) {
        set(attribute, of: connector, visible(text))
    }

    /// DOJOT's storage cannot tell a blank text from none.
    private func visible(_ text: String?) -> JSONValue? {
        text.flatMap { $0.isEmpty || $0 == " " ? nil : .string($0) }
    }

    public static func == (left: DojotAttributes, right: DojotAttributes) -> Bool {
        left.values.elementsEqual(right.values) { $0.label == $1.label && $0.value == $1.value }
    }
}

/// Values of one charge point at one time, to be published as one JSON object.
public struct Publication: Sendable {
    public var chargePointId: String
    public var timestamp: Timestamp
    public var attributes: DojotAttributes

    public init(chargePointId: String, timestamp: Timestamp, attributes: DojotAttributes) {
        self.chargePointId = chargePointId
        self.timestamp = timestamp
        self.attributes = attributes
    }

    /// The MQTT payload: one object, numbers as numbers, `timestamp` in milliseconds since 1970.
    ///
    /// - Parameter eventId: the same where the same is published again; `nil` to leave it out.
    public func payload(eventId: String?) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        for (label, value) in attributes.values {
            writer.key(label)
            value.write(to: &writer)
        }
        writer.member("timestamp", timestamp.milliseconds)
        writer.member("eventId", eventId)
        writer.endObject()
        return writer.bytes
    }
}

extension DojotAttributes {
    static func online(_ isOnline: Bool) -> DojotAttributes {
        var attributes = DojotAttributes()
        attributes.set(.online, .boolean(isOnline))
        return attributes
    }

    /// What a broker says of a charge point whose server died: a payload without a time of its own.
    public static func lastWill(labels: AttributeLabels) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        for (label, value) in online(false).renamed(labels).values {
            writer.key(label)
            value.write(to: &writer)
        }
        writer.endObject()
        return writer.bytes
    }

    static func boot(_ request: BootNotificationRequest) -> DojotAttributes {
        var attributes = DojotAttributes()
        attributes.set(.vendor, text: request.chargePointVendor)
        attributes.set(.model, text: request.chargePointModel)
        attributes.set(.serialNumber, text: request.chargePointSerialNumber ?? request.chargeBoxSerialNumber)
        attributes.set(.firmwareVersion, text: request.firmwareVersion)
        attributes.set(.online, .boolean(true))
        return attributes
    }

    /// - Parameter connectors: the last status of each connector of the charge point, this one's included.
    static func status(_ request: StatusNotificationRequest, ofAll connectors: [Int64: String]) -> DojotAttributes {
        var attributes = DojotAttributes()
        attributes.set(.status, of: request.connectorId, text: request.status?.text)
        attributes.set(.errorCode, of: request.connectorId, text: request.errorCode?.text)
        attributes.set(.status, text: mostActive(connectors))
        attributes.set(.errorCode, text: request.errorCode?.text)
        return attributes
    }

    static func command(_ outcome: CommandOutcome) -> DojotAttributes {
        var attributes = DojotAttributes()
        attributes.set(.lastCommand, text: outcome.action)
        attributes.set(.lastCommandResult, text: outcome.status ?? outcome.outcome.rawValue)
        return attributes
    }

    static func started(_ request: StartTransactionRequest, transactionId: Int64?) -> DojotAttributes {
        var attributes = DojotAttributes()
        let connector = request.connectorId
        attributes.set(.transactionId, of: connector, transactionId.map { .integer($0) })
        attributes.set(.idTag, of: connector, text: request.idTag)
        attributes.setRegister(request.meterStart, of: connector)
        return attributes
    }

    static func stopped(_ request: StopTransactionRequest, connector: Int64?) -> DojotAttributes {
        var attributes = DojotAttributes()
        attributes.set(.transactionId, of: connector, request.transactionId.map { .integer($0) })
        attributes.set(.stopReason, of: connector, text: request.reason?.text ?? Reason.local.rawValue)
        attributes.setRegister(request.meterStop, of: connector)
        return attributes
    }

    private mutating func setRegister(_ wattHours: ExactDecimal?, of connector: Int64?) {
        set(.energy, of: connector, wattHours.map { .decimal($0) })
        set(.energy, wattHours.map { .decimal($0) })
    }

    /// The values of one moment. Kilo units become plain ones, exactly; a value that is no number stays text.
    static func meterValue(_ meterValue: MeterValue, connector: Int64?, transactionId: Int64?) -> DojotAttributes {
        var attributes = DojotAttributes()
        attributes.set(.transactionId, of: connector, transactionId.map { .integer($0) })
        for sample in meterValue.samples {
            let isKilo = sample.unit?.hasPrefix("k") ?? false
            let value =
                sample.number.map { JSONValue.decimal(isKilo ? $0.shifted(by: 3) : $0) }
                ?? .string(sample.value)
            let (name, phase) = label(of: sample)
            if let connector, connector >= 0 { attributes.set("c\(connector)_\(name)\(phase)", value) }
            // The station's simple view: the total, or the first phase where there is no total.
            if let alias = aliases[name], phase.isEmpty || phase == "_L1" && !attributes.has(alias) {
                attributes.set(alias, value)
            }
        }
        return attributes
    }

    private func has(_ attribute: StationAttribute) -> Bool { values.contains { $0.label == attribute.label } }

    private static let names: [Measurand: ConnectorAttribute] = [
        .currentImport: .current, .voltage: .voltage, .powerActiveImport: .power,
        .energyActiveImportRegister: .energy, .soC: .stateOfCharge, .temperature: .temperature,
    ]
    /// Where a measurand is measured as a matter of course, if not at the outlet.
    private static let homes: [Measurand: Location] = [.soC: .ev, .temperature: .body]
    private static let aliases: [String: StationAttribute] = [
        ConnectorAttribute.current.rawValue: .current, ConnectorAttribute.voltage.rawValue: .voltage,
        ConnectorAttribute.power.rawValue: .power, ConnectorAttribute.energy.rawValue: .energy,
    ]

    /// Measurand and place, then phase: `current`, `_L1`. A phase against neutral is the phase: `L1-N` is `_L1`.
    static func label(of sample: SampledValue) -> (name: String, phase: String) {
        let measurand = sample.measurand ?? .known(SampledValue.defaultMeasurand)
        var name = measurand.known.flatMap { names[$0]?.rawValue } ?? measurand.text
        let home = measurand.known.flatMap { homes[$0] } ?? SampledValue.defaultLocation
        if let location = sample.location, location != SampledValue.defaultLocation, location != home {
            name += "_" + location.text
        }
        let phase = sample.phase.map { $0.text.hasSuffix("-N") ? String($0.text.dropLast(2)) : $0.text }
        return (labelled(name), phase.map { "_" + labelled($0) } ?? "")
    }

    /// DOJOT's labels hold letters, digits, `_` and `-`.
    private static func labelled(_ text: String) -> String {
        String(text.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" }.prefix(100))
    }

    /// The status that says most about the whole station.
    private static func mostActive(_ connectors: [Int64: String]) -> String? {
        let order: [ChargePointStatus] = [
            .faulted, .charging, .suspendedEVSE, .suspendedEV, .finishing, .preparing, .reserved, .unavailable,
            .available,
        ]
        return order.first { status in connectors.values.contains(status.rawValue) }?.rawValue
            ?? connectors.min { $0.key < $1.key }?.value
    }
}
