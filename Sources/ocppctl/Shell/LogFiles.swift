import OCPPKit

/// Logs that are read one after the other. A file that cannot be read or is no log is said, and the rest goes on.
struct LogFiles {
    /// Counts what found no answer, over all files.
    private(set) var reader: LogReader
    private var status = ExitStatus.done

    /// How our own records begin that are no frames.
    private static let record = Array(#"{"record":"#.utf8)

    init(options: LogOptions) { reader = LogReader(options: options) }

    /// Reads the files in order, and gives what is found.
    ///
    /// - Parameter pause: called when all is given that has been found so far, before more of a file is read.
    mutating func read(_ files: [String], pause: () throws -> Void = {}, _ body: (LogItem) throws -> Void) throws {
        for file in files {
            reader.open(file)
            // Blanks alone are an empty log, and so are records of a server that had no charge points yet. Any other
            // text without a frame is no log.
            var start: [UInt8] = []
            var hasFrames = false
            func take(_ item: LogItem) throws {
                hasFrames = true
                try body(item)
            }
            do {
                try LogInput.read(file) { chunk in
                    if start.isEmpty { start = Array(chunk.drop { $0 <= 0x20 }.prefix(Self.record.count)) }
                    try reader.read(chunk, take)
                    try pause()
                }
            } catch let failure as CommandFailure where failure.status == .noInput {
                Diagnostics.say(failure.message)
                status = .noInput
                start = []
            }
            try reader.close(take)
            try pause()
            if !hasFrames, !start.isEmpty, start != Self.record {
                let name = file == "-" ? "standard input" : file
                Diagnostics.say("\(name): no OCPP frames in it; they look like [2,\"id\",\"Heartbeat\",{}]")
                if status == .done { status = .badData }
            }
        }
    }

    /// Call it when everything is written.
    ///
    /// - Throws: a failure without a message where a file could not be read (66) or is no log (65).
    func finish() throws {
        if status != .done { throw CommandFailure(status) }
    }
}
