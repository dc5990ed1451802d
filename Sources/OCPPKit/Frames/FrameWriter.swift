extension Frame {
    /// The text of a CALL: `[2,"id","Action",{…}]`.
    ///
    /// - Parameter payload: JSON text of an object.
    public static func call(id: String, action: String, payload: some Collection<UInt8>) -> [UInt8] {
        var writer = JSONWriter(reservingCapacity: payload.count + id.utf8.count + action.utf8.count + 16)
        writer.beginArray()
        writer.integer(2)
        writer.string(id)
        writer.string(action)
        writer.raw(payload)
        writer.endArray()
        return writer.bytes
    }

    /// The text of a CALLRESULT: `[3,"id",{…}]`.
    public static func callResult(id: String, payload: some Collection<UInt8>) -> [UInt8] {
        var writer = JSONWriter(reservingCapacity: payload.count + id.utf8.count + 16)
        writer.beginArray()
        writer.integer(3)
        writer.string(id)
        writer.raw(payload)
        writer.endArray()
        return writer.bytes
    }

    /// The text of a CALLERROR: `[4,"id","code","description",{}]`.
    ///
    /// - Parameter description: cut after 255 characters, as the specification limits it.
    public static func callError(id: String, code: ErrorCode, description: String = "") -> [UInt8] {
        var writer = JSONWriter()
        writer.beginArray()
        writer.integer(4)
        writer.string(id)
        writer.string(code.rawValue)
        writer.string(String(String.UnicodeScalarView(description.unicodeScalars.prefix(255))))
        writer.beginObject()
        writer.endObject()
        writer.endArray()
        return writer.bytes
    }
}

/// The error codes of a CALLERROR, spelled as the specification spells them (OCPP-J 1.6, section 4.2.3).
public enum ErrorCode: String, Sendable, CaseIterable {
    case notImplemented = "NotImplemented"
    case notSupported = "NotSupported"
    case internalError = "InternalError"
    case protocolError = "ProtocolError"
    case securityError = "SecurityError"
    case formationViolation = "FormationViolation"
    case propertyConstraintViolation = "PropertyConstraintViolation"
    case occurenceConstraintViolation = "OccurenceConstraintViolation"
    case typeConstraintViolation = "TypeConstraintViolation"
    case genericError = "GenericError"

    /// What is wrong with a code that a CALLERROR carries; `nil` where the specification has it.
    static func violation(_ code: String) -> Violation? {
        // The length too: Swift's == compares characters, not bytes.
        guard !allCases.contains(where: { $0.rawValue == code && $0.rawValue.utf8.count == code.utf8.count }) else {
            return nil
        }
        let codes = allCases.map(\.rawValue)
        return Violation(.enum, "$", "the error code \(quoted(code)) is none of \(list(codes, nearestTo: code))")
    }
}
