/// What begins as a frame and is broken: an `error` record.
public struct UnreadableFrame: Sendable {
    public var error: FrameError
    /// The broken text, as far as it can be told where it ends.
    public var raw: [UInt8]
    public var source: FrameRecord.Source?
    /// When and from whom it came, where that is known.
    public var timestamp: Timestamp?
    public var chargePointId: String?

    public init(
        error: FrameError, raw: [UInt8], source: FrameRecord.Source? = nil, timestamp: Timestamp? = nil,
        chargePointId: String? = nil
    ) {
        self.error = error
        self.raw = raw
        self.source = source
        self.timestamp = timestamp
        self.chargePointId = chargePointId
    }

    /// Writes the record as one line, its newline included.
    public func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("record", "error")
        writer.member("timestamp", timestamp)
        writer.member("chargePointId", chargePointId)
        writer.member("code", error.code.rawValue)
        writer.member("message", error.message)
        if let source {
            writer.key("source")
            writer.beginObject()
            writer.member("file", source.file)
            writer.member("line", source.line)
            writer.endObject()
        }
        writer.key("raw")
        writer.string(utf8: raw[...])
        writer.member("messageTypeId", error.messageTypeId)
        writer.member("messageId", error.messageId)
        writer.member("action", error.action)
        writer.endObject()
        writer.endLine()
    }
}
