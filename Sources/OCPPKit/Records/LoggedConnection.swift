/// A line that says that a charge point came or went, as `serve` writes it.
public struct LoggedConnection: Sendable {
    public enum Event: String, Sendable {
        case connected, disconnected
    }

    public let event: Event
    public let chargePointId: String?
    public let timestamp: Timestamp?
    /// Where the line stands.
    public let source: FrameRecord.Source

    /// `nil` where the line is no such record.
    init?(_ line: JSONNode, source: FrameRecord.Source) {
        guard line["record"]?.text == "connection", let event = line["event"]?.text.flatMap(Event.init(rawValue:))
        else {
            return nil
        }
        self.event = event
        self.source = source
        chargePointId = line["chargePointId"]?.text
        timestamp = line["timestamp"]?.dateTime?.time
    }
}
