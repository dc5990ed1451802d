// Which repairs a frame needs. Its fields are read by the action's table, with the same `PayloadReader` that the state
// machines read with.
extension Repair {
    /// The names of the repairs made in reading a frame, each once: those of the envelope first.
    ///
    /// - Parameters:
    ///   - payload: what is read: the frame's payload, or what quirks made of it.
    ///   - answering: the action of the CALL that a CALLRESULT answers; without it only the envelope is looked at.
    ///   - violations: the frame's, whatever the reader makes of it.
    static func names(
        reading frame: Frame, payload: JSONNode?, answering: String?, violations: [Violation]
    ) -> [String] {
        // A frame without violations needs no more than a look at its texts: most are such.
        guard !violations.isEmpty || payload?.hasOddText == true else { return [] }
        var reader = PayloadReader(payload)
        var names = envelope(frame).map(\.rawValue)
        let name = frame.kind == .call ? frame.action : frame.kind == .callResult ? answering : nil
        if let definition = name.flatMap(Actions.meant) {
            if frame.kind == .call, definition.name != name { names.append(Repair.actionOtherCase.rawValue) }
            reader.readsNullTexts = frame.kind == .call && textsMayBeNull.contains(definition.name)
            reader.readAll(frame.kind == .call ? definition.request : definition.response)
        }
        if violations.contains(where: { $0.code == .duplicateKey }) { reader.note(.lastKeyTaken) }
        for repair in reader.repairs where !names.contains(repair) { names.append(repair) }
        return names
    }

    /// Whose optional texts are `"null"` where there is nothing to say. Elsewhere it may be a value.
    private static let textsMayBeNull: Set = ["BootNotification", "StatusNotification"]

    private static func envelope(_ frame: Frame) -> [Repair] {
        var repairs: [Repair] = []
        for violation in frame.violations {
            switch violation.code {
            case .messageId where frame.messageId.unicodeScalars.count > 36: repairs.append(.overlongMessageIdKept)
            case .messageId where frame.hasWrittenId: repairs.append(.messageIdAsText)
            case .frame where frame.node.isObject && !repairs.contains(.objectForFrame): repairs.append(.objectForFrame)
            case .frame where frame.payload?.isNull == true: repairs.append(.nullAsObject)
            case .frame where frame.kind == .callError: repairs.append(.shortCallError)
            default: break
            }
        }
        return repairs
    }
}

extension Frame {
    /// Whether the message id is no text, and has one all the same: 481.
    fileprivate var hasWrittenId: Bool {
        let id = node.isArray ? Array(node.elements).dropFirst().first : WrappedFrame(node)?.messageId
        return id.map { $0.kind != .string && Frame.idText($0) != nil } ?? false
    }
}

extension Actions {
    /// The action that a name stands for, in whatever capitals.
    static func meant(_ name: String) -> ActionDefinition? { named(name) ?? byLetters[name.lowercased()] }

    private static let byLetters: [String: ActionDefinition] = Dictionary(
        uniqueKeysWithValues: all.map { ($0.name.lowercased(), $0) })
}

extension JSONNode {
    fileprivate var isScalar: Bool { !isObject && !isArray && !isNull }

    /// Whether any text in it has blanks or control characters at its ends, escapes, or is `"null"`.
    fileprivate var hasOddText: Bool {
        for index in index..<Int(storage.entries[index].next) {
            let entry = storage.entries[index]
            guard entry.kind == .string else { continue }
            if entry.isIrregular { return true }
            let length = Int(entry.end - entry.start) - 2
            guard length > 0 else { continue }
            let (first, last) = (storage.bytes[Int(entry.start) + 1], storage.bytes[Int(entry.end) - 2])
            if first <= 0x20 || last <= 0x20 || last == 0x7F { return true }
            if length == 4, first == UInt8(ascii: "n"),
                storage.bytes[(Int(entry.start) + 1)..<(Int(entry.end) - 1)].elementsEqual("null".utf8)
            {
                return true
            }
        }
        return false
    }
}

extension PayloadReader {
    private static let tokens: Set = ["idTag", "parentIdTag"]
    private static let registers: Set = ["meterStart", "meterStop"]

    /// Reads every field that the shape has, and notes what else there is.
    mutating func readAll(_ shape: ObjectShape) {
        guard node.isObject else { return }
        for field in shape.fields { read(field) }
        for (key, _) in node.members where shape.index(of: key) == nil {
            if key.isText("heartbeatInterval"), shape.field(named: "interval") != nil, node["interval"] == nil {
                note(.heartbeatIntervalForInterval)
            } else {
                note(.unknownFieldIgnored)
            }
        }
    }

    mutating func read(_ field: Field) {
        let key = field.key
        switch field.kind {
        case .string(let maximum):
            let text =
                if Self.tokens.contains(key.description) {
                    idToken(key)
                } else if field.key.description == "value", field.isRequired, maximum == nil {
                    number(key)?.text
                } else if readsNullTexts, !field.isRequired {
                    optionalText(key)
                } else {
                    self.text(key)
                }
            if let maximum, let text, text.utf8.count > maximum, text.unicodeScalars.count > maximum {
                note(.overlongTextKept)
            }
        case .dateTime: _ = time(key)
        case .uri: _ = text(key)
        case .integer: if Self.registers.contains(key.description) { _ = register(key) } else { _ = integer(key) }
        case .decimal: _ = decimal(key)
        case .boolean: _ = boolean(key)
        case .enumeration(let allowed): _ = word(key, among: allowed)
        case .object(let shape):
            guard let object = object(key) else { return }
            read(object, shape)
        case .array(.object(let shape), _):
            for element in elements(key) { readElement(element, shape, of: key.description) }
        case .array: _ = texts(key)
        }
    }

    private mutating func readElement(_ element: JSONNode, _ shape: ObjectShape, of key: String) {
        switch key {
        case "sampledValue" where element["value"]?.isScalar != true: note(.sampleDropped)
        case "meterValue" where !element.isObject, "transactionData" where !element.isObject: note(.meterValueDropped)
        case "configurationKey" where element["key"].map(\.isNull) ?? true: note(.configurationKeyDropped)
        default: break
        }
        read(element, shape)
    }

    private mutating func read(_ object: JSONNode, _ shape: ObjectShape) {
        var inner = PayloadReader(object)
        inner.readsNullTexts = readsNullTexts
        inner.readAll(shape)
        note(inner.repairs)
    }
}
