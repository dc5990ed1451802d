/// Why a text is not JSON, and where.
public struct JSONError: Error, Sendable, Equatable {
    public enum Code: String, Sendable {
        /// A byte that cannot stand there.
        case unexpectedByte
        /// The text ends inside a value: it was cut.
        case unexpectedEnd
        /// Arrays and objects nested deeper than the reader allows.
        case tooDeep
        /// Something stands after the value.
        case trailingBytes
        /// The text is longer than the reader's index can address (4 GiB).
        case tooLong
    }

    public let code: Code
    /// The offset of the offending byte from the start of the text; the text's length at an unexpected end.
    public let offset: Int

    public init(_ code: Code, at offset: Int) {
        self.code = code
        self.offset = offset
    }
}

extension JSONError: CustomStringConvertible {
    public var description: String {
        switch code {
        case .unexpectedByte: "not JSON at byte \(offset)"
        case .unexpectedEnd: "the text ends inside a value, after \(offset) bytes"
        case .tooDeep: "nested too deep at byte \(offset)"
        case .trailingBytes: "something stands after the value, at byte \(offset)"
        case .tooLong: "the text is too long"
        }
    }
}
