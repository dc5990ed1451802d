extension ActionDefinition {
    /// Says that a transaction has started; the answer gives it its id (section 4.8; 6.45, 6.46).
    static let startTransaction = ActionDefinition(
        "StartTransaction", .core, sentBy: .chargePoint,
        request: [
            .required("connectorId", .integer, minimum: 1),
            .required("idTag", .idToken),
            .required("meterStart", .integer),
            .optional("reservationId", .integer),
            .required("timestamp", .dateTime),
        ],
        response: [
            .required("idTagInfo", .object(IdTagInfo.shape)),
            .required("transactionId", .integer),
        ])
}

/// StartTransaction.req (section 6.45).
public struct StartTransactionRequest: Payload {
    public var connectorId: Int64?
    public var idTag: String?
    /// The meter at the start in Wh; the specification wants whole ones, some meters say more.
    public var meterStart: ExactDecimal?
    /// The reservation that ends with this transaction.
    public var reservationId: Int64?
    public var timestamp: Timestamp?
    public private(set) var repairs: [String] = []

    public init(
        connectorId: Int64, idTag: String, meterStart: Int64, timestamp: Timestamp, reservationId: Int64? = nil
    ) {
        self.connectorId = connectorId
        self.idTag = idTag
        self.meterStart = ExactDecimal(meterStart)
        self.reservationId = reservationId
        self.timestamp = timestamp
    }

    public init(_ payload: JSONNode?) {
        var reader = PayloadReader(payload)
        connectorId = reader.integer("connectorId")
        idTag = reader.idToken("idTag")
        meterStart = reader.register("meterStart")
        reservationId = reader.integer("reservationId")
        timestamp = reader.time("timestamp")
        repairs = reader.repairs
    }

    public func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("connectorId", connectorId)
        writer.member("idTag", idTag)
        writer.member("meterStart", meterStart)
        writer.member("reservationId", reservationId)
        writer.member("timestamp", timestamp)
        writer.endObject()
    }
}

/// StartTransaction.conf (section 6.46).
public struct StartTransactionResponse: Payload {
    public var idTagInfo: IdTagInfo?
    public var transactionId: Int64?
    public private(set) var repairs: [String] = []

    public init(idTagInfo: IdTagInfo, transactionId: Int64) {
        self.idTagInfo = idTagInfo
        self.transactionId = transactionId
    }

    public init(_ payload: JSONNode?) {
        var reader = PayloadReader(payload)
        idTagInfo = IdTagInfo.read(of: &reader)
        transactionId = reader.integer("transactionId")
        repairs = reader.repairs
    }

    public func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("idTagInfo", idTagInfo)
        writer.member("transactionId", transactionId)
        writer.endObject()
    }
}
