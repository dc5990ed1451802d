/// What an attribute of the template is: DOJOT's type, value type and unit.
public struct AttributeDefinition: Sendable, Equatable {
    public enum Kind: String, Sendable {
        case `static`, dynamic, actuator
    }

    /// DOJOT takes any text. Its web interface draws charts of integers and floats alone.
    public enum ValueType: String, Sendable {
        case string, integer, float
        case boolean = "bool"
        case place = "geo:point"
    }

    public let label: String
    public let kind: Kind
    public let valueType: ValueType
    /// Kept as the attribute's metadata `unit`.
    public let unit: String?

    init(_ label: String, _ kind: Kind, _ valueType: ValueType, unit: String? = nil) {
        self.label = label
        self.kind = kind
        self.valueType = valueType
        self.unit = unit
    }

    /// The same attribute under another label.
    public func named(_ label: String) -> AttributeDefinition {
        AttributeDefinition(label, kind, valueType, unit: unit)
    }
}

/// What a charge point publishes about itself as a whole, by the labels it goes under.
///
/// No attribute is ever called `timestamp`: DOJOT takes that name for the time of a message.
public enum StationAttribute: String, Sendable, CaseIterable {
    case status, current, voltage, energy, power, online
    case vendor, model, serialNumber, firmwareVersion
    case errorCode, lastCommand, lastCommandResult
    /// Tells a message from another one: what is published again has the same.
    case eventId

    public var label: String { rawValue }

    public var definition: AttributeDefinition {
        switch self {
        case .current: AttributeDefinition(label, .dynamic, .float, unit: "A")
        case .voltage: AttributeDefinition(label, .dynamic, .float, unit: "V")
        case .energy: AttributeDefinition(label, .dynamic, .float, unit: "Wh")
        case .power: AttributeDefinition(label, .dynamic, .float, unit: "W")
        case .online: AttributeDefinition(label, .dynamic, .boolean)
        case .status, .vendor, .model, .serialNumber, .firmwareVersion, .errorCode, .lastCommand, .lastCommandResult,
            .eventId:
            AttributeDefinition(label, .dynamic, .string)
        }
    }
}

/// What a charge point publishes about one connector, by the part of the label after `c<connector>_`.
public enum ConnectorAttribute: String, Sendable, CaseIterable {
    case status, errorCode
    case current
    case currentL1 = "current_L1"
    case currentL2 = "current_L2"
    case currentL3 = "current_L3"
    case voltage
    case voltageL1 = "voltage_L1"
    case voltageL2 = "voltage_L2"
    case voltageL3 = "voltage_L3"
    case power = "power_W"
    case energy = "energy_Wh"
    case stateOfCharge = "soc"
    case temperature
    case transactionId, idTag, stopReason

    /// The whole label, for example `c1_current_L1`. Connectors count from 1.
    public func label(connector: Int) -> String { "c\(connector)_\(rawValue)" }

    public func definition(connector: Int) -> AttributeDefinition {
        let label = label(connector: connector)
        return switch self {
        case .current, .currentL1, .currentL2, .currentL3: AttributeDefinition(label, .dynamic, .float, unit: "A")
        case .voltage, .voltageL1, .voltageL2, .voltageL3: AttributeDefinition(label, .dynamic, .float, unit: "V")
        case .power: AttributeDefinition(label, .dynamic, .float, unit: "W")
        case .energy: AttributeDefinition(label, .dynamic, .float, unit: "Wh")
        case .stateOfCharge: AttributeDefinition(label, .dynamic, .float, unit: "%")
        case .temperature: AttributeDefinition(label, .dynamic, .float, unit: "Celsius")
        case .transactionId: AttributeDefinition(label, .dynamic, .integer)
        case .status, .errorCode, .idTag, .stopReason: AttributeDefinition(label, .dynamic, .string)
        }
    }
}

/// What is fixed for a charge point, given as the device's overrides of the template.
public enum FixedAttribute: String, Sendable, CaseIterable {
    case ocppId, location

    public var label: String { rawValue }

    public var definition: AttributeDefinition {
        AttributeDefinition(label, .static, self == .location ? .place : .string)
    }
}

/// What DOJOT's users may ask a charge point for. The value is text, or an object as JSON or as its text.
public enum Actuator: String, Sendable, CaseIterable {
    case remoteStart, remoteStop, reset, unlockConnector, changeAvailability
    case changeConfiguration, clearCache, triggerMessage, dataTransfer

    public var label: String { rawValue }

    public var definition: AttributeDefinition { AttributeDefinition(label, .actuator, .string) }
}
