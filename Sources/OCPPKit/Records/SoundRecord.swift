/// The record of a frame with which nothing is wrong, as it stands in its line: no values are made of it.
///
/// It is written as its `FrameRecord` is.
public struct SoundRecord: Sendable {
    let text: SoundText
    let frame: SoundFrame
    public let timestamp: Timestamp?
    public let chargePointId: String?
    public let direction: Direction?
    public let source: FrameRecord.Source
    /// On an answer: how long after its CALL.
    public let responseMilliseconds: Int64?

    public var kind: Frame.Kind { frame.kind }

    /// The same with its values.
    public var read: FrameRecord {
        // What was found sound is a frame.
        guard let read = try? Frame.read(Array(text[frame.text])) else {
            preconditionFailure("a sound frame cannot be read")
        }
        return FrameRecord(
            timestamp: timestamp, chargePointId: chargePointId, direction: direction, frame: read,
            action: frame.action.map { Actions.all[$0].name }, source: source,
            responseMilliseconds: responseMilliseconds)
    }

    /// Writes the record as one line, its newline included.
    public func write(to writer: inout JSONWriter) {
        writer.beginRecord(timestamp, chargePointId, connectorId: frame.connectorId, direction, frame.kind)
        unsafe writer.append(atMost: frame.text.count + 100) { room in
            var room = unsafe TextRoom(room)
            room.write(#","messageId":"#)
            text.write(frame.messageId, to: &room)
            if let action = frame.action {
                room.write(#","action":""#)
                unsafe room.write(SoundTables.all.actionName(action))
                room.write(#"""#)
            }
            room.write(#","payload":"#)
            text.write(frame.payload, to: &room)
            room.write(#","raw":"#)
            return room.count
        }
        writer.hasWrittenKey()
        writer.string(text, frame.text)
        writer.endRecord(violations: [], repairs: [], source, responseMilliseconds)
    }
}
