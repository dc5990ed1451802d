extension ActionDefinition {
    /// Says who the charge point is, after each start; until it is accepted nothing else may be sent
    /// (section 4.2; 6.3, 6.4).
    static let bootNotification = ActionDefinition(
        "BootNotification", .core, sentBy: .chargePoint,
        request: [
            .required("chargePointVendor", .string(maximum: 20)),
            .required("chargePointModel", .string(maximum: 20)),
            .optional("chargePointSerialNumber", .string(maximum: 25)),
            .optional("chargeBoxSerialNumber", .string(maximum: 25)),
            .optional("firmwareVersion", .string(maximum: 50)),
            .optional("iccid", .string(maximum: 20)),
            .optional("imsi", .string(maximum: 20)),
            .optional("meterType", .string(maximum: 25)),
            .optional("meterSerialNumber", .string(maximum: 25)),
        ],
        response: [
            .required("status", .one(of: RegistrationStatus.self)),
            .required("currentTime", .dateTime),
            .required("interval", .integer, minimum: 0),
        ])
}

/// Whether the central system takes the charge point in (section 7.38).
public enum RegistrationStatus: String, Sendable, CaseIterable {
    case accepted = "Accepted"
    /// Not yet: the central system may ask, the charge point may not send.
    case pending = "Pending"
    case rejected = "Rejected"
}

/// BootNotification.req (section 6.3).
public struct BootNotificationRequest: Payload {
    public var chargePointVendor: String?
    public var chargePointModel: String?
    public var chargePointSerialNumber: String?
    /// Deprecated by the specification in favour of `chargePointSerialNumber`, and still sent.
    public var chargeBoxSerialNumber: String?
    public var firmwareVersion: String?
    /// Of the modem's SIM card.
    public var iccid: String?
    public var imsi: String?
    public var meterType: String?
    public var meterSerialNumber: String?
    public private(set) var repairs: [String] = []

    public init(
        chargePointVendor: String, chargePointModel: String, chargePointSerialNumber: String? = nil,
        firmwareVersion: String? = nil, meterType: String? = nil, meterSerialNumber: String? = nil
    ) {
        self.chargePointVendor = chargePointVendor
        self.chargePointModel = chargePointModel
        self.chargePointSerialNumber = chargePointSerialNumber
        self.firmwareVersion = firmwareVersion
        self.meterType = meterType
        self.meterSerialNumber = meterSerialNumber
    }

    public init(_ payload: JSONNode?) {
        var reader = PayloadReader(payload)
        chargePointVendor = reader.text("chargePointVendor")
        chargePointModel = reader.text("chargePointModel")
        chargePointSerialNumber = reader.optionalText("chargePointSerialNumber")
        chargeBoxSerialNumber = reader.optionalText("chargeBoxSerialNumber")
        firmwareVersion = reader.optionalText("firmwareVersion")
        iccid = reader.optionalText("iccid")
        imsi = reader.optionalText("imsi")
        meterType = reader.optionalText("meterType")
        meterSerialNumber = reader.optionalText("meterSerialNumber")
        repairs = reader.repairs
    }

    public func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("chargePointVendor", chargePointVendor)
        writer.member("chargePointModel", chargePointModel)
        writer.member("chargePointSerialNumber", chargePointSerialNumber)
        writer.member("chargeBoxSerialNumber", chargeBoxSerialNumber)
        writer.member("firmwareVersion", firmwareVersion)
        writer.member("iccid", iccid)
        writer.member("imsi", imsi)
        writer.member("meterType", meterType)
        writer.member("meterSerialNumber", meterSerialNumber)
        writer.endObject()
    }
}

/// BootNotification.conf (section 6.4).
public struct BootNotificationResponse: Payload {
    public var status: Open<RegistrationStatus>?
    public var currentTime: Timestamp?
    /// Seconds between heartbeats once accepted; else seconds to wait before the next BootNotification, 0 for the
    /// charge point's own choice.
    public var interval: Int64?
    public private(set) var repairs: [String] = []

    public init(status: RegistrationStatus, currentTime: Timestamp, interval: Int64) {
        self.status = .known(status)
        self.currentTime = currentTime
        self.interval = interval
    }

    public init(_ payload: JSONNode?) {
        var reader = PayloadReader(payload)
        status = reader.open("status")
        currentTime = reader.time("currentTime")
        interval = reader.integer("interval")
        // OCPP 1.5 called it so, and some central systems still do.
        if interval == nil, let heartbeatInterval = reader.integer("heartbeatInterval") {
            interval = heartbeatInterval
            reader.note(.heartbeatIntervalForInterval)
        }
        repairs = reader.repairs
    }

    public func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("status", status)
        writer.member("currentTime", currentTime)
        writer.member("interval", interval)
        writer.endObject()
    }
}
