/// The interval of a charge point's heartbeats, as the central system last set it.
struct HeartbeatInterval: Sendable {
    /// `nil` as long as the log does not tell.
    private(set) var milliseconds: Int64?
    private var asked: (id: String, seconds: Int64)?

    mutating func take(_ record: FrameRecord) {
        guard let payload = record.payload else { return }
        switch (record.frame.kind, record.askedAction) {
        case (.callResult, "BootNotification"):
            if payload["status"]?.text == "Accepted", let seconds = payload["interval"]?.integer { set(seconds) }
        case (.call, "ChangeConfiguration"):
            guard payload["key"]?.text == "HeartbeatInterval",
                let seconds = payload["value"]?.text.flatMap({ Int64($0) })
            else { return }
            asked = (record.frame.messageId, seconds)
        case (.callResult, "ChangeConfiguration"):
            if let asked, asked.id == record.frame.messageId, payload["status"]?.text == "Accepted" {
                set(asked.seconds)
            }
        default: break
        }
    }

    private mutating func set(_ seconds: Int64) {
        if (1...604_800).contains(seconds) { milliseconds = seconds * 1000 }
    }
}
