extension ActionDefinition {
    /// Sets a configuration key (section 5.3; 6.9, 6.10). An empty value is a value: it empties a list.
    static let changeConfiguration = ActionDefinition(
        "ChangeConfiguration", .core, sentBy: .centralSystem,
        request: [
            .required("key", .string(maximum: 50)),
            .required("value", .string(maximum: 500), minimum: 0),
        ],
        response: [.required("status", .one(of: ConfigurationStatus.self))])
}

/// What becomes of a change of configuration (section 7.22).
public enum ConfigurationStatus: String, Sendable, CaseIterable {
    case accepted = "Accepted"
    case rejected = "Rejected"
    /// Set, and in force after the next reboot.
    case rebootRequired = "RebootRequired"
    /// The charge point does not have the key.
    case notSupported = "NotSupported"
}

/// ChangeConfiguration.req (section 6.9).
public struct ChangeConfigurationRequest: Payload {
    public var key: String?
    public var value: String?
    public private(set) var repairs: [String] = []

    public init(key: String, value: String) {
        self.key = key
        self.value = value
    }

    public init(_ payload: JSONNode?) {
        var reader = PayloadReader(payload)
        key = reader.text("key")
        value = reader.text("value")
        repairs = reader.repairs
    }

    public func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("key", key)
        writer.member("value", value)
        writer.endObject()
    }
}

/// ChangeConfiguration.conf (section 6.10).
public typealias ChangeConfigurationResponse = StatusResponse<ConfigurationStatus>
