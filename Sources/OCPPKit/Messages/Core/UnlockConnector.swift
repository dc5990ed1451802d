extension ActionDefinition {
    /// Asks the charge point to free a stuck plug (section 5.18; 6.53, 6.54). A transaction there is stopped first.
    static let unlockConnector = ActionDefinition(
        "UnlockConnector", .core, sentBy: .centralSystem,
        request: [.required("connectorId", .integer, minimum: 1)],
        response: [.required("status", .one(of: UnlockStatus.self))])
}

/// Whether the connector is free (section 7.44).
public enum UnlockStatus: String, Sendable, CaseIterable {
    case unlocked = "Unlocked"
    case unlockFailed = "UnlockFailed"
    /// The connector has no lock, or there is no such connector.
    case notSupported = "NotSupported"
}

/// UnlockConnector.req (section 6.53).
public struct UnlockConnectorRequest: Payload {
    public var connectorId: Int64?
    public private(set) var repairs: [String] = []

    public init(connectorId: Int64) { self.connectorId = connectorId }

    public init(_ payload: JSONNode?) {
        var reader = PayloadReader(payload)
        connectorId = reader.integer("connectorId")
        repairs = reader.repairs
    }

    public func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("connectorId", connectorId)
        writer.endObject()
    }
}

/// UnlockConnector.conf (section 6.54).
public typealias UnlockConnectorResponse = StatusResponse<UnlockStatus>
