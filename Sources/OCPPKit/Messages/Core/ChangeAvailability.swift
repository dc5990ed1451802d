extension ActionDefinition {
    /// Takes a connector, or with 0 the whole charge point, out of service or back (section 5.2; 6.7, 6.8).
    static let changeAvailability = ActionDefinition(
        "ChangeAvailability", .core, sentBy: .centralSystem,
        request: [
            .required("connectorId", .integer, minimum: 0),
            .required("type", .one(of: AvailabilityType.self)),
        ],
        response: [.required("status", .one(of: AvailabilityStatus.self))])
}

/// What availability is asked for (section 7.4).
public enum AvailabilityType: String, Sendable, CaseIterable {
    case inoperative = "Inoperative"
    case operative = "Operative"
}

/// What becomes of a change of availability (section 7.3).
public enum AvailabilityStatus: String, Sendable, CaseIterable {
    case accepted = "Accepted"
    case rejected = "Rejected"
    /// When the transaction in progress has ended.
    case scheduled = "Scheduled"
}

/// ChangeAvailability.req (section 6.7).
public struct ChangeAvailabilityRequest: Payload {
    /// 0 is the charge point with all its connectors.
    public var connectorId: Int64?
    public var type: Open<AvailabilityType>?
    public private(set) var repairs: [String] = []

    public init(connectorId: Int64, type: AvailabilityType) {
        self.connectorId = connectorId
        self.type = .known(type)
    }

    public init(_ payload: JSONNode?) {
        var reader = PayloadReader(payload)
        connectorId = reader.integer("connectorId")
        type = reader.open("type")
        repairs = reader.repairs
    }

    public func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("connectorId", connectorId)
        writer.member("type", type)
        writer.endObject()
    }
}

/// ChangeAvailability.conf (section 6.8).
public typealias ChangeAvailabilityResponse = StatusResponse<AvailabilityStatus>
