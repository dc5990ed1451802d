public import ArgumentParser
public import OCPPKit

extension Perspective: ExpressibleByArgument {}

/// What logs are and who wrote them, where they do not say it themselves.
struct LogReadingOptions: ParsableArguments {
    @Option(
        name: .customLong("charge-point"),
        help: ArgumentHelp("The charge point where the log names none.", valueName: "id"))
    var chargePoint: String?

    @Option(help: "Who wrote the log, where its format and its frames do not tell.")
    var perspective: Perspective?

    @Option(
        help: ArgumentHelp(
            "The zone of local times, such as Europe/Berlin or +02:00; without it they are left out.",
            valueName: "zone"))
    var timezone: LocalZone?

    @Option(
        help: ArgumentHelp(
            "The date of the first line, as its clock shows it, for times without a year or a date.",
            valueName: "yyyy-mm-dd"))
    var date: LocalDate?

    @OptionGroup var quirks: QuirksOption

    /// Whether anything was given that only a log can need.
    var isAboutReading: Bool { perspective != nil || date != nil || quirks.quirks != nil }

    func logOptions() throws -> LogOptions {
        var options = LogOptions(chargePointId: chargePoint, perspective: perspective, start: date?.midnight)
        if let timezone { options.zone = { timezone.utc(ofLocal: $0) } }
        options.quirks = try quirks.read()
        return options
    }
}

struct Decode: ParsableCommand {
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case jsonl, text
    }

    static let configuration = CommandConfiguration(
        abstract: "Find OCPP frames in logs and write them as records",
        discussion: """
            Reads any text in which OCPP-J frames stand: logs of central systems and charge points, exports, records. \
            What is no frame is skipped; a frame that is cut or broken becomes an error record.

            Examples:
              ocppctl decode charge.log >charge.jsonl
              ocppctl decode --summary charge.log
              grep CP002 charge.log | ocppctl decode --format text
              ocppctl decode --findings charge.log
            """)

    @Argument(
        help: ArgumentHelp(
            "Logs to read, compressed by gzip too, or network captures; - or none for standard input.",
            valueName: "file"), completion: .file())
    var files: [String] = []

    @OptionGroup var log: LogReadingOptions

    @Flag(help: "Say each violation of the specification, and exit 1 if there is any.")
    var strict = false

    @Option(help: "How records are written.")
    var format = Format.jsonl

    @Flag(help: "Write only one record, at the end: counts and response times.")
    var summary = false

    @Flag(help: "Write no frames, but what in them a person should look at, at the end.")
    var findings = false

    @Option(help: "Whether text has colours; auto has them on a terminal, unless NO_COLOR is set.")
    var color = Colouring.auto

    @Flag(
        name: .customLong("derive-quirks"),
        help: "Write no records but a file of quirk profiles: how the charge points of the log are to be read.")
    var deriveQuirks = false

    @Flag(help: "Write each record by itself, not as many at once as there are.")
    var lineBuffered = false

    func validate() throws {
        if deriveQuirks, summary || findings || strict || format == .text {
            throw ValidationError(
                "--derive-quirks writes a file of profiles alone: it goes with no --summary, --findings, --strict or --format text"
            )
        }
        if summary, !findings, format == .text {
            throw ValidationError("--summary is one record of JSON: it goes with --format text only beside --findings")
        }
    }

    func run() throws {
        if files.isEmpty, InputFile.isStandardInputTerminal {
            throw CommandFailure(.usage, "no file given, and standard input is a terminal\n\n" + Self.helpMessage())
        }
        if deriveQuirks { return try writeQuirks() }
        var decoding = Decoding(
            options: try log.logOptions(), isStrict: strict, format: format, isColoured: color.isOn,
            isSummary: summary, isFindings: findings, output: OutputWriter(isLineBuffered: lineBuffered))
        try decoding.run(files.isEmpty ? ["-"] : files)
    }
}

extension Decode {
    /// Profiles are one document, and not a record a line: it is there to be read, kept and changed by people.
    private func writeQuirks() throws {
        var log = try LogFrames(options: log.logOptions())
        var deriver = QuirkDeriver()
        try log.read(files.isEmpty ? ["-"] : files) { deriver.add($0) }
        let output = OutputWriter()
        try output.write(deriver.file)
        try output.flush()
        try log.finish()
    }
}

/// A run of `decode` over its files.
private struct Decoding {
    private let options: LogOptions
    private let isStrict: Bool
    private let format: Decode.Format
    private let output: OutputWriter
    private var report: TextReport
    /// What is told at the end, in place of the frames.
    private var totals: DecodeSummary?
    private var findings: Findings?
    private var hasViolations = false

    init(
        options: LogOptions, isStrict: Bool, format: Decode.Format, isColoured: Bool, isSummary: Bool, isFindings: Bool,
        output: OutputWriter
    ) {
        self.options = options
        self.isStrict = isStrict
        self.format = format
        self.output = output
        report = TextReport(isColoured: isColoured)
        if isSummary { totals = DecodeSummary() }
        if isFindings { findings = Findings() }
    }

    /// Reads the files in order; one that cannot be read does not keep the others from it.
    mutating func run(_ names: [String]) throws {
        var files = LogFiles(options: options)
        // Who waits at the other end has what there is so far.
        try files.read(names, pause: output.flush) { try write($0) }
        try writeFindings()
        if let totals {
            try output.writeLine {
                totals.write(
                    to: &$0, unansweredCalls: files.reader.unansweredCalls, orphanResults: files.reader.orphanResults)
            }
        }
        try output.flush()
        try files.finish()
        if isStrict, hasViolations { throw CommandFailure(.someFailed) }
    }

    private mutating func write(_ item: LogItem) throws {
        if isStrict { complain(about: item) }
        if totals != nil || findings != nil {
            totals?.add(item)
            findings?.add(item)
            return
        }
        guard format == .text else { return try output.writeLine { item.write(to: &$0) } }
        switch item {
        case .frame(let record): try output.write(report.lines(of: record).utf8)
        case .sound(let record): try output.write(report.lines(of: record.read).utf8)
        case .unreadable(let frame): try output.write(report.lines(of: frame).utf8)
        case .connection, .record: break
        }
    }

    private mutating func writeFindings() throws {
        guard var findings else { return }
        for finding in findings.finish() {
            switch format {
            case .jsonl: try output.writeLine { finding.write(to: &$0) }
            case .text: try output.write(report.lines(of: finding).utf8)
            }
        }
        if findings.hasLeftOut {
            Diagnostics.say("findings are of the first \(Findings.maximumChargePoints) charge points; there were more")
        }
    }

    /// Says what is wrong and where. What is allowed and only makes no sense is no violation.
    private mutating func complain(about item: LogItem) {
        switch item {
        case .connection, .record, .sound: break
        case .unreadable(let frame):
            hasViolations = true
            Diagnostics.say(Decoding.place(frame.source) + frame.error.message)
        case .frame(let record):
            for violation in record.violations where violation.severity == .error {
                hasViolations = true
                let path = (record.action ?? record.frame.kind.rawValue) + violation.path.dropFirst()
                Diagnostics.say("\(Decoding.place(record.source))\(path): \(violation.message)")
            }
        }
    }

    private static func place(_ source: FrameRecord.Source?) -> String {
        source.map { "\($0.file):\($0.line): " } ?? ""
    }
}
