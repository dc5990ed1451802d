extension ActionDefinition {
    /// Readings of a connector, or with 0 of the main meter, in a transaction or out of one (section 4.7; 6.31, 6.32).
    static let meterValues = ActionDefinition(
        "MeterValues", .core, sentBy: .chargePoint,
        request: [
            .required("connectorId", .integer, minimum: 0),
            .optional("transactionId", .integer),
            .required("meterValue", .array(of: .object(MeterValue.shape), minimum: 1)),
        ],
        response: [])
}

/// MeterValues.req (section 6.31).
public struct MeterValuesRequest: Payload {
    public var connectorId: Int64?
    public var transactionId: Int64?
    public var meterValues: [MeterValue]
    public private(set) var repairs: [String] = []

    public init(connectorId: Int64, transactionId: Int64? = nil, meterValues: [MeterValue]) {
        self.connectorId = connectorId
        self.transactionId = transactionId
        self.meterValues = meterValues
    }

    public init(_ payload: JSONNode?) {
        var reader = PayloadReader(payload)
        connectorId = reader.integer("connectorId")
        transactionId = reader.integer("transactionId")
        meterValues = MeterValue.read("meterValue", of: &reader)
        repairs = reader.repairs
    }

    public func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("connectorId", connectorId)
        writer.member("transactionId", transactionId)
        writer.key("meterValue")
        writer.beginArray()
        for value in meterValues { value.write(to: &writer) }
        writer.endArray()
        writer.endObject()
    }
}

/// MeterValues.conf (section 6.32).
public typealias MeterValuesResponse = EmptyPayload
