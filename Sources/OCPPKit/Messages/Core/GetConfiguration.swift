extension ActionDefinition {
    /// Asks for configuration keys; without any, for all of them (section 5.8; 6.23, 6.24).
    static let getConfiguration = ActionDefinition(
        "GetConfiguration", .core, sentBy: .centralSystem,
        request: [.optional("key", .array(of: .string(maximum: 50), minimum: 0))],
        response: [
            .optional("configurationKey", .array(of: .object(KeyValue.shape), minimum: 0)),
            .optional("unknownKey", .array(of: .string(maximum: 50), minimum: 0)),
        ])
}

/// GetConfiguration.req (section 6.23).
public struct GetConfigurationRequest: Payload {
    /// The keys asked for; none means all.
    public var keys: [String]
    public private(set) var repairs: [String] = []

    public init(keys: [String] = []) { self.keys = keys }

    public init(_ payload: JSONNode?) {
        var reader = PayloadReader(payload)
        keys = reader.texts("key")
        repairs = reader.repairs
    }

    public func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("key", keys)
        writer.endObject()
    }
}

/// GetConfiguration.conf (section 6.24).
public struct GetConfigurationResponse: Payload {
    public var configurationKeys: [KeyValue]
    /// Keys asked for that the charge point does not have.
    public var unknownKeys: [String]
    public private(set) var repairs: [String] = []

    public init(configurationKeys: [KeyValue] = [], unknownKeys: [String] = []) {
        self.configurationKeys = configurationKeys
        self.unknownKeys = unknownKeys
    }

    public init(_ payload: JSONNode?) {
        var reader = PayloadReader(payload)
        configurationKeys = []
        for element in reader.elements("configurationKey") {
            var keyReader = PayloadReader(element)
            if let key = KeyValue(&keyReader) {
                configurationKeys.append(key)
            } else {
                keyReader.note(.configurationKeyDropped)
            }
            reader.note(keyReader.repairs)
        }
        unknownKeys = reader.texts("unknownKey")
        repairs = reader.repairs
    }

    public func write(to writer: inout JSONWriter) {
        writer.beginObject()
        if !configurationKeys.isEmpty {
            writer.key("configurationKey")
            writer.beginArray()
            for key in configurationKeys { key.write(to: &writer) }
            writer.endArray()
        }
        writer.member("unknownKey", unknownKeys)
        writer.endObject()
    }
}
