/// What a log is read into.
public enum LogItem: Sendable {
    case frame(FrameRecord)
    /// A frame with which nothing is wrong, of which no values were made: `SoundRecord.read` makes them.
    case sound(SoundRecord)
    case unreadable(UnreadableFrame)
    /// A record of a connection that came or went.
    case connection(LoggedConnection)
    /// A record of any other kind; only where `LogOptions.givesRecords` asks for them.
    case record(JSONNode)

    /// Writes a frame's record as one line, its newline included; nothing for other items.
    public func write(to writer: inout JSONWriter) {
        switch self {
        case .frame(let record): record.write(to: &writer)
        case .sound(let record): record.write(to: &writer)
        case .unreadable(let frame): frame.write(to: &writer)
        case .connection, .record: break
        }
    }
}

/// What the person knows about a log and the log does not tell.
public struct LogOptions: Sendable {
    /// The charge point of frames for which the log names none.
    public var chargePointId: String?
    /// Who wrote the log; `nil` to go by its format and its frames.
    public var perspective: Perspective?
    /// Turns a local time (its digits taken as UTC) into UTC. Without it, a time that names no zone is not known.
    public var zone: (@Sendable (Timestamp) -> Timestamp?)?
    /// The date on which the log begins, as its clock shows it, for times without a year or without a date. Without it
    /// such a time is not known.
    public var start: Timestamp?
    /// How the frames of some charge points are to be read.
    public var quirks: Quirks?
    /// Whether records that are no frames are given, too; else they are passed over.
    public var givesRecords = false

    public init(
        chargePointId: String? = nil, perspective: Perspective? = nil,
        zone: (@Sendable (Timestamp) -> Timestamp?)? = nil, start: Timestamp? = nil, quirks: Quirks? = nil
    ) {
        self.start = start
        self.chargePointId = chargePointId
        self.perspective = perspective
        self.zone = zone
        self.quirks = quirks
    }
}

/// Reads logs of any kind, and frame records, as a stream: bytes go in, frames and broken frames come out in order.
///
/// Memory is bounded by the longest line (2 MiB) and the calls that wait for their answers (`Pairing`). Answers find
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
    private var outline = JSONOutline()
    /// The line of the last sound frame.
    private var soundText = SoundText()
    /// The end of a line that was too long to be read at once: a frame that goes on in the next piece.
    private var carried: [UInt8] = []
    /// The text of envelopes that each hold a piece of it.
    private var pieces: JoinedLine?
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
        outline = JSONOutline()
        resolver.forgetPerspective()
    }

    /// Takes more bytes of the file.
    public mutating func read(_ chunk: [UInt8], _ body: (LogItem) throws -> Void) rethrows {
        var lines = splitter
        splitter = LineSplitter()
        defer { splitter = lines }
        try lines.split(chunk) { line, isPiece in try take(line, isPiece, body) }
    }

    /// The file has ended: reads a last line without a newline.
    public mutating func close(_ body: (LogItem) throws -> Void) rethrows {
        var lines = splitter
        splitter = LineSplitter()
        defer { splitter = lines }
        try lines.finish { line, isPiece in try take(line, isPiece, body) }
        try finishPieces(body)
        for text in joiner.finish() { try read(text, body) }
        try emit(outline.finish(), LogPrefix(), body)
        outline = JSONOutline()
    }

    private mutating func take(_ line: ArraySlice<UInt8>, _ isPiece: Bool, _ body: (LogItem) throws -> Void) rethrows {
        guard isPiece || !carried.isEmpty else {
            if try !takeQuickly(line, body) { try takeLine(LineSplitter.cleaned(line), body) }
            lineNumber += 1
            return
        }
        let line = LineSplitter.cleaned(line)
        try finishPieces(body)
        // Too long to be joined with others. A frame that the piece does not end goes on in the next one.
        for text in joiner.finish() { try read(text, body) }
        var piece = JoinedLine(bytes: carried + line, number: lineNumber)
        carried = []
        piece.findings = FrameScanner.findings(in: piece.bytes)
        if isPiece, let last = piece.findings?.last, last.range.upperBound >= piece.bytes.count - 1 || last.isOpen,
            piece.bytes.count - last.range.lowerBound < LineSplitter.maximumLineBytes
        {
            carried = Array(piece.bytes[last.range.lowerBound...])
            piece.bytes.removeLast(carried.count)
            piece.findings?.removeLast()
        } else if isPiece {
            // Its first bytes may be the last ones here.
            let start = max(piece.findings?.last?.range.upperBound ?? 0, piece.bytes.count - 64)
            carried = Array(piece.bytes[start...])
            piece.bytes.removeLast(carried.count)
        }
        try read(piece, body)
        if !isPiece { lineNumber += 1 }
    }

    /// Takes a line that holds no frame, or one whole frame behind some words, where nothing waits for it: nearly all lines
    /// are such, and none of the ways in which frames are quoted, cut or wrapped need be tried on them.
    ///
    /// - Returns: false where the line needs a closer look, which finds the same in lines taken here.
    private mutating func takeQuickly(
        _ line: ArraySlice<UInt8>, _ body: (LogItem) throws -> Void
    ) rethrows -> Bool {
        // A byte order mark begins with 0xEF.
        guard pieces == nil, !joiner.isHolding, !outline.isOpen, line.first != 0xEF else { return false }
        var start = line.startIndex
        if line.first == UInt8(ascii: "["), try takeSound(line, at: start, LogPrefix(), body) { return true }
        while true {
            guard let opening = line.firstOpening(from: start) else {
                return columns != nil || lineNumber > LogReader.headerLines
            }
            start = opening
            guard line[start] == UInt8(ascii: "[") else { return false }
            // `[worker-07]`: nearly all brackets of logs are such.
            if start + 1 < line.endIndex, isLetter(line[start + 1]) {
                start += 1
                continue
            }
            let kind = FrameStart.look(at: start, in: line)
            if case .plain(_, certain: true) = kind { break }
            guard kind == .none else { return false }
            start += 1
        }
        guard start == line.startIndex || line[start - 1] != UInt8(ascii: "'"), !LogEnvelope.isRuntimes(line),
            // In the frame, JSON would not have it.
            line[..<start].firstOffset(of: 0x1B, from: line.startIndex) == nil
        else { return false }
        let told = LogPrefix(reading: line[..<start])
        if start > line.startIndex, try takeSound(line, at: start, told, body) { return true }
        guard columns == nil, line.firstOffset(of: UInt8(ascii: "&"), from: start) == nil,
            let tree = try? JSONTree(parsing: Array(line[start...])), let frame = try? Frame(tree.root)
        else { return false }
        var record = FrameRecord(frame)
        resolver.complete(&record, told, source: FrameRecord.Source(file: file, line: lineNumber))
        try body(.frame(consume record))
        return true
    }

    /// Takes the frame that begins at a bracket and goes on to the line's end, if it is sound as it stands.
    private mutating func takeSound(
        _ line: ArraySlice<UInt8>, at start: Int, _ told: LogPrefix, _ body: (LogItem) throws -> Void
    ) rethrows -> Bool {
        guard columns == nil else { return false }
        soundText.replace(by: line[start...])
        let source = FrameRecord.Source(file: file, line: lineNumber)
        guard let record = resolver.soundRecord(&soundText, told, source: source) else { return false }
        try body(.sound(consume record))
        return true
    }

    private mutating func takeLine(_ written: [UInt8], _ body: (LogItem) throws -> Void) rethrows {
        let line = Unquoted.withoutEntities(written) ?? written
        guard let envelope = LogEnvelope(line) else {
            try finishPieces(body)
            try join(JoinedLine(bytes: line, number: lineNumber), body)
            return
        }
        if let begun = pieces, let first = envelope.lines.first, begun.bytes.count < LineSplitter.maximumLineBytes {
            pieces!.bytes += first
            // All that is said of the whole was said of its first piece.
            if !envelope.isPiece {
                try finishPieces(body)
                for more in envelope.lines.dropFirst() { try join(inner(more, envelope), body) }
            }
        } else if envelope.isPiece, envelope.lines.count == 1 {
            try finishPieces(body)
            pieces = inner(envelope.lines[0], envelope)
        } else if envelope.isEncoded || joiner.isHolding || envelope.lines.count > 1
            || envelope.lines.last.map(LineJoiner.endsInFrame) == true
        {
            try finishPieces(body)
            for text in envelope.lines { try join(inner(text, envelope), body) }
        } else {
            try finishPieces(body)
            try join(JoinedLine(bytes: line, number: lineNumber), body)
        }
    }

    private func inner(_ text: [UInt8], _ envelope: LogEnvelope) -> JoinedLine {
        JoinedLine(bytes: text, number: lineNumber, envelope: envelope.told)
    }

    private mutating func finishPieces(_ body: (LogItem) throws -> Void) rethrows {
        guard let whole = pieces else { return }
        pieces = nil
        try join(whole, body)
    }

    private mutating func join(_ line: JoinedLine, _ body: (LogItem) throws -> Void) rethrows {
        for text in joiner.take(line) { try read(text, body) }
    }

    private mutating func read(_ text: JoinedLine, _ body: (LogItem) throws -> Void) rethrows {
        let line = text.bytes
        let first = line.first { !isBlank($0) }
        if first == UInt8(ascii: "{"), !outline.isOpen, let object = (try? JSONTree(parsing: line))?.root,
            try readRecord(object, text, body)
        {
            return
        }
        let findings = text.findings ?? FrameScanner.findings(in: line)
        if outline.isOpen || first == UInt8(ascii: "{") || first == UInt8(ascii: "[") {
            if try readOutline(text, findings, body) { return }
        }
        guard !findings.isEmpty else {
            if text.number <= LogReader.headerLines, columns == nil { columns = LogFields.Columns(header: line) }
            return
        }
        try emit(held(text, findings), text.envelope, body)
    }

    /// Reads a line as JSON, or as a part of JSON that began on an earlier one; false where it is none.
    private mutating func readOutline(
        _ text: JoinedLine, _ findings: [FrameScanner.Finding], _ body: (LogItem) throws -> Void
    ) rethrows -> Bool {
        let hasBegun = outline.isOpen
        // What a text begins that is no line of JSON alone is not looked at before there is a frame in it.
        if !hasBegun, findings.isEmpty, text.bytes.count > 256 { return false }
        var next = outline
        if next.follow(text, from: 0, findings) {
            outline = next
            try emit(outline.takeReady(), text.envelope, body)
            return true
        }
        try emit(outline.finish(), text.envelope, body)
        outline = JSONOutline()
        return try hasBegun && readOutline(text, findings, body)
    }

    /// The frames of a line of text, with what the line tells of each.
    private func held(_ text: JoinedLine, _ findings: [FrameScanner.Finding]) -> [JSONOutline.Held] {
        let line = text.bytes
        let start = findings[0].range.lowerBound
        // JSON may follow a prefix.
        if let brace = line[..<start].firstIndex(of: UInt8(ascii: "{")) {
            var inner = JSONOutline()
            if inner.follow(text, from: brace, findings), !inner.isOpen {
                let head = LogPrefix(reading: line[..<brace])
                var held = inner.takeReady()
                for index in held.indices { held[index].told.complete(by: head) }
                return held
            }
        }
        let head = LogPrefix(reading: line[..<start])
        var fields = LogPrefix()
        if let columns { LogFields.read(line, columns, into: &fields) }
        var end = 0
        return findings.map { finding in
            let start = finding.range.lowerBound
            var told = end == 0 ? head : LogPrefix(reading: line[min(end, start)..<start])
            // What stands just before a frame goes before what the line tells as a whole.
            told.complete(by: fields)
            told.completePlace(by: head)
            end = finding.range.upperBound
            return JSONOutline.Held(content: finding.content, told: told, line: text.lineNumber(at: start))
        }
    }

    private mutating func emit(_ held: [JSONOutline.Held], _ envelope: LogPrefix, _ body: (LogItem) throws -> Void)
        rethrows
    {
        for one in held {
            var told = one.told
            told.complete(by: envelope)
            let source = FrameRecord.Source(file: file, line: told.packet.number ?? one.line)
            switch one.content {
            case .broken(let error, let raw):
                try body(.unreadable(resolver.resolve(error, raw: raw, told, source: source)))
            case .frame(let frame):
                var record = FrameRecord(frame)
                resolver.complete(&record, told, source: source)
                try body(.frame(consume record))
            }
        }
    }

    /// Takes a line that is a record: a frame record is read as it stands, any other kind is passed over.
    private mutating func readRecord(_ object: JSONNode, _ text: JoinedLine, _ body: (LogItem) throws -> Void) rethrows
        -> Bool
    {
        let source = FrameRecord.Source(file: file, line: text.number)
        if object["record"]?.text != nil {
            if let connection = LoggedConnection(object, source: source) {
                try body(.connection(connection))
            } else if givesRecords {
                try body(.record(object))
            }
            return true
        }
        let item: LogItem
        do throws(FrameError) {
            guard var record = try FrameRecord.read(object) else { return false }
            resolver.complete(&record, source: source)
            item = .frame(record)
        } catch {
            let raw = object["raw"]?.text.map { Array($0.utf8) } ?? Array(object.raw)
            item = .unreadable(UnreadableFrame(error: error, raw: raw, source: source))
        }
        try body(item)
        return true
    }
}
