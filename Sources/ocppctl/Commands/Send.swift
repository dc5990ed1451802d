import ArgumentParser
import OCPPKit

/// Sends commands to charge points through the running server.
struct Send: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Send a command to one or many charge points, through the running serve",
        usage: """
            ocppctl send <charge-point> <Action> [key=value ...]
            ocppctl send --all <Action> [key=value ...]
            ocppctl send <charge-point> --raw <text>
            ocppctl send --input <file>
            """,
        discussion: """
            The payload is given as key=value, typed by the action's definition (a.b[0].c=1 nests), or whole as \
            --payload. A charge point may be a pattern with * and ?, in quotes. One record a command goes to standard \
            output. The exit status is 0 when all were accepted, 77 refused, 76 CALLERROR, 75 timeout, 69 not \
            connected, 65 for a payload that the action does not allow, and 1 where they differ.

            --until waits for what follows, as long as --timeout again, and writes it as a frame record: \
            StartTransaction, StatusNotification.status=Charging,connectorId=1, or a status alone, as Installed. It \
            counts once the central system has answered it: a start or stop is then stored. A work that fails is 77 \
            at once, one that takes too long 75.

            Examples:
              ocppctl send CP001 Reset type=Soft
              ocppctl send CP001 ChangeConfiguration key=HeartbeatInterval value=300
              ocppctl send --all GetConfiguration
            """)

    @OptionGroup var control: ControlOption

    @Argument(
        help: ArgumentHelp("Charge point, action, and the payload's fields.", valueName: "words"),
        completion: .commandWords)
    var words: [String] = []

    @Flag(help: "Send to every charge point that is connected.")
    var all = false

    @Option(help: ArgumentHelp("The payload as JSON, or @FILE to read it from.", valueName: "json"))
    var payload: String?

    @Option(
        help: ArgumentHelp(
            #"Read commands as lines {"chargePointId","action","payload"} from a file, or - for standard input."#,
            valueName: "file"), completion: .file())
    var input: String?

    @Option(
        help: ArgumentHelp(
            "How long to wait for each answer, and after it for what --until asks.", valueName: "duration"))
    var timeout = Duration(milliseconds: 30_000)

    @Option(help: "Charge points that are asked at the same time.")
    var parallel: Int = 16

    @Flag(name: .customLong("no-validate"), help: "Send a payload that the action does not allow all the same.")
    var skipsValidation = false

    @Option(
        help: ArgumentHelp(
            "After an accepted command, wait until the charge point sends such a message.",
            valueName: "condition"),
        transform: { try FrameCondition(parsing: $0) })
    var until: FrameCondition?

    @Option(
        help: ArgumentHelp(
            "Send this text as it stands, or that of @FILE, in place of a command.", valueName: "text"))
    var raw: String?

    func validate() throws {
        try timeout.validateWait(of: "--timeout", atMost: Duration(milliseconds: 86_400_000))
        guard parallel > 0 else { throw ValidationError("--parallel is at least 1") }
        if input != nil {
            guard words.isEmpty, !all, payload == nil, raw == nil else {
                throw ValidationError("--input takes the charge points, actions and payloads from its lines")
            }
        } else if raw != nil {
            guard words.count == (all ? 0 : 1), payload == nil, !skipsValidation else {
                throw ValidationError("--raw is all that is sent: give only the charge point, or --all")
            }
        } else if words.count < (all ? 1 : 2) {
            throw ValidationError(all ? "--all needs an action" : "send needs a charge point and an action")
        }
    }

    func run() throws {
        let session = ControlSession(path: control.path)
        let runner = CommandRunner(
            session: session, output: OutputWriter(isLineBuffered: true), parallel: parallel, condition: until,
            timeoutMilliseconds: timeoutMilliseconds)
        var tally = SendTally()
        if let input {
            let source = try CommandInput(
                input, CommandLineReader(isValidated: !skipsValidation, timeoutMilliseconds: timeoutMilliseconds))
            try runner.run([], then: source)
            tally.add(source.tally)
        } else {
            let make = try request()
            let pattern = all ? "*" : words[0]
            let ids =
                all || NamePattern.isPattern(pattern)
                ? try session.connectedChargePoints(matching: pattern) : [pattern]
            try runner.run(ids.map(make))
        }
        tally.add(runner.tally)
        try tally.finish()
    }

    private var timeoutMilliseconds: Int64 { timeout.milliseconds }

    /// What goes to each charge point.
    private func request() throws -> (String) -> CommandRequest {
        let timeoutMilliseconds = timeoutMilliseconds
        if let raw {
            let text = try SendPayload.content(raw)
            return {
                CommandRequest(
                    ticket: 0, chargePointId: $0, action: (try? Frame.read(text))?.action ?? "",
                    payload: Array("{}".utf8), timeoutMilliseconds: timeoutMilliseconds, text: text)
            }
        }
        let action = words[all ? 0 : 1]
        let content = try SendPayload.build(
            action: action, arguments: Array(words.dropFirst(all ? 1 : 2)), json: payload,
            isValidated: !skipsValidation)
        return {
            CommandRequest(
                ticket: 0, chargePointId: $0, action: action, payload: content,
                timeoutMilliseconds: timeoutMilliseconds)
        }
    }
}
