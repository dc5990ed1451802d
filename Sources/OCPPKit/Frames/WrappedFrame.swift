/// A frame that somebody wrote as an object: `{"CallType":2,"UniqueId":"1","Action":"Heartbeat","Payload":{}}`.
///
/// Its keys are compared without case, `_` and `-`.
struct WrappedFrame {
    let kind: Frame.Kind
    private(set) var messageId: JSONNode?
    private(set) var action: JSONNode?
    private(set) var payload: JSONNode?
    private(set) var errorCode: JSONNode?
    private(set) var errorDescription: JSONNode?

    private enum Part {
        case kind, messageId, action, payload, errorCode, errorDescription
    }

    /// What the keys are called where frames are written so.
    private static let parts: [String: Part] = [
        "calltype": .kind, "messagetypeid": .kind, "messagetype": .kind, "msgtype": .kind, "msgtypeid": .kind,
        "typeid": .kind, "ocppmessagetype": .kind, "type": .kind,
        "uniqueid": .messageId, "messageid": .messageId, "msgid": .messageId, "callid": .messageId,
        "id": .messageId, "uid": .messageId,
        "action": .action,
        "payload": .payload, "errordetails": .payload,
        "errorcode": .errorCode, "errordescription": .errorDescription,
    ]

    private static let kinds: [String: Frame.Kind] = [
        "2": .call, "3": .callResult, "4": .callError,
        "call": .call, "callresult": .callResult, "callerror": .callError,
    ]

    /// `nil` where the value is no object, or does not have a frame's type, id and content.
    init?(_ node: JSONNode) {
        guard node.isObject else { return nil }
        var kind: Frame.Kind?
        for (key, value) in node.members {
            guard let part = WrappedFrame.part(key.raw.dropFirst().dropLast()) else { continue }
            switch part {
            case .kind: kind = kind ?? Frame.idText(value).flatMap(WrappedFrame.kind)
            case .messageId: messageId = value
            case .action: action = value
            case .payload: payload = value
            case .errorCode: errorCode = value
            case .errorDescription: errorDescription = value
            }
        }
        guard let kind, messageId != nil else { return nil }
        switch kind {
        case .call: guard action != nil, payload != nil else { return nil }
        case .callResult: guard payload != nil else { return nil }
        case .callError: guard errorCode != nil else { return nil }
        }
        self.kind = kind
    }

    /// Whether a text begins with a key that holds a frame's type; the key ends at the first quote or backslash.
    static func isTypeKey(_ text: ArraySlice<UInt8>) -> Bool {
        part(text.prefix { $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }) == .kind
    }

    /// Compared as keys are: without case, `_` and `-`.
    private static func kind(_ text: String) -> Frame.Kind? {
        kinds[text.lowercased().filter { $0 != "_" && $0 != "-" }]
    }

    /// Whether an object that begins with this key may be a frame; the key ends at the first quote or backslash.
    static func isKey(_ text: ArraySlice<UInt8>) -> Bool {
        part(text.prefix { $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }) != nil
    }

    private static func part(_ key: ArraySlice<UInt8>) -> Part? {
        guard key.count <= 20, let first = key.first, firstLetters.contains(first | 0x20) else { return nil }
        let letters = key.filter { $0 != UInt8(ascii: "_") && $0 != UInt8(ascii: "-") }.map { $0 | 0x20 }
        return parts[String(decoding: letters, as: UTF8.self)]
    }

    private static let firstLetters = Set(parts.keys.compactMap(\.utf8.first))
}
