import OCPPKit

/// The frames of logs. What cannot be read is said, and the rest goes on.
struct LogFrames {
    private var reader: LogReader
    private var unreadable = 0
    private var status = ExitStatus.done

    /// So many broken frames are said one by one: a log that cuts all long lines has thousands.
    private static let saidLimit = 20

    init(options: LogOptions) { reader = LogReader(options: options) }

    /// Reads the files in order, and gives each frame as it is found.
    mutating func read(_ files: [String], _ body: (FrameRecord) throws -> Void) throws {
        for file in files {
            var isEmpty = true
            var hasFrames = false
            reader.open(file)
            do {
                try LogInput.read(file) { chunk in
                    isEmpty = isEmpty && chunk.allSatisfy { $0 <= 0x20 }
                    if try take({ $0.read(chunk, $1) }, body) { hasFrames = true }
                }
            } catch let failure as CommandFailure where failure.status == .noInput {
                Diagnostics.say(failure.message)
                status = .noInput
                isEmpty = true
            }
            if try take({ $0.close($1) }, body) { hasFrames = true }
            if !isEmpty, !hasFrames {
                let name = file == "-" ? "standard input" : file
                Diagnostics.say("\(name): no OCPP frames in it; frames look like [2,\"id\",\"Heartbeat\",{}]")
                if status == .done { status = .badData }
            }
        }
    }

    /// Call it when the rows are written.
    ///
    /// - Throws: a failure without a message where a file could not be read (66) or is no log (65). Broken frames are
    ///   none: logs of the field have them, and a session that misses a frame says so in its flags.
    func finish() throws {
        if unreadable > Self.saidLimit {
            Diagnostics.say("\(unreadable - Self.saidLimit) more frames cannot be read; 'ocppctl decode' shows each")
        }
        if status != .done { throw CommandFailure(status) }
    }

    /// Lets the reader work; whether it found anything.
    private mutating func take(
        _ read: (inout LogReader, (LogItem) -> Void) -> Void, _ body: (FrameRecord) throws -> Void
    ) throws -> Bool {
        var items: [LogItem] = []
        read(&reader) { items.append($0) }
        for item in items {
            switch item {
            case .frame(let record): try body(record)
            case .unreadable(let frame): say(frame)
            }
        }
        return !items.isEmpty
    }

    private mutating func say(_ frame: UnreadableFrame) {
        unreadable += 1
        guard unreadable <= Self.saidLimit else { return }
        let place = frame.source.map { "\($0.file):\($0.line): " } ?? ""
        Diagnostics.say("\(place)\(frame.error.message)")
    }
}
