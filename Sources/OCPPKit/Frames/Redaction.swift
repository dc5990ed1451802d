/// Secrets taken out of frames before anybody keeps or shows them: the AuthorizationKey, which a central system sets
/// by ChangeConfiguration (whitepaper "Improved security for OCPP 1.6-J", section 3) and some charge points tell again.
public enum Redaction {
    /// What stands in a secret's place.
    public static let mask = "***"

    /// The configuration key whose value is secret; compared without regard to case (OCPP 1.6, CiString).
    public static func isSecret(configurationKey key: String?) -> Bool { key?.lowercased() == "authorizationkey" }

    /// The secret that a CALL's payload brings; `nil` where it brings none.
    public static func secret(action: String?, payload: JSONNode?) -> JSONNode? {
        guard action == "ChangeConfiguration", let payload, isSecret(configurationKey: payload["key"]?.text) else {
            return nil
        }
        return payload["value"]
    }

    /// The frame without secrets; the frame itself where it has none.
    ///
    /// - Parameter known: texts that must not be seen wherever they stand, such as the key that an answer is about.
    public static func redacted(_ frame: Frame, hiding known: [String] = []) -> Frame {
        var ranges: [Range<Int>] = []
        if let secret = secret(action: frame.action, payload: frame.payload) { ranges.append(secret.raw.indices) }
        if frame.kind == .callResult, let keys = frame.payload?["configurationKey"] {
            // Some charge points send the only one without its array.
            for entry in keys.isArray ? Array(keys.elements) : [keys]
            where isSecret(configurationKey: entry["key"]?.text) {
                if let value = entry["value"] { ranges.append(value.raw.indices) }
            }
        }
        guard !ranges.isEmpty || !known.isEmpty else { return frame }
        let raw = frame.raw
        var bytes = Array(raw)
        for range in ranges.sorted(by: { $0.lowerBound > $1.lowerBound }) {
            let start = range.lowerBound - raw.startIndex
            bytes.replaceSubrange(start..<start + range.count, with: Array("\"\(mask)\"".utf8))
        }
        // A text of digits alone may stand where a number is; there only digits keep the frame a frame.
        for mask in [mask, "0"] {
            var masked = bytes
            for text in known where !text.isEmpty { replace(Array(text.utf8), by: mask, in: &masked) }
            if let frame = try? Frame.read(masked) { return frame }
        }
        return frame
    }

    /// A text that is no frame, without secrets: nothing is left of one that names a secret's key.
    ///
    /// - Parameter known: texts that must not be seen wherever they stand.
    public static func redacted(text: [UInt8], hiding known: [String] = []) -> [UInt8] {
        let isHarmless = !String(decoding: text, as: UTF8.self).lowercased().contains("authorizationkey")
        guard isHarmless else { return Array(mask.utf8) }
        var masked = text
        for text in known where !text.isEmpty { replace(Array(text.utf8), by: mask, in: &masked) }
        return masked
    }

    private static func replace(_ text: [UInt8], by mask: String, in bytes: inout [UInt8]) {
        var index = 0
        while index + text.count <= bytes.count {
            if bytes[index] == text[0], bytes[index..<index + text.count].elementsEqual(text) {
                bytes.replaceSubrange(index..<index + text.count, with: mask.utf8)
                index += mask.utf8.count
            } else {
                index += 1
            }
        }
    }
}
