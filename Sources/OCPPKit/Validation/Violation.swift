/// One way in which a frame breaks the specification.
public struct Violation: Sendable, Equatable {
    public enum Code: String, Sendable, CaseIterable {
        /// A required field is absent.
        case missing
        /// A field that the action does not have.
        case unknownProperty
        /// A value of the wrong JSON type; `20000.0` and `1E2` are no integers.
        case type
        /// A text that is none of the values allowed.
        case `enum`
        /// A text with more Unicode scalars, or an array with fewer elements, than allowed.
        case length
        /// A number with more decimals than allowed.
        case multipleOf
        /// A text that is no RFC 3339 date-time, or no URI. Not a rule of the JSON schemas.
        case format
        /// A value that is allowed by the schema and makes no sense: connector −1, an empty idTag, the year 1970.
        case range
        /// The same key twice in one object.
        case duplicateKey
        /// A message id that is not a string of 1 to 36 characters.
        case messageId
        /// An envelope that was read and is not as it should be.
        case frame
        /// An action that OCPP 1.6 does not have.
        case unknownAction

        /// Whether the official JSON schemas have this rule: a frame is schema-valid exactly when none of these is broken.
        public var isSchemaRule: Bool {
            switch self {
            case .missing, .unknownProperty, .type, .enum, .length, .multipleOf: true
            case .format, .range, .duplicateKey, .messageId, .frame, .unknownAction: false
            }
        }
    }

    public enum Severity: String, Sendable {
        case error, warning
    }

    public let code: Code
    /// Where in the payload: `$.meterValue[0].timestamp`; `$` for the payload or the envelope itself.
    public let path: String
    /// What is wrong, for people: `23 characters, limit 20`.
    public let message: String
    public let severity: Severity

    public init(_ code: Code, _ path: String, _ message: String) {
        self.code = code
        self.path = path
        self.message = message
        self.severity = code == .range ? .warning : .error
    }

    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("code", code.rawValue)
        writer.member("path", path)
        writer.member("message", message)
        writer.member("severity", severity.rawValue)
        writer.endObject()
    }
}
