extension ActionDefinition {
    /// Asks the charge point to start a transaction (section 5.11; 6.33, 6.34). The answer says only that it will try.
    static let remoteStartTransaction = ActionDefinition(
        "RemoteStartTransaction", .core, sentBy: .centralSystem,
        request: [
            .optional("connectorId", .integer, minimum: 1),
            .required("idTag", .idToken),
            .optional("chargingProfile", .object(ChargingProfileShape.profile)),
        ],
        response: [.required("status", .one(of: RemoteStartStopStatus.self))])
}

/// RemoteStartTransaction.req (section 6.33).
public struct RemoteStartTransactionRequest: Payload {
    /// Without one the charge point chooses.
    public var connectorId: Int64?
    public var idTag: String?
    /// A TxProfile to charge by, as it came.
    public var chargingProfile: JSONValue?
    public private(set) var repairs: [String] = []

    public init(connectorId: Int64? = nil, idTag: String, chargingProfile: JSONValue? = nil) {
        self.connectorId = connectorId
        self.idTag = idTag
        self.chargingProfile = chargingProfile
    }

    public init(_ payload: JSONNode?) {
        var reader = PayloadReader(payload)
        connectorId = reader.integer("connectorId")
        idTag = reader.idToken("idTag")
        chargingProfile = reader.object("chargingProfile").map { JSONValue($0) }
        repairs = reader.repairs
    }

    public func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("connectorId", connectorId)
        writer.member("idTag", idTag)
        writer.member("chargingProfile", raw: chargingProfile?.bytes)
        writer.endObject()
    }
}

/// RemoteStartTransaction.conf (section 6.34).
public typealias RemoteStartTransactionResponse = StatusResponse<RemoteStartStopStatus>
