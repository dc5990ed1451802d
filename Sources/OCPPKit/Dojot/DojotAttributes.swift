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

    mutating func set(_ label: String, text: String?) {
        // DOJOT's storage cannot tell a blank text from none.
        guard let text, !text.isEmpty, text != " " else { return }
        set(label, .string(text))
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
    public var payload: [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        for (label, value) in attributes.values {
            writer.key(label)
            value.write(to: &writer)
        }
        writer.member("timestamp", timestamp.milliseconds)
        writer.endObject()
        return writer.bytes
    }
}

extension DojotAttributes {
    public static func online(_ isOnline: Bool) -> DojotAttributes {
        var attributes = DojotAttributes()
        attributes.set("online", .boolean(isOnline))
        return attributes
    }

    static func boot(_ request: BootNotificationRequest) -> DojotAttributes {
        var attributes = DojotAttributes()
        attributes.set("vendor", text: request.chargePointVendor)
        attributes.set("model", text: request.chargePointModel)
        attributes.set("serialNumber", text: request.chargePointSerialNumber ?? request.chargeBoxSerialNumber)
        attributes.set("firmwareVersion", text: request.firmwareVersion)
        attributes.set("online", .boolean(true))
        return attributes
    }

    /// - Parameter connectors: the last status of each connector of the charge point, this one's included.
    static func status(_ request: StatusNotificationRequest, ofAll connectors: [Int64: String]) -> DojotAttributes {
        var attributes = DojotAttributes()
        let prefix = prefix(request.connectorId)
        attributes.set(prefix + "status", text: request.status?.text)
        attributes.set(prefix + "errorCode", text: request.errorCode?.text)
        attributes.set("status", text: mostActive(connectors))
        attributes.set("errorCode", text: request.errorCode?.text)
        return attributes
    }

    static func command(_ outcome: CommandOutcome) -> DojotAttributes {
        var attributes = DojotAttributes()
        attributes.set("lastCommand", text: outcome.action)
        attributes.set("lastCommandResult", text: outcome.status ?? outcome.outcome.rawValue)
        return attributes
    }

    static func started(
        connector: Int64?, transactionId: Int64?, idTag: String?, meterStart: ExactDecimal?
    ) -> DojotAttributes {
        var attributes = DojotAttributes()
        let prefix = prefix(connector)
        attributes.set(prefix + "transactionId", transactionId.map { .integer($0) })
        attributes.set(prefix + "idTag", text: idTag)
        attributes.set(prefix + "energy_Wh", meterStart.map { .decimal($0) })
        attributes.set("energy", meterStart.map { .decimal($0) })
        return attributes
    }

    static func stopped(
        connector: Int64?, transactionId: Int64?, meterStop: ExactDecimal?, reason: String?
    ) -> DojotAttributes {
        var attributes = DojotAttributes()
        let prefix = prefix(connector)
        attributes.set(prefix + "transactionId", transactionId.map { .integer($0) })
        attributes.set(prefix + "stopReason", text: reason ?? "Local")
        attributes.set(prefix + "energy_Wh", meterStop.map { .decimal($0) })
        attributes.set("energy", meterStop.map { .decimal($0) })
        return attributes
    }

    /// Connector 0 is the charge point itself and has no prefix of its own but `c0_`.
    private static func prefix(_ connector: Int64?) -> String { connector.map { $0 < 0 ? "" : "c\($0)_" } ?? "" }

    /// The status that says most about the whole station.
    private static func mostActive(_ connectors: [Int64: String]) -> String? {
        let order = [
            "Faulted", "Charging", "SuspendedEVSE", "SuspendedEV", "Finishing", "Preparing", "Reserved", "Unavailable",
            "Available",
        ]
        return order.first { status in connectors.values.contains(status) } ?? connectors.values.first
    }

    /// The values of one moment. Kilo units become plain ones, exactly; a value that is no number stays text.
    static func meterValue(_ meterValue: MeterValue, connector: Int64?, transactionId: Int64?) -> DojotAttributes {
        var attributes = DojotAttributes()
        let prefix = prefix(connector)
        attributes.set(prefix + "transactionId", transactionId.map { .integer($0) })
        for sample in meterValue.samples {
            let isKilo = sample.unit?.hasPrefix("k") ?? false
            guard let name = label(of: sample) else { continue }
            let value = sample.number.map { JSONValue.decimal(isKilo ? $0.shifted(by: 3) : $0) }
                ?? .string(sample.value)
            attributes.set(prefix + name, value)
            if let alias = aliases[name] { attributes.set(alias, value) }
        }
        return attributes
    }

    private static let names = [
        "Current.Import": "current", "Voltage": "voltage", "Power.Active.Import": "power_W",
        "Energy.Active.Import.Register": "energy_Wh", "SoC": "soc", "Temperature": "temperature",
    ]
    private static let aliases = [
        "current": "current", "current_L1": "current", "voltage": "voltage", "voltage_L1": "voltage",
        "voltage_L1_N": "voltage", "power_W": "power", "energy_Wh": "energy", "soc": "soc",
    ]

    /// Measurand, then phase, then the place where it is not the outlet: `current_L1`, `voltage_L1_N`, `power_W_Inlet`.
    private static func label(of sample: SampledValue) -> String? {
        let measurand = sample.measurand?.text ?? SampledValue.defaultMeasurand.rawValue
        var name = names[measurand] ?? measurand
        if let phase = sample.phase { name += "_" + phase.text }
        if let location = sample.location, location != SampledValue.defaultLocation { name += "_" + location.text }
        let label = String(name.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" }.prefix(100))
        return label.isEmpty ? nil : label
    }
}
