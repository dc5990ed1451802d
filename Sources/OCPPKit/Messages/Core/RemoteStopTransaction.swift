extension ActionDefinition {
    /// Asks the charge point to stop a transaction (section 5.12; 6.35, 6.36). The answer says only that it will try.
    static let remoteStopTransaction = ActionDefinition(
        "RemoteStopTransaction", .core, sentBy: .centralSystem,
        request: [.required("transactionId", .integer)],
        response: [.required("status", .one(of: RemoteStartStopStatus.self))])
}

/// RemoteStopTransaction.req (section 6.35).
public struct RemoteStopTransactionRequest: Payload {
    public var transactionId: Int64?
    public private(set) var repairs: [String] = []

    public init(transactionId: Int64) { self.transactionId = transactionId }

    public init(_ payload: JSONNode?) {
        var reader = PayloadReader(payload)
        transactionId = reader.integer("transactionId")
        repairs = reader.repairs
    }

    public func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("transactionId", transactionId)
        writer.endObject()
    }
}

/// RemoteStopTransaction.conf (section 6.36).
public typealias RemoteStopTransactionResponse = StatusResponse<RemoteStartStopStatus>
