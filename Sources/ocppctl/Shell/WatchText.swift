import OCPPKit

/// Records as lines for people.
enum WatchText {
    ///     10:00:00.120  CP001  → StartTransaction  {"connectorId":1,…}
    ///
    /// - Returns: `nil` for what is no record.
    static func line(of record: [UInt8]) -> String? {
        guard let root = try? JSONTree(parsing: record).root else { return nil }
        var words = [clock(root["timestamp"]?.text), root["chargePointId"]?.text ?? "-"]
        if let type = root["messageType"]?.text {
            let arrow = root["direction"]?.text == Direction.fromChargePoint.rawValue ? "→" : "←"
            words.append(
                "\(arrow) \(root["action"]?.text ?? "")\(type == "CALL" ? "" : type == "CALLERROR" ? " error" : " answer")"
            )
            words.append(raw(root["error"] ?? root["payload"]))
            let violations = (root["meta"]?["violations"]?.elements).map { Array($0) } ?? []
            if let first = violations.first {
                words.append("! \(first["path"]?.text ?? ""): \(first["message"]?.text ?? "")")
            }
        } else {
            words.append(root["record"]?.text ?? "")
            for name in ["event", "status", "outcome", "action", "energyWh", "code", "message", "reason"]
                as [StaticString]
            {
                if let value = root[name], !value.isNull { words.append("\(name) \(value.text ?? raw(value))") }
            }
        }
        return Diagnostics.harmless(words.joined(separator: "  ")).replacing("\n", with: " ") + "\n"
    }

    private static func clock(_ time: String?) -> String {
        guard let time, time.count >= 23 else { return "-" }
        return String(time.dropFirst(11).prefix(12))
    }

    private static func raw(_ node: JSONNode?) -> String {
        node.map { String(decoding: $0.raw, as: UTF8.self) } ?? ""
    }
}
