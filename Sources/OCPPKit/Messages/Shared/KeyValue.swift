/// A configuration key and what it is set to (section 7.29).
public struct KeyValue: Sendable {
    public var key: String
    public var isReadOnly: Bool?
    /// `nil` where the key is not set.
    public var value: String?

    public init(key: String, isReadOnly: Bool, value: String?) {
        self.key = key
        self.isReadOnly = isReadOnly
        self.value = value
    }

    /// `nil` where there is no key.
    init?(_ reader: inout PayloadReader) {
        guard let key = reader.text("key") else { return nil }
        self.key = key
        isReadOnly = reader.boolean("readonly")
        value = reader.text("value")
    }

    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("key", key)
        writer.member("readonly", isReadOnly)
        writer.member("value", value)
        writer.endObject()
    }

    static let shape = ObjectShape([
        .required("key", .string(maximum: 50)),
        .required("readonly", .boolean),
        .optional("value", .string(maximum: 500)),
    ])
}
