extension ActionDefinition {
    /// Says what a connector, or with 0 the charge point itself, is doing, or what is wrong with it
    /// (section 4.9; 6.47, 6.48).
    static let statusNotification = ActionDefinition(
        "StatusNotification", .core, sentBy: .chargePoint,
        request: [
            .required("connectorId", .integer, minimum: 0),
            .required("errorCode", .one(of: ChargePointErrorCode.self)),
            .optional("info", .string(maximum: 50)),
            .required("status", .one(of: ChargePointStatus.self)),
            .optional("timestamp", .dateTime),
            .optional("vendorId", .string(maximum: 255)),
            .optional("vendorErrorCode", .string(maximum: 50)),
        ],
        response: [])
}

/// What a connector is doing (section 7.7). Connector 0 is only ever Available, Unavailable or Faulted.
public enum ChargePointStatus: String, Sendable, CaseIterable {
    case available = "Available"
    /// A tag was shown or a vehicle plugged in, and the transaction has not begun.
    case preparing = "Preparing"
    case charging = "Charging"
    /// The charge point gives no energy.
    case suspendedEVSE = "SuspendedEVSE"
    /// The vehicle takes no energy.
    case suspendedEV = "SuspendedEV"
    /// The transaction has ended and the connector is not free yet.
    case finishing = "Finishing"
    case reserved = "Reserved"
    case unavailable = "Unavailable"
    case faulted = "Faulted"
}

/// What is wrong (section 7.6).
public enum ChargePointErrorCode: String, Sendable, CaseIterable {
    case connectorLockFailure = "ConnectorLockFailure"
    case evCommunicationError = "EVCommunicationError"
    case groundFailure = "GroundFailure"
    case highTemperature = "HighTemperature"
    case internalError = "InternalError"
    case localListConflict = "LocalListConflict"
    case noError = "NoError"
    case otherError = "OtherError"
    case overCurrentFailure = "OverCurrentFailure"
    case powerMeterFailure = "PowerMeterFailure"
    case powerSwitchFailure = "PowerSwitchFailure"
    case readerFailure = "ReaderFailure"
    case resetFailure = "ResetFailure"
    case underVoltage = "UnderVoltage"
    case overVoltage = "OverVoltage"
    case weakSignal = "WeakSignal"
}

/// StatusNotification.req (section 6.47).
public struct StatusNotificationRequest: Payload {
    public var connectorId: Int64?
    public var errorCode: Open<ChargePointErrorCode>?
    public var info: String?
    public var status: Open<ChargePointStatus>?
    /// When the status was entered; without one, when the notification arrived.
    public var timestamp: Timestamp?
    public var vendorId: String?
    public var vendorErrorCode: String?
    public private(set) var repairs: [String] = []

    public init(
        connectorId: Int64, status: ChargePointStatus, errorCode: ChargePointErrorCode = .noError, info: String? = nil,
        timestamp: Timestamp? = nil, vendorId: String? = nil, vendorErrorCode: String? = nil
    ) {
        self.connectorId = connectorId
        self.status = .known(status)
        self.errorCode = .known(errorCode)
        self.info = info
        self.timestamp = timestamp
        self.vendorId = vendorId
        self.vendorErrorCode = vendorErrorCode
    }

    public init(_ payload: JSONNode?) {
        var reader = PayloadReader(payload)
        connectorId = reader.integer("connectorId")
        errorCode = reader.open("errorCode")
        info = reader.optionalText("info")
        status = reader.open("status")
        timestamp = reader.time("timestamp")
        vendorId = reader.optionalText("vendorId")
        vendorErrorCode = reader.optionalText("vendorErrorCode")
        repairs = reader.repairs
    }

    public func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("connectorId", connectorId)
        writer.member("errorCode", errorCode)
        writer.member("info", info)
        writer.member("status", status)
        writer.member("timestamp", timestamp)
        writer.member("vendorId", vendorId)
        writer.member("vendorErrorCode", vendorErrorCode)
        writer.endObject()
    }
}

/// StatusNotification.conf (section 6.48).
public typealias StatusNotificationResponse = EmptyPayload
