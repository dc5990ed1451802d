/// What a request or an answer says, as the state machines read and write it.
///
/// Reading never fails: what is absent or cannot be read is `nil`, and what had to be overlooked is in `repairs`.
public protocol Payload: Sendable {
    /// Names of what was overlooked in reading, each once; empty for a payload that was built here.
    var repairs: [String] { get }

    /// Reads a payload as it came; `nil` and `null` read as `{}`.
    init(_ payload: JSONNode?)

    /// Writes the payload as an object; fields that are `nil` are left out.
    func write(to writer: inout JSONWriter)
}

extension Payload {
    /// The JSON text, as `Frame.call` and `Frame.callResult` take it.
    public var payload: [UInt8] {
        var writer = JSONWriter()
        write(to: &writer)
        return writer.bytes
    }
}

/// A payload without fields.
public struct EmptyPayload: Payload {
    public var repairs: [String] { [] }

    public init() {}
    public init(_ payload: JSONNode?) {}

    /// `{}`
    static let text = EmptyPayload().payload

    public func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.endObject()
    }
}

/// An answer that is a status and nothing else.
public struct StatusResponse<Status>: Payload
where Status: RawRepresentable<String> & Hashable & Sendable {
    public var status: Open<Status>?
    public private(set) var repairs: [String] = []

    public init(status: Status) { self.status = .known(status) }

    public init(_ payload: JSONNode?) {
        var reader = PayloadReader(payload)
        status = reader.open("status")
        repairs = reader.repairs
    }

    public func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("status", status)
        writer.endObject()
    }
}

/// A value of an enumeration of the specification, or the text that a charge point sent in its place.
public enum Open<Known>: Sendable, Hashable where Known: RawRepresentable<String> & Hashable & Sendable {
    case known(Known)
    /// A text that the specification does not have, as it came.
    case other(String)

    /// Names are case-sensitive, as in the specification.
    public init(_ text: String) {
        self = Known(rawValue: text).map { .known($0) } ?? .other(text)
    }

    /// The text as it goes over the wire.
    public var text: String {
        switch self {
        case .known(let value): value.rawValue
        case .other(let text): text
        }
    }

    /// The value, where the specification has it.
    public var known: Known? {
        if case .known(let value) = self { value } else { nil }
    }

    public static func == (left: Open, right: Known) -> Bool { left.known == right }
    public static func != (left: Open, right: Known) -> Bool { left.known != right }
}

extension JSONWriter {
    mutating func member<Known>(_ name: StaticString, _ value: Open<Known>?) { member(name, value?.text) }

    /// An array of texts; none at all is left out.
    mutating func member(_ name: StaticString, _ values: [String]) {
        guard !values.isEmpty else { return }
        key(name)
        beginArray()
        for value in values { string(value) }
        endArray()
    }
}
