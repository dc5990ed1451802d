/// An action of OCPP 1.6 as data: drives validation, `send`'s `key=value`, documentation and fixtures.
///
/// Each action is one file in `Messages/<Profile>/`, which extends `ActionDefinition` with its constant and declares
/// the structs that the state machines read; `Actions.all` lists the constants.
public struct ActionDefinition: Sendable {
    public let name: String
    public let profile: Profile
    /// Who may send the CALL.
    public let sender: Sender
    public let request: ObjectShape
    public let response: ObjectShape
    /// Its place in `Actions.all`, for those that come from there.
    public internal(set) var index = 0

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
    /// The fields' keys, which are compared with every key of a payload.
    private let keys: [StaticString]

    public init(_ fields: [Field]) {
        self.fields = fields
        self.keys = fields.map { $0.key }
    }

    public func field(named key: String) -> Field? { fields.first { $0.key.description == key } }

    /// Which field an object's key names.
    func index(of key: JSONNode) -> Int? { keys.firstIndex { key.isText($0) } }
}

/// One field of an object: its key, what it may hold, and whether it must be there.
public struct Field: Sendable {
    public let key: StaticString
    public let kind: Kind
    public let isRequired: Bool
    /// The least number, or the least number of characters, that makes sense; less is a `range` warning, as the JSON
    /// schemas do not know it. A required text needs one character where nothing else is said.
    public let minimum: Int64?

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
        case enumeration([String])
        case object(ObjectShape)
        /// At least `minimum` elements, each of the kind given.
        case array(of: Kind, minimum: Int)
    }

    public static func required(_ key: StaticString, _ kind: Kind, minimum: Int64? = nil) -> Field {
        Field(key: key, kind: kind, isRequired: true, minimum: minimum)
    }

    public static func optional(_ key: StaticString, _ kind: Kind, minimum: Int64? = nil) -> Field {
        Field(key: key, kind: kind, isRequired: false, minimum: minimum)
    }
}

extension Field.Kind {
    /// One of an enumeration's values, as the specification spells them.
    static func one<Value: CaseIterable & RawRepresentable<String>>(of values: Value.Type) -> Field.Kind {
        .enumeration(values.allCases.map { $0.rawValue })
    }

    /// IdToken (section 7.28): a case-insensitive text of at most 20 characters.
    static var idToken: Field.Kind { .string(maximum: 20) }
}
