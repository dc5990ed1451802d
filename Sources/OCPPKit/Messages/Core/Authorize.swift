extension ActionDefinition {
    /// Asks whether a tag may start or stop charging (section 4.1; 6.1, 6.2).
    static let authorize = ActionDefinition(
        "Authorize", .core, sentBy: .chargePoint,
        request: [.required("idTag", .idToken)],
        response: [.required("idTagInfo", .object(IdTagInfo.shape))])
}

/// Authorize.req (section 6.1).
public struct AuthorizeRequest: Payload {
    public var idTag: String?
    public private(set) var repairs: [String] = []

    public init(idTag: String) { self.idTag = idTag }

    public init(_ payload: JSONNode?) {
        var reader = PayloadReader(payload)
        idTag = reader.idToken("idTag")
        repairs = reader.repairs
    }

    public func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("idTag", idTag)
        writer.endObject()
    }
}

/// Authorize.conf (section 6.2).
public struct AuthorizeResponse: Payload {
    public var idTagInfo: IdTagInfo?
    public private(set) var repairs: [String] = []

    public init(idTagInfo: IdTagInfo) { self.idTagInfo = idTagInfo }

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
