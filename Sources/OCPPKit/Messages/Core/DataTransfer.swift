extension ActionDefinition {
    /// Carries what OCPP does not have, by agreement with a vendor; either side may send it
    /// (sections 4.3, 5.6; 6.15, 6.16).
    static let dataTransfer = ActionDefinition(
        "DataTransfer", .core, sentBy: .either,
        request: [
            .required("vendorId", .string(maximum: 255)),
            .optional("messageId", .string(maximum: 50)),
            .optional("data", .string(maximum: nil)),
        ],
        response: [
            .required("status", .one(of: DataTransferStatus.self)),
            .optional("data", .string(maximum: nil)),
        ])
}

/// What becomes of the data (section 7.23).
public enum DataTransferStatus: String, Sendable, CaseIterable {
    case accepted = "Accepted"
    case rejected = "Rejected"
    case unknownMessageId = "UnknownMessageId"
    case unknownVendorId = "UnknownVendorId"
}

/// DataTransfer.req (section 6.15).
public struct DataTransferRequest: Payload {
    public var vendorId: String?
    public var messageId: String?
    /// A text without a limit; JSON that was sent bare is kept as its text (`jsonAsText`).
    public var data: String?
    public private(set) var repairs: [String] = []

    public init(vendorId: String, messageId: String? = nil, data: String? = nil) {
        self.vendorId = vendorId
        self.messageId = messageId
        self.data = data
    }

    public init(_ payload: JSONNode?) {
        var reader = PayloadReader(payload)
        vendorId = reader.text("vendorId")
        messageId = reader.text("messageId")
        data = reader.text("data")
        repairs = reader.repairs
    }

    public func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("vendorId", vendorId)
        writer.member("messageId", messageId)
        writer.member("data", data)
        writer.endObject()
    }
}

/// DataTransfer.conf (section 6.16).
public struct DataTransferResponse: Payload {
    public var status: Open<DataTransferStatus>?
    public var data: String?
    public private(set) var repairs: [String] = []

    public init(status: DataTransferStatus, data: String? = nil) {
        self.status = .known(status)
        self.data = data
    }

    public init(_ payload: JSONNode?) {
        var reader = PayloadReader(payload)
        status = reader.open("status")
        data = reader.text("data")
        repairs = reader.repairs
    }

    public func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("status", status)
        writer.member("data", data)
        writer.endObject()
    }
}
