/// Builds a request's payload from `key=value` texts, by the action's table: `type=Soft`, `connectorId=1`,
/// `chargingProfile.chargingSchedule.chargingSchedulePeriod[0].limit=16.0`.
///
/// - A key is a field's name; `.name` goes into an object, `[0]` into an array, whose elements come in order.
/// - An object or array may be given as JSON text: `chargingProfile={…}`.
/// - An array of texts or numbers takes elements one by one: `key=HeartbeatInterval key=ClockAlignedDataInterval`.
///
/// What is built has the right types and names. Whether it is complete and within its limits the `Validator` says.
public struct KeyValueArguments: Sendable {
    private let action: ActionDefinition
    private let isChecked: Bool
    /// What was built so far, an object.
    public private(set) var payload: JSONValue = .object([])

    /// - Parameter checked: `false` takes fields and values that the action does not have: a value that is JSON as
    ///   JSON, any other as text.
    public init(for action: ActionDefinition, checked: Bool = true) {
        self.action = action
        self.isChecked = checked
    }

    /// The payload of all the texts.
    public static func payload(
        _ arguments: [String], for action: ActionDefinition, checked: Bool = true
    ) throws(ArgumentError) -> JSONValue {
        var builder = KeyValueArguments(for: action, checked: checked)
        for argument in arguments { try builder.add(argument) }
        return builder.payload
    }

    /// Takes one text.
    public mutating func add(_ argument: String) throws(ArgumentError) {
        let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let steps = FieldPath.steps(parts[0]) else {
            throw ArgumentError(.form, quoted(argument), "not of the form key=value")
        }
        payload = try insert(
            String(parts[1]), at: steps[...], into: payload, kind: .object(action.request), path: "")
    }

    /// The value with the text put in; `kind` is `nil` where nothing is known of it, which only happens unchecked.
    private func insert(
        _ text: String, at steps: ArraySlice<FieldPath.Step>, into value: JSONValue?, kind: Field.Kind?, path: String
    ) throws(ArgumentError) -> JSONValue {
        guard let step = steps.first else { return try leaf(text, existing: value, kind: kind, path: path) }
        switch step {
        case .key(let key):
            let path = path.isEmpty ? key : "\(path).\(key)"
            let member = try memberKind(key, of: kind, path: path)
            var object = value ?? .object([])
            guard case .object = object else { throw ArgumentError(.conflict, path, "its object has a value already") }
            object[key] = try insert(text, at: steps.dropFirst(), into: object[key], kind: member, path: path)
            return object
        case .index(let index):
            let path = "\(path)[\(index)]"
            let element = try elementKind(of: kind, path: path)
            guard case .array(var elements) = value ?? .array([]) else {
                throw ArgumentError(.conflict, path, "its array has a value already")
            }
            guard index <= elements.count else {
                throw ArgumentError(.index, path, "elements come in order; the next one is [\(elements.count)]")
            }
            let old = index < elements.count ? elements[index] : nil
            let new = try insert(text, at: steps.dropFirst(), into: old, kind: element, path: path)
            if old == nil { elements.append(new) } else { elements[index] = new }
            return .array(elements)
        }
    }

    private func memberKind(_ key: String, of kind: Field.Kind?, path: String) throws(ArgumentError) -> Field.Kind? {
        guard case .object(let shape)? = kind else {
            guard isChecked, let kind else { return nil }
            throw ArgumentError(.type, path, "no field stands there: the value is \(kind.phrase)")
        }
        if let field = shape.field(named: key) { return field.kind }
        guard isChecked else { return nil }
        let names = shape.fields.map { $0.key.description }
        let owner = path == key ? action.name : "this object"
        throw ArgumentError(
            .unknownField, path,
            names.isEmpty
                ? "\(owner) has no fields" : "not a field of \(owner); the fields are \(names.joined(separator: ", "))",
            suggestion: nearest(to: key, among: names), allowed: names)
    }

    private func elementKind(of kind: Field.Kind?, path: String) throws(ArgumentError) -> Field.Kind? {
        if case .array(let element, _)? = kind { return element }
        guard isChecked, let kind else { return nil }
        throw ArgumentError(.type, path, "no element stands there: the value is \(kind.phrase)")
    }

    private func leaf(
        _ text: String, existing: JSONValue?, kind: Field.Kind?, path: String
    ) throws(ArgumentError) -> JSONValue {
        if case .array(let elementKind, _)? = kind, !elementKind.isContainer, json(text)?.isArray != true {
            let element = try scalar(text, elementKind, path: path)
            guard let existing else { return .array([element]) }
            if case .array(let elements) = existing { return .array(elements + [element]) }
        }
        guard existing == nil else { throw ArgumentError(.conflict, path, "given twice") }
        return try scalar(text, kind, path: path)
    }

    private func scalar(_ text: String, _ kind: Field.Kind?, path: String) throws(ArgumentError) -> JSONValue {
        let value = json(text)
        switch kind {
        case .string, .dateTime, .uri: return .string(text)
        case .enumeration(let allowed):
            guard isChecked, !allowed.contains(text) else { return .string(text) }
            throw ArgumentError(
                .notAllowed, path, "\(quoted(text)) is none of \(allowed.joined(separator: ", "))",
                suggestion: nearest(to: text, among: allowed), allowed: allowed)
        case .integer: if let value, value.isIntegerLiteral { return JSONValue(value) }
        case .decimal: if let value, value.kind == .number { return JSONValue(value) }
        case .boolean: if let value, value.boolean != nil { return JSONValue(value) }
        case .object: if let value, value.isObject { return JSONValue(value) }
        case .array: if let value, value.isArray { return JSONValue(value) }
        case nil: break
        }
        guard isChecked, let kind else { return value.map { JSONValue($0) } ?? .string(text) }
        throw ArgumentError(.type, path, "\(quoted(text)), must be \(kind.phrase)")
    }

    private func json(_ text: String) -> JSONNode? { (try? JSONTree(parsing: text))?.root }
}

/// Why a `key=value` text cannot go into a payload.
public struct ArgumentError: Error, Sendable, Equatable {
    public enum Code: String, Sendable {
        /// No `key=value`, or a key that is no path.
        case form
        /// A field that the action does not have.
        case unknownField
        /// A value of the wrong type.
        case type
        /// A text that is none of those allowed.
        case notAllowed
        /// A value given twice, or below one that is no object.
        case conflict
        /// An array element out of order.
        case index
    }

    public let code: Code
    /// The field: `chargingProfile.stackLevel`; the whole text where it has no field.
    public let path: String
    /// What is wrong, for people.
    public let message: String
    /// What was probably meant.
    public let suggestion: String?
    /// The names or values that may stand there, where there is a list of them.
    public let allowed: [String]

    init(_ code: Code, _ path: String, _ message: String, suggestion: String? = nil, allowed: [String] = []) {
        self.code = code
        self.path = path
        self.message = message
        self.suggestion = suggestion
        self.allowed = allowed
    }
}

extension ArgumentError: CustomStringConvertible {
    /// `type: "soft" is none of Hard, Soft; did you mean Soft?`
    public var description: String {
        "\(path): \(message)" + (suggestion.map { "; did you mean \($0)?" } ?? "")
    }
}

extension Field.Kind {
    /// The kind as a phrase for people: `an integer`.
    var phrase: String {
        switch self {
        case .string: "a string"
        case .dateTime: "a date and time (RFC 3339)"
        case .uri: "a URI"
        case .integer: "an integer"
        case .decimal: "a number"
        case .boolean: "true or false"
        case .enumeration(let allowed): "one of \(allowed.joined(separator: ", "))"
        case .object: "an object"
        case .array: "an array"
        }
    }

    var isContainer: Bool {
        switch self {
        case .object, .array: true
        default: false
        }
    }
}
