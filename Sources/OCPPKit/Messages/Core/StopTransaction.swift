extension ActionDefinition {
    /// Says that a transaction has ended, and why (section 4.10; 6.49, 6.50).
    static let stopTransaction = ActionDefinition(
        "StopTransaction", .core, sentBy: .chargePoint,
        request: [
            .optional("idTag", .idToken),
            .required("meterStop", .integer),
            .required("timestamp", .dateTime),
            .required("transactionId", .integer),
            .optional("reason", .one(of: Reason.self)),
            .optional("transactionData", .array(of: .object(MeterValue.transactionDataShape), minimum: 0)),
        ],
        response: [.optional("idTagInfo", .object(IdTagInfo.shape))])
}

/// Why a transaction ended (section 7.37).
public enum Reason: String, Sendable, CaseIterable {
    case emergencyStop = "EmergencyStop"
    case evDisconnected = "EVDisconnected"
    case hardReset = "HardReset"
    /// At the charge point, by its user. Also what an absent reason means.
    case local = "Local"
    case other = "Other"
    case powerLoss = "PowerLoss"
    case reboot = "Reboot"
    case remote = "Remote"
    case softReset = "SoftReset"
    case unlockCommand = "UnlockCommand"
    /// The answer to StartTransaction refused the tag.
    case deAuthorized = "DeAuthorized"
}

/// StopTransaction.req (section 6.49).
public struct StopTransactionRequest: Payload {
    /// The tag that stopped it, where one did.
    public var idTag: String?
    /// The meter at the end in Wh; the specification wants whole ones, some meters say more.
    public var meterStop: ExactDecimal?
    public var timestamp: Timestamp?
    public var transactionId: Int64?
    /// `nil` means Local.
    public var reason: Open<Reason>?
    public var transactionData: [MeterValue]
    public private(set) var repairs: [String] = []

    public init(
        transactionId: Int64, meterStop: Int64, timestamp: Timestamp, idTag: String? = nil, reason: Reason? = nil,
        transactionData: [MeterValue] = []
    ) {
        self.idTag = idTag
        self.meterStop = ExactDecimal(meterStop)
        self.timestamp = timestamp
        self.transactionId = transactionId
        self.reason = reason.map { .known($0) }
        self.transactionData = transactionData
    }

    public init(_ payload: JSONNode?) {
        var reader = PayloadReader(payload)
        idTag = reader.idToken("idTag")
        meterStop = reader.register("meterStop")
        timestamp = reader.time("timestamp")
        transactionId = reader.integer("transactionId")
        reason = reader.open("reason")
        transactionData = MeterValue.read("transactionData", of: &reader)
        repairs = reader.repairs
    }

    public func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("idTag", idTag)
        writer.member("meterStop", meterStop)
        writer.member("timestamp", timestamp)
        writer.member("transactionId", transactionId)
        writer.member("reason", reason)
        if !transactionData.isEmpty {
            writer.key("transactionData")
            writer.beginArray()
            for value in transactionData { value.write(to: &writer) }
            writer.endArray()
        }
        writer.endObject()
    }
}

/// StopTransaction.conf (section 6.50).
public struct StopTransactionResponse: Payload {
    /// Only where the request named a tag.
    public var idTagInfo: IdTagInfo?
    public private(set) var repairs: [String] = []

    public init(idTagInfo: IdTagInfo? = nil) { self.idTagInfo = idTagInfo }

    public init(_ payload: JSONNode?) {
        var reader = PayloadReader(payload)
        idTagInfo = IdTagInfo.read(of: &reader)
        repairs = reader.repairs
    }

    public func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("idTagInfo", idTagInfo)
        writer.endObject()
    }
}
