/// What a log is read into.
public enum LogItem: Sendable {
    case frame(FrameRecord)
    case unreadable(UnreadableFrame)
    /// A record of another kind; only where `LogOptions.givesRecords` asks for them.
    case record(JSONNode)
}

/// What the person knows about a log and the log does not tell.
public struct LogOptions: Sendable {
    /// The charge point of frames for which the log names none.
    public var chargePointId: String?
    /// Who wrote the log; `nil` to go by its format and its frames.
    public var perspective: Perspective?
    /// Turns a local time (its digits taken as UTC) into UTC. Without it, a time that names no zone is not known.
    public var zone: (@Sendable (Timestamp) -> Timestamp?)?
    /// Whether records that are no frames are given, too; else they are passed over.
    public var givesRecords = false

    public init(
        chargePointId: String? = nil, perspective: Perspective? = nil,
        zone: (@Sendable (Timestamp) -> Timestamp?)? = nil
    ) {
        self.chargePointId = chargePointId
        self.perspective = perspective
        self.zone = zone
    }
}

/// Reads logs of any kind, and frame records, as a stream: bytes go in, frames and broken frames come out in order.
///
/// Memory is bounded by the longest line (8 MiB) and the calls that wait for their answers (`Pairing`). Answers find
/// their calls across the files of one reader, as in logs that were rotated.
///
///     var reader = LogReader()
///     reader.open("charge.log")
///     while let chunk = next() { reader.read(chunk) { item in … } }
///     reader.close { item in … }
public struct LogReader {
    private var resolver: FrameResolver
    private let givesRecords: Bool
    private var splitter = LineSplitter()
    private var joiner = LineJoiner()
    private var columns: LogFields.Columns?
    private var file = "-"
    private var lineNumber = 1

    /// A CSV header stands in the first lines of a file.
    private static let headerLines = 5

    public init(options: LogOptions = LogOptions()) {
        resolver = FrameResolver(options: options)
        givesRecords = options.givesRecords
    }

    /// CALLs for which no answer came so far.
    public var unansweredCalls: Int { resolver.pairing.unansweredCalls }
    /// Answers for which no CALL was found.
    public var orphanResults: Int { resolver.orphanResults }

    /// Begins a file or stream.
    public mutating func open(_ file: String) {
        self.file = file
        lineNumber = 1
        columns = nil
        resolver.forgetPerspective()
    }

    /// Takes more bytes of the file.
    public mutating func read(_ chunk: [UInt8], _ body: (LogItem) -> Void) {
        var lines = splitter
        splitter = LineSplitter()
        lines.split(chunk) { line, isPiece in take(line, isPiece, body) }
        splitter = lines
    }

    /// The file has ended: reads a last line without a newline.
    public mutating func close(_ body: (LogItem) -> Void) {
        var lines = splitter
        splitter = LineSplitter()
        lines.finish { line, isPiece in take(line, isPiece, body) }
        for text in joiner.finish() { read(text, body) }
    }

    private mutating func take(_ line: [UInt8], _ isPiece: Bool, _ body: (LogItem) -> Void) {
        for text in joiner.take(line, number: lineNumber) { read(text, body) }
        if !isPiece { lineNumber += 1 }
    }

    private mutating func read(_ text: JoinedLine, _ body: (LogItem) -> Void) {
        let line = text.bytes
        let object = line.first { !isBlank($0) } == UInt8(ascii: "{") ? (try? JSONTree(parsing: line))?.root : nil
        if let object, readRecord(object, text, body) { return }
        let findings = text.findings ?? FrameScanner.findings(in: line)
        guard !findings.isEmpty else {
            if text.number <= LogReader.headerLines, columns == nil { columns = LogFields.Columns(header: line) }
            return
        }
        let head = LogPrefix(reading: line[..<findings[0].range.lowerBound])
        var fields = LogPrefix()
        if let object { LogFields.read(object, into: &fields) }
        if let columns { LogFields.read(line, columns, into: &fields) }
        var frames = findings
        if object != nil { LogReader.removeCopies(&frames) }
        var end = 0
        for finding in frames {
            let start = finding.range.lowerBound
            var told = end == 0 ? head : LogPrefix(reading: line[min(end, start)..<start])
            // What stands just before a frame goes before what the line tells as a whole.
            told.complete(by: fields)
            told.completePlace(by: head)
            let source = FrameRecord.Source(file: file, line: text.lineNumber(at: start))
            switch finding.content {
            case .broken(let error, let raw):
                body(.unreadable(resolver.resolve(error, raw: raw, told, source: source)))
            case .frame(let frame):
                body(.frame(resolver.resolve(frame, told, source: source)))
            }
            end = finding.range.upperBound
        }
    }

    /// Takes a line that is a record: a frame record is read as it stands, any other kind is passed over.
    private mutating func readRecord(_ object: JSONNode, _ text: JoinedLine, _ body: (LogItem) -> Void) -> Bool {
        if object["record"]?.text != nil {
            if givesRecords { body(.record(object)) }
            return true
        }
        let source = FrameRecord.Source(file: file, line: text.number)
        do throws(FrameError) {
            guard let record = try FrameRecord.read(object) else { return false }
            body(.frame(resolver.resolve(record, source: source)))
        } catch {
            let raw = object["raw"]?.text.map { Array($0.utf8) } ?? Array(object.raw)
            body(.unreadable(UnreadableFrame(error: error, raw: raw, source: source)))
        }
        return true
    }

    /// A JSON line can hold the same frame as an array and as a string; it counts once.
    private static func removeCopies(_ findings: inout [FrameScanner.Finding]) {
        var seen: Set<[UInt8]> = []
        guard findings.count > 1 else { return }
        findings.removeAll { finding in
            guard case .frame(let frame) = finding.content else { return false }
            return !seen.insert(frame.raw.filter { !isBlank($0) }).inserted
        }
    }
}
