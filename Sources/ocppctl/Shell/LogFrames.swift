import OCPPKit

/// The frames of logs. What cannot be read is said, and the rest goes on.
struct LogFrames {
    private var files: LogFiles
    private var unreadable = 0

    /// So many broken frames are said one by one: a log that cuts all long lines has thousands.
    private static let saidLimit = 20

    init(options: LogOptions) { files = LogFiles(options: options) }

    /// Reads the files in order, and gives each frame.
    ///
    /// - Parameter other: given what is no frame: connections, and other records where the options ask for them.
    mutating func read(
        _ names: [String], other: (LogItem) throws -> Void = { _ in }, _ body: (FrameRecord) throws -> Void
    ) throws {
        var unreadable = unreadable
        try files.read(names) { item in
            switch item {
            case .frame(let record): try body(record)
            case .sound(let record): try body(record.read)
            case .connection, .record: try other(item)
            case .unreadable(let frame):
                unreadable += 1
                if unreadable <= Self.saidLimit { Self.say(frame) }
            }
        }
        self.unreadable = unreadable
    }

    /// Call it when the rows are written.
    ///
    /// - Throws: as `LogFiles.finish`. Broken frames are no failure: logs of the field have them, and a session that
    ///   misses a frame says so in its flags.
    func finish() throws {
        if unreadable > Self.saidLimit {
            Diagnostics.say("\(unreadable - Self.saidLimit) more frames cannot be read; 'ocppctl decode' shows each")
        }
        try files.finish()
    }

    private static func say(_ frame: UnreadableFrame) {
        let place = frame.source.map { "\($0.file):\($0.line): " } ?? ""
        Diagnostics.say("\(place)a frame cannot be read: \(frame.error.message)")
    }
}
