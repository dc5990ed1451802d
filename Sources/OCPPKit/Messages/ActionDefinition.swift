/// An action of OCPP 1.6 as data: drives validation, `send`'s `key=value`, documentation and fixtures.
///
/// Each action is one file in `Messages/<Profile>/`, which extends `ActionDefinition` with its constant and declares the
/// structs that the state machines read; `Actions.all` lists the constants.
public struct ActionDefinition: Sendable {
    public let name: String
    public let profile: Profile
    /// Who may send the CALL.
    public let sender: Sender
    public let request: ObjectShape
    public let response: ObjectShape

    public init(
        _ name: String, _ profile: Profile, sentBy sender: Sender, request: [Field], response: [Field]
    ) {
        self.name = name
        self.profile = profile
        self.sender = sender
        self.request = ObjectShape(request)
        self.response = ObjectShape(response)
    }
}

/// The feature profiles of OCPP 1.6 (section 3.3), and the security extension of the whitepaper.
public enum Profile: String, Sendable, CaseIterable {
    case core = "Core"
    case firmwareManagement = "FirmwareManagement"
    case localAuthListManagement = "LocalAuthListManagement"
    case reservation = "Reservation"
    case smartCharging = "SmartCharging"
    case remoteTrigger = "RemoteTrigger"
    case security = "Security"
}

/// Which side sends an action's CALL.
public enum Sender: Sendable {
    case chargePoint, centralSystem, either
}

/// The fields of a payload or of an object inside it.
public struct ObjectShape: Sendable {
    public let fields: [Field]

    public init(_ fields: [Field]) { self.fields = fields }

    public func field(named key: String) -> Field? { fields.first { $0.key.description == key } }
}

/// One field of an object: its key, what it may hold, and whether it must be there.
public struct Field: Sendable {
    public let key: StaticString
    public let kind: Kind
    public let isRequired: Bool

    public indirect enum Kind: Sendable {
        /// Text of at most so many Unicode scalars; `nil` where the specification sets no limit.
        case string(maximum: Int?)
        /// RFC 3339.
        case dateTime
        /// RFC 3986.
        case uri
        case integer
        /// Any number; with at most one decimal where `tenths`.
        case decimal(tenths: Bool)
        case boolean
        /// One of these texts.
        case enumeration([StaticString])
        case object(ObjectShape)
        /// At least `minimum` elements, each of the kind given.
        case array(of: Kind, minimum: Int)
    }

    public static func required(_ key: StaticString, _ kind: Kind) -> Field {
        Field(key: key, kind: kind, isRequired: true)
    }

    public static func optional(_ key: StaticString, _ kind: Kind) -> Field {
        Field(key: key, kind: kind, isRequired: false)
    }
}
