/// One OCPP-J message: a CALL, a CALLRESULT or a CALLERROR (OCPP-J 1.6, section 4.2).
///
/// The payload is a view into the text that was read; unknown fields and decimals stay as they came.
public struct Frame: Sendable {
    public enum Kind: String, Sendable {
        case call = "CALL"
        case callResult = "CALLRESULT"
        case callError = "CALLERROR"

        /// The MessageTypeId: 2, 3 or 4.
        public var messageTypeId: Int64 {
            switch self {
            case .call: 2
            case .callResult: 3
            case .callError: 4
            }
        }
    }

    public let kind: Kind
    /// Where its parts stand in the tree; what a frame lacks is -1.
    private let parts: Parts
    /// What is wrong with the envelope, the payload aside: codes `messageId` and `frame`, and `enum` for the code of a
    /// CALLERROR.
    public let violations: [Violation]
    /// The frame's array (or the object that stands for it).
    public let node: JSONNode

    private struct Parts {
        var messageId: Int32 = -1
        var action: Int32 = -1
        /// The action's place in `Actions.all`.
        var definition: Int32 = -1
        var payload: Int32 = -1
        var errorCode: Int32 = -1
        var errorDescription: Int32 = -1
    }

    /// The UniqueId as text; empty where the frame has none that can be read (`null`).
    public var messageId: String { part(parts.messageId).flatMap(Frame.idText) ?? "" }
    /// The same as it was read.
    var messageIdNode: JSONNode? { part(parts.messageId) }
    /// Of its bytes, with a seed that changes with each run: the same for all ways to write it.
    var messageIdHash: Int {
        if let hash = unsafe messageIdNode?.withPlainText({ unsafe Frame.hash(UnsafeRawBufferPointer($0)) }) {
            return hash
        }
        var text = messageId
        return text.withUTF8 { unsafe Frame.hash(UnsafeRawBufferPointer($0)) }
    }

    /// The same of a plain text's bytes.
    static func hash(_ bytes: UnsafeRawBufferPointer) -> Int {
        var hasher = Hasher()
        unsafe hasher.combine(bytes: bytes)
        return hasher.finalize()
    }

    /// The action of a CALL, as it was sent; `nil` for answers, which do not carry it.
    public var action: String? { definition?.name ?? part(parts.action)?.text }
    /// The action of a CALL as OCPP 1.6 defines it; `nil` where it has none of that name.
    var definition: ActionDefinition? { parts.definition < 0 ? nil : Actions.all[Int(parts.definition)] }
    /// Its place in `Actions.all`.
    var definitionIndex: Int? { parts.definition < 0 ? nil : Int(parts.definition) }
    /// The payload of a CALL or CALLRESULT, an object or `null`; the details of a CALLERROR, where there are any.
    public var payload: JSONNode? { part(parts.payload) }
    /// What a CALLERROR says; `nil` otherwise.
    public var error: (code: String, description: String)? {
        kind == .callError
            ? (part(parts.errorCode)?.text ?? "", part(parts.errorDescription)?.text ?? "") : nil
    }

    private func part(_ index: Int32) -> JSONNode? {
        index < 0 ? nil : JSONNode(storage: node.storage, index: Int(index))
    }

    /// The frame's exact text.
    public var raw: ArraySlice<UInt8> { node.raw }

    /// The same; no copy where the frame is all of the text that was read.
    public var bytes: [UInt8] {
        let (raw, all) = (node.raw, node.storage.bytes)
        return raw.count == all.count ? all : Array(raw)
    }

    /// Reads a frame from a whole text.
    public static func read(
        _ bytes: [UInt8], maximumDepth: Int = JSONTree.defaultMaximumDepth
    ) throws(FrameError) -> Frame {
        do {
            return try Frame(JSONTree(parsing: bytes, maximumDepth: maximumDepth).root)
        } catch let error as JSONError {
            throw FrameError(error, in: bytes[...])
        } catch let error as FrameError {
            throw error
        } catch {
            throw FrameError(code: .json, message: "\(error)")
        }
    }

    /// Reads a frame from a value that stands in a larger text.
    public init(_ node: JSONNode) throws(FrameError) {
        guard node.isArray else {
            guard let wrapped = WrappedFrame(node) else {
                throw FrameError(code: .frame, message: "no array that begins with a MessageTypeId")
            }
            self = try Frame(wrapped, node)
            return
        }
        let places = ElementPlaces(node)
        func element(_ number: Int) -> JSONNode { JSONNode(storage: node.storage, index: Int(places[number])) }
        guard let typeId = places.count > 0 ? element(0).integer : nil else {
            throw FrameError(code: .frame, message: "no array that begins with a MessageTypeId")
        }
        guard let kind = Frame.kind(ofTypeId: typeId) else {
            throw Frame.error(
                "MessageTypeId \(typeId) is none of 2 (CALL), 3 (CALLRESULT), 4 (CALLERROR)", typeId, node)
        }
        let expected = kind == .call ? 4...4 : kind == .callResult ? 3...3 : 3...5
        guard expected.contains(places.count) else {
            throw Frame.error(
                "\(places.count) elements; a \(kind.rawValue) has \(expected.upperBound)", typeId, node)
        }
        var violations: [Violation] = []
        var parts = Parts(messageId: places[1])
        Frame.checkMessageId(element(1), &violations)
        switch kind {
        case .call:
            let action = element(2)
            guard action.kind == .string else { throw Frame.error("the action is not a string", typeId, node) }
            parts.action = places[2]
            parts.definition = Int32(truncatingIfNeeded: Actions.index(named: action))
            parts.payload = places[3]
        case .callResult: parts.payload = places[2]
        case .callError:
            guard let code = element(2).text else { throw Frame.error("the error code is not a string", typeId, node) }
            if let violation = ErrorCode.violation(code) { violations.append(violation) }
            parts.errorCode = places[2]
            if places.count > 3 { parts.errorDescription = places[3] }
            if places.count > 4 { parts.payload = places[4] }
            if places.count < 5 {
                violations.append(Violation(.frame, "$", "\(places.count) elements; a CALLERROR has 5"))
            }
        }
        if parts.payload >= 0 {
            let kind = node.storage.entries[Int(parts.payload)].kind
            guard Frame.isPayload(kind, &violations) else {
                throw Frame.error("the payload is not an object", typeId, node)
            }
        }
        self.node = node
        self.kind = kind
        self.parts = parts
        self.violations = violations
    }

    /// Why an array is no frame, with what can be read of it.
    private static func error(_ message: String, _ typeId: Int64, _ array: JSONNode) -> FrameError {
        let elements = Array(array.elements.prefix(3))
        return FrameError(
            code: .frame, message: message, messageTypeId: typeId,
            messageId: elements.count > 1 ? idText(elements[1]) : nil,
            action: typeId == 3 || typeId == 4 || elements.count < 3 ? nil : elements[2].text)
    }

    private static func kind(ofTypeId typeId: Int64) -> Kind? {
        switch typeId {
        case 2: .call
        case 3: .callResult
        case 4: .callError
        default: nil
        }
    }

    private init(_ wrapped: WrappedFrame, _ node: JSONNode) throws(FrameError) {
        func failure(_ message: String) -> FrameError {
            FrameError(
                code: .frame, message: message, messageTypeId: wrapped.kind.messageTypeId,
                messageId: wrapped.messageId.flatMap(Frame.idText), action: wrapped.action?.text)
        }
        var violations = [Violation(.frame, "$", "an object stands for the frame; it must be an array")]
        self.node = node
        kind = wrapped.kind
        guard let id = wrapped.messageId else { throw failure("no message id") }
        Frame.checkMessageId(id, &violations)
        func index(_ part: JSONNode?) -> Int32 { part.map { Int32(truncatingIfNeeded: $0.index) } ?? -1 }
        var parts = Parts(messageId: index(id), payload: index(wrapped.payload))
        if kind == .call {
            guard let action = wrapped.action, action.kind == .string else {
                throw failure("the action is not a string")
            }
            parts.action = index(action)
            parts.definition = Int32(truncatingIfNeeded: Actions.index(named: action))
        } else if kind == .callError {
            parts.errorCode = index(wrapped.errorCode)
            parts.errorDescription = index(wrapped.errorDescription)
            if let violation = ErrorCode.violation(wrapped.errorCode?.text ?? "") { violations.append(violation) }
        }
        self.parts = parts
        if let payload = wrapped.payload, !Frame.isPayload(payload.kind, &violations) {
            throw failure("the payload is not an object")
        }
        self.violations = violations
    }

    /// Whether a value of a kind is a payload: an object, or `null`, which stands for an empty one.
    private static func isPayload(_ kind: JSONKind, _ violations: inout [Violation]) -> Bool {
        switch kind {
        case .object: return true
        case .null:
            violations.append(Violation(.frame, "$", "the payload is null; it must be an object, {} where it is empty"))
            return true
        default: return false
        }
    }

    /// What stands for a message id in the text: a string's text, a number's digits.
    static func idText(_ node: JSONNode) -> String? {
        switch node.kind {
        case .string: node.text
        case .number, .true, .false: String(decoding: node.raw, as: UTF8.self)
        case .object, .array, .null: nil
        }
    }

    private static func checkMessageId(_ node: JSONNode, _ violations: inout [Violation]) {
        // Bytes are never fewer than characters.
        if let count = node.plainTextCount, (1...36).contains(count) { return }
        guard let text = node.text else {
            violations.append(Violation(.messageId, "$", "the message id is not a string"))
            return
        }
        if text.isEmpty {
            violations.append(Violation(.messageId, "$", "the message id is empty"))
        } else if text.unicodeScalars.count > 36 {
            violations.append(Violation(.messageId, "$", "\(text.unicodeScalars.count) characters, limit 36"))
        }
    }
}

/// Where the elements of a frame's array stand in its tree.
private struct ElementPlaces {
    /// Of the first ones.
    private var places: [5 of Int32] = .init(repeating: 0)
    /// Of all elements; no frame has more than five.
    private(set) var count = 0

    init(_ array: JSONNode) {
        var elements = array.elements
        while let index = elements.nextIndex() {
            if count < places.count { places[count] = Int32(truncatingIfNeeded: index) }
            count += 1
        }
    }

    /// Of one of the first five.
    subscript(_ number: Int) -> Int32 { places[number] }
}

/// Why a text is no frame, with what can still be read of it.
public struct FrameError: Error, Sendable {
    public enum Code: String, Sendable {
        /// Malformed JSON.
        case json
        /// Cut or elided: the text ends inside the frame.
        case truncated
        /// JSON, but no OCPP message: its length, its type, or a payload that is no object.
        case frame
    }

    public let code: Code
    public let message: String
    public let messageTypeId: Int64?
    public let messageId: String?
    public let action: String?

    public init(
        code: Code, message: String, messageTypeId: Int64? = nil, messageId: String? = nil, action: String? = nil
    ) {
        self.code = code
        self.message = message
        self.messageTypeId = messageTypeId
        self.messageId = messageId
        self.action = action
    }

    /// A text that begins as a frame but is no JSON: reads type, id and action as far as they stand.
    public init(_ error: JSONError, in bytes: ArraySlice<UInt8>) {
        self.init(
            code: error.code == .unexpectedEnd ? .truncated : .json, message: error.description, reading: bytes)
    }

    /// Reads type, id and action of a broken frame as far as they stand; in a cut one, what is elided is not read.
    init(code: Code, message: String, reading bytes: ArraySlice<UInt8>) {
        let text = Array(bytes)
        var position = 0
        func skip(_ characters: String) {
            while position < text.count, characters.utf8.contains(text[position]) { position += 1 }
        }
        func value() -> JSONNode? {
            skip(" \t\r\n")
            guard let (tree, end) = try? JSONTree.parsingPrefix(of: text, from: position) else { return nil }
            position = end
            skip(" \t\r\n")
            if position < text.count {
                // A value ends at a comma or a bracket; one that goes on otherwise was something else.
                guard text[position] == UInt8(ascii: ",") || text[position] == UInt8(ascii: "]") else { return nil }
                position += 1
            }
            return code == .truncated && hasElision(tree.root.raw) ? nil : tree.root
        }
        skip(" \t\r\n")
        skip("[")
        let typeId = value()?.integer
        let idNode = typeId == nil ? nil : value()
        self.init(
            code: code, message: message, messageTypeId: typeId, messageId: idNode.flatMap(Frame.idText),
            action: typeId == 2 && idNode != nil ? value()?.text : nil)
    }
}
