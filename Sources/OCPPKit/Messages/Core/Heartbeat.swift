extension ActionDefinition {
    /// A sign of life that also tells the charge point the time (section 4.6; 6.29, 6.30).
    static let heartbeat = ActionDefinition(
        "Heartbeat", .core, sentBy: .chargePoint,
        request: [],
        response: [.required("currentTime", .dateTime)])
}

/// Heartbeat.req (section 6.29).
public typealias HeartbeatRequest = EmptyPayload

/// Heartbeat.conf (section 6.30).
public struct HeartbeatResponse: Payload {
    public var currentTime: Timestamp?
    public private(set) var repairs: [String] = []

    public init(currentTime: Timestamp) { self.currentTime = currentTime }

    public init(_ payload: JSONNode?) {
        var reader = PayloadReader(payload)
        currentTime = reader.time("currentTime")
        repairs = reader.repairs
    }

    public func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("currentTime", currentTime)
        writer.endObject()
    }
}
