/// What begins as a frame and is broken: an `error` record.
public struct UnreadableFrame: Sendable {
    public var error: FrameError
    /// The broken text, as far as it can be told where it ends.
    public var raw: [UInt8]
    public var source: FrameRecord.Source

    public init(error: FrameError, raw: [UInt8], source: FrameRecord.Source) {
        self.error = error
        self.raw = raw
        self.source = source
    }

    /// Writes the record as one line, its newline included.
    public func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("record", "error")
        writer.member("code", error.code.rawValue)
        writer.member("message", error.message)
        writer.key("source")
        writer.beginObject()
        writer.member("file", source.file)
        writer.member("line", source.line)
        writer.endObject()
        writer.key("raw")
        writer.string(utf8: raw)
        writer.member("messageTypeId", error.messageTypeId)
        writer.member("messageId", error.messageId)
        writer.member("action", error.action)
        writer.endObject()
        writer.endLine()
    }
}
