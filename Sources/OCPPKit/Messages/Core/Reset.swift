extension ActionDefinition {
    /// Asks the charge point to restart (section 5.14; 6.39, 6.40).
    static let reset = ActionDefinition(
        "Reset", .core, sentBy: .centralSystem,
        request: [.required("type", .one(of: ResetType.self))],
        response: [.required("status", .one(of: ResetStatus.self))])
}

/// How to restart (section 7.42).
public enum ResetType: String, Sendable, CaseIterable {
    /// The hardware; what is queued may be lost.
    case hard = "Hard"
    /// Transactions are stopped first.
    case soft = "Soft"
}

/// Whether the charge point will restart (section 7.41).
public enum ResetStatus: String, Sendable, CaseIterable {
    case accepted = "Accepted"
    case rejected = "Rejected"
}

/// Reset.req (section 6.39).
public struct ResetRequest: Payload {
    public var type: Open<ResetType>?
    public private(set) var repairs: [String] = []

    public init(type: ResetType) { self.type = .known(type) }

    public init(_ payload: JSONNode?) {
        var reader = PayloadReader(payload)
        type = reader.open("type")
        repairs = reader.repairs
    }

    public func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("type", type)
        writer.endObject()
    }
}

/// Reset.conf (section 6.40).
public typealias ResetResponse = StatusResponse<ResetStatus>
