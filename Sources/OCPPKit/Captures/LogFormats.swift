/// Which side of the connection wrote a log.
public enum Perspective: String, Sendable, CaseIterable {
    case centralSystem = "central-system"
    case chargePoint = "charge-point"
}

/// A word or sign before a frame that tells which way it went: one row of the table of log formats.
struct DirectionMark: Sendable {
    enum Meaning: Sendable {
        /// By the side that wrote the log.
        case sent, received
        case absolute(Direction)
    }

    let text: String
    let meaning: Meaning
    /// Who writes logs of this kind, as long as nothing else tells.
    var loggedBy: Perspective = .centralSystem
    /// What must stand before the mark, where the mark alone means something else elsewhere.
    var after: String? = nil
    /// A short word that is also common in other places counts only as it is written here.
    var isCaseSensitive = false

    func direction(seenFrom perspective: Perspective) -> Direction {
        switch meaning {
        case .absolute(let direction): direction
        case .received: perspective == .centralSystem ? .fromChargePoint : .fromCentralSystem
        case .sent: perspective == .centralSystem ? .fromCentralSystem : .fromChargePoint
        }
    }
}

/// How logs tell what they know about a frame. Rows are data; a format that is not listed is read by the same rules.
enum LogFormats {
    static let marks: [DirectionMark] =
        [
            // Written by charge points.
            DirectionMark(text: "send", meaning: .sent, loggedBy: .chargePoint, after: "[MO] "),
            DirectionMark(text: "recv", meaning: .received, loggedBy: .chargePoint, after: "[MO] "),
            DirectionMark(text: "to WS lib", meaning: .sent, loggedBy: .chargePoint),
            DirectionMark(text: "from WS lib", meaning: .received, loggedBy: .chargePoint),
            DirectionMark(text: "sent requirement", meaning: .sent, loggedBy: .chargePoint),
            DirectionMark(text: "->", meaning: .sent, loggedBy: .chargePoint),
            DirectionMark(text: "<-", meaning: .received, loggedBy: .chargePoint),
            DirectionMark(text: "=>", meaning: .sent, loggedBy: .chargePoint),
            DirectionMark(text: "<=", meaning: .received, loggedBy: .chargePoint),
            DirectionMark(text: "-->", meaning: .sent, loggedBy: .chargePoint),
            DirectionMark(text: "<--", meaning: .received, loggedBy: .chargePoint),
            DirectionMark(text: ">>", meaning: .sent, loggedBy: .chargePoint),
            DirectionMark(text: "<<", meaning: .received, loggedBy: .chargePoint),
            DirectionMark(text: ">", meaning: .sent, loggedBy: .chargePoint),
            DirectionMark(text: "<", meaning: .received, loggedBy: .chargePoint),
            // Written by central systems.
            DirectionMark(text: "> TEXT", meaning: .sent),
            DirectionMark(text: "< TEXT", meaning: .received),
            DirectionMark(text: "receive message", meaning: .received),
            DirectionMark(text: "receive", meaning: .received),
            DirectionMark(text: "received", meaning: .received),
            DirectionMark(text: "receiving", meaning: .received),
            DirectionMark(text: "recv", meaning: .received),
            DirectionMark(text: "rcvd", meaning: .received),
            DirectionMark(text: "incoming", meaning: .received),
            DirectionMark(text: "inbound", meaning: .received),
            DirectionMark(text: "IN", meaning: .received, isCaseSensitive: true),
            DirectionMark(text: "RX", meaning: .received, isCaseSensitive: true),
            DirectionMark(text: "send", meaning: .sent),
            DirectionMark(text: "sending", meaning: .sent),
            DirectionMark(text: "sent", meaning: .sent),
            DirectionMark(text: "outgoing", meaning: .sent),
            DirectionMark(text: "outbound", meaning: .sent),
            DirectionMark(text: "OUT", meaning: .sent, isCaseSensitive: true),
            DirectionMark(text: "TX", meaning: .sent, isCaseSensitive: true),
            DirectionMark(text: "[in]", meaning: .received),
            DirectionMark(text: "[rx]", meaning: .received),
            DirectionMark(text: "[out]", meaning: .sent),
            DirectionMark(text: "[tx]", meaning: .sent),
            DirectionMark(text: "(in)", meaning: .received),
            DirectionMark(text: "(out)", meaning: .sent),
            DirectionMark(text: "recvd", meaning: .received),
            DirectionMark(text: "rcv", meaning: .received),
            DirectionMark(text: "ingress", meaning: .received),
            DirectionMark(text: "on_message", meaning: .received),
            DirectionMark(text: "onmessage", meaning: .received),
            DirectionMark(text: "reading", meaning: .received),
            DirectionMark(text: "egress", meaning: .sent),
            DirectionMark(text: "transmit", meaning: .sent),
            DirectionMark(text: "transmitted", meaning: .sent),
            DirectionMark(text: "transmitting", meaning: .sent),
            DirectionMark(text: "writing", meaning: .sent),
            DirectionMark(text: "←", meaning: .received, loggedBy: .chargePoint),
            DirectionMark(text: "→", meaning: .sent, loggedBy: .chargePoint),
            DirectionMark(text: "<==", meaning: .received, loggedBy: .chargePoint),
            DirectionMark(text: "==>", meaning: .sent, loggedBy: .chargePoint),
            DirectionMark(text: "<<<", meaning: .received, loggedBy: .chargePoint),
            DirectionMark(text: ">>>", meaning: .sent, loggedBy: .chargePoint),
        ]

    /// Words that stand before a colon and name a program or a level, not a charge point.
    static let noIds: Set<String> = [
        "info", "debug", "trace", "warn", "warning", "error", "notice", "fatal", "critical", "err", "dbg", "inf", "wrn",
        "verbose", "ocpp", "ocppj", "ocppd", "ocpp16", "ocpp1.6", "server", "client", "rpc", "transport", "connection",
        "stdout", "stderr", "log", "json", "packet", "call", "callresult", "callerror", "request", "response",
        "content",
        "json-rpc", "socket", "body", "in", "out", "rx", "tx", "station", "charger", "chargepoint", "evse", "csms",
        "websocket", "websockets", "ws", "message", "msg", "frame", "raw", "data", "text", "payload", "main",
    ]

    /// The rows whose text begins with each byte, longest first; letters in lower case.
    static let marksByFirstByte: [[(text: [UInt8], mark: DirectionMark)]] = {
        let rows = marks.map { (text: Array($0.text.utf8).map(lowercased), mark: $0) }
        return (0...255).map { byte in
            // Rows that ask for more before them come first among equals.
            rows.filter { $0.text[0] == UInt8(byte) }.sorted {
                ($0.text.count, $0.mark.after == nil ? 0 : 1) > ($1.text.count, $1.mark.after == nil ? 0 : 1)
            }
        }
    }()
}

func lowercased(_ byte: UInt8) -> UInt8 {
    byte &- UInt8(ascii: "A") < 26 ? byte | 0x20 : byte
}
