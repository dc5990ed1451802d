/// Says in what ways a frame breaks OCPP 1.6.
public enum Validator {
    /// Everything that is wrong with a frame: its envelope first, then its payload: in each object first what should not
    /// be there, then the fields in the order of the action's table.
    ///
    /// A CALL is judged by its own action, a CALLRESULT by the one it answers. Violations judge the text as it came:
    /// no repair removes one.
    ///
    /// - Parameter action: the action of the CALL that a CALLRESULT answers; `nil` where it is not known. Then the
    ///   payload is only looked at for duplicate keys.
    public static func violations(of frame: Frame, answering action: String?) -> [Violation] {
        guard let payload = frame.payload else { return frame.violations }
        var validator = PayloadValidator()
        validator.violations = frame.violations
        switch frame.kind {
        case .call:
            let name = frame.action ?? ""
            if let definition = Actions.named(name) {
                validator.check(payload, definition.request)
            } else {
                validator.violations.append(Violation(.unknownAction, "$", message(forUnknownAction: name)))
            }
        case .callResult:
            if let definition = action.flatMap(Actions.named) { validator.check(payload, definition.response) }
        case .callError: break
        }
        validator.checkDuplicateKeys(payload)
        return validator.violations
    }

    /// Whether nothing is wrong with a frame and it is read as it stands, as far as can be told quickly.
    static func isPlainlySound(_ frame: Frame, answering action: String?) -> Bool {
        guard frame.violations.isEmpty, let payload = frame.payload else { return false }
        var place: Int?
        switch frame.kind {
        case .call:
            guard let index = frame.definitionIndex else { return false }
            place = index
        case .callResult: place = action.flatMap(Actions.index)
        case .callError: break
        }
        return isPlainlySound(payload, action: place, isRequest: frame.kind == .call)
    }

    /// The same for a payload.
    ///
    /// - Parameter action: its place in `Actions.all`; `nil` where it is not known, and only keys are looked at.
    static func isPlainlySound(_ payload: JSONNode, action: Int?, isRequest: Bool) -> Bool {
        let text = payload.raw
        let count = text.count
        return unsafe withUnsafeTemporaryAllocation(byteCount: count + SoundWalk.padding, alignment: 16) { room in
            unsafe text.withUnsafeBytes { unsafe room.copyMemory(from: $0) }
            unsafe room.storeBytes(of: SIMD16<UInt8>(), toByteOffset: count, as: SIMD16<UInt8>.self)
            // There are zeros at least.
            let bytes = unsafe room.assumingMemoryBound(to: UInt8.self).baseAddress!
            var notes = SoundWalk.Notes()
            let walk = unsafe SoundWalk(bytes, count: count)
            return walk.payload(at: 0, action: action, isRequest: isRequest, &notes) == count
        }
    }

    /// Everything that is wrong with a payload that is to be sent.
    public static func violations(ofPayload payload: JSONNode, shape: ObjectShape) -> [Violation] {
        var validator = PayloadValidator()
        validator.check(payload, shape)
        validator.checkDuplicateKeys(payload)
        return validator.violations
    }

    private static func message(forUnknownAction name: String) -> String {
        let message = "\(quoted(name)) is no action of OCPP 1.6"
        let names = Actions.all.map { $0.name }
        if let sameLetters = names.first(where: { $0.lowercased() == name.lowercased() }) {
            return "\(message); names are case-sensitive: \(sameLetters)"
        }
        return nearest(to: name, among: names).map { "\(message); did you mean \($0)?" } ?? message
    }
}

/// Walks over a payload and its shape together. The JSON reader limits the depth.
private struct PayloadValidator {
    var violations: [Violation] = []
    /// Where the walk is; turned into text only for a violation.
    private var path: [Step] = []

    private enum Step {
        case key(JSONNode)
        case field(StaticString)
        case index(Int)
    }

    mutating func check(_ node: JSONNode, _ shape: ObjectShape) {
        guard node.isObject else { return typeViolation(node, "an object") }
        // Where a key stands twice, the last one counts, as for other readers.
        var values = [JSONNode?](repeating: nil, count: shape.fields.count)
        for (key, value) in node.members {
            if let index = shape.index(of: key) {
                values[index] = value
            } else {
                path.append(.key(key))
                note(.unknownProperty, message(forUnknownKey: key.text ?? "", shape))
                path.removeLast()
            }
        }
        for (field, value) in zip(shape.fields, values) {
            path.append(.field(field.key))
            if let value {
                check(value, field.kind, of: field)
            } else if field.isRequired {
                note(.missing, "missing; required")
            }
            path.removeLast()
        }
    }

    private mutating func check(_ value: JSONNode, _ kind: Field.Kind, of field: Field) {
        switch kind {
        case .string(let maximum): checkString(value, maximum, of: field)
        case .dateTime: checkDateTime(value)
        case .uri:
            guard let text = value.text else { return typeViolation(value, "a string") }
            if !isURI(text) { note(.format, "\(quoted(text)) is no URI (RFC 3986)") }
        case .integer:
            guard value.isIntegerLiteral else { return typeViolation(value, "an integer") }
            checkMinimum(value, of: field)
        case .decimal(let tenths):
            guard value.kind == .number else { return typeViolation(value, "a number") }
            if tenths, !isMultipleOfTenth(value.raw) {
                note(.multipleOf, "\(excerpt(value)) has more than one decimal place")
            }
            checkMinimum(value, of: field)
        case .boolean:
            if value.boolean == nil { typeViolation(value, "true or false") }
        case .enumeration(let allowed):
            guard let text = value.text else { return typeViolation(value, "a string") }
            // The length too: Swift's == takes U+212A for K.
            if !allowed.contains(where: { $0 == text && $0.utf8.count == text.utf8.count }) {
                note(.enum, "\(quoted(text)) is none of \(list(allowed, nearestTo: text))")
            }
        case .object(let shape): check(value, shape)
        case .array(let kind, let minimum):
            guard value.isArray else { return typeViolation(value, "an array") }
            var count = 0
            for element in value.elements {
                path.append(.index(count))
                check(element, kind, of: field)
                path.removeLast()
                count += 1
            }
            if count < minimum { note(.length, "\(count) elements, at least \(minimum)") }
        }
    }

    private mutating func checkString(_ value: JSONNode, _ maximum: Int?, of field: Field) {
        guard value.kind == .string else { return typeViolation(value, "a string") }
        let leastCount = field.minimum ?? (field.isRequired ? 1 : 0)
        // Bytes are never fewer than characters.
        let byteCount = value.raw.count - 2
        if let maximum, byteCount > maximum {
            let count = value.text?.unicodeScalars.count ?? 0
            if count > maximum { note(.length, "\(count) characters, limit \(maximum)") }
        } else if byteCount < leastCount {
            note(.range, "empty")
        }
    }

    private mutating func checkDateTime(_ value: JSONNode) {
        guard let text = value.text else { return typeViolation(value, "a string") }
        guard let (time, repairs) = Timestamp.read(text) else {
            return note(.format, "\(quoted(text)) is no date and time (RFC 3339)")
        }
        if let repair = repairs.first {
            note(.format, "\(quoted(text)) is not RFC 3339: \(reason(repair))")
        }
        // Before OCPP 1.6 nobody spoke it: the clock is not set. 9999 is how some say never.
        if time.isOfWrongClock, time.calendar.year != 9999 {
            note(.range, "the year \(time.calendar.year): the clock is not set, or the time is none")
        }
    }

    private func reason(_ repair: Timestamp.Repair) -> String {
        switch repair {
        case .missingZone: "it has no time zone"
        case .shortOffset: "an offset has the form +03:00"
        case .blankForT: "a T stands between date and time"
        case .longYear: "a year has four digits"
        case .misplacedLeapSecond: "a second 60 ends a day in UTC"
        }
    }

    private mutating func checkMinimum(_ value: JSONNode, of field: Field) {
        guard let minimum = field.minimum, let number = value.decimal, number < ExactDecimal(minimum) else { return }
        note(.range, "\(excerpt(value)), at least \(minimum)")
    }

    private mutating func typeViolation(_ value: JSONNode, _ expected: String) {
        let found =
            switch value.kind {
            case .object: "an object"
            case .array: "an array"
            case .string: "the string \(quoted(value.text ?? ""))"
            case .number, .true, .false: "\(excerpt(value))"
            case .null: "null"
            }
        note(.type, "\(found), must be \(expected)")
    }

    private func message(forUnknownKey key: String, _ shape: ObjectShape) -> String {
        let names = shape.fields.map { $0.key.description }
        return "not a field of this message" + (nearest(to: key, among: names).map { "; did you mean \($0)?" } ?? "")
    }

    private mutating func note(_ code: Violation.Code, _ message: String) {
        violations.append(Violation(code, pathText, message))
    }

    private var pathText: String {
        path.reduce("$") { text, step in
            switch step {
            case .field(let key): "\(text).\(key)"
            case .index(let index): "\(text)[\(index)]"
            case .key(let key): text + pathMember(key.text ?? "")
            }
        }
    }
}

extension PayloadValidator {
    /// Looks for keys that stand twice in one object, anywhere in the value.
    mutating func checkDuplicateKeys(_ node: JSONNode) {
        if node.isArray {
            for (index, element) in node.elements.enumerated() where element.isObject || element.isArray {
                path.append(.index(index))
                checkDuplicateKeys(element)
                path.removeLast()
            }
        } else if node.isObject {
            var seen = SeenKeys()
            for (key, value) in node.members {
                let isNew = seen.insert(key)
                guard !isNew || value.isObject || value.isArray else { continue }
                path.append(.key(key))
                if !isNew { note(.duplicateKey, "the key stands twice; the last one counts") }
                checkDuplicateKeys(value)
                path.removeLast()
            }
        }
    }
}

/// The keys of one object so far: compared one by one while they are few, by hash where a hostile text has many.
private struct SeenKeys {
    private var few: [JSONNode] = []
    private var many: Set<[UInt8]> = []

    /// Whether the key is new.
    mutating func insert(_ key: JSONNode) -> Bool {
        guard few.count >= 16 else {
            if few.contains(where: { $0.hasSameText(as: key) }) { return false }
            few.append(key)
            return true
        }
        if many.isEmpty { many = Set(few.map(textBytes)) }
        return many.insert(textBytes(key)).inserted
    }

    private func textBytes(_ key: JSONNode) -> [UInt8] { Array((key.text ?? "").utf8) }
}
