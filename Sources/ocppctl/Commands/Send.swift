import ArgumentParser
import Glibc
import OCPPKit
import WebEndpoints

/// Sends commands to charge points through the running server.
struct Send: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Send a command to one or many charge points, through the running serve",
        usage: """
            ocppctl send <charge-point> <Action> [key=value ...]
            ocppctl send --all <Action> [key=value ...]
            ocppctl send --input <file>
            """,
        discussion: """
            The payload is given as key=value, typed by the action's definition (a.b[0].c=1 nests), or whole as \
            --payload. A charge point may be a pattern with * and ?, in quotes. One record a command goes to standard \
            output. The exit status is 0 when all were accepted, 77 refused, 76 CALLERROR, 75 timeout, 69 not \
            connected, 65 for a payload that the action does not allow, and 1 where they differ.

            Examples:
              ocppctl send CP001 Reset type=Soft
              ocppctl send CP001 ChangeConfiguration key=HeartbeatInterval value=300
              ocppctl send --all GetConfiguration
            """)

    @OptionGroup var control: ControlOption

    @Argument(help: ArgumentHelp("Charge point, action, and the payload's fields.", valueName: "words"))
    var words: [String] = []

    @Flag(help: "Send to every charge point that is connected.")
    var all = false

    @Option(help: ArgumentHelp("The payload as JSON, or @FILE to read it from.", valueName: "json"))
    var payload: String?

    @Option(
        help: ArgumentHelp(
            #"Read commands as lines {"chargePointId","action","payload"} from a file, or - for standard input."#,
            valueName: "file"))
    var input: String?

    @Option(help: "Seconds to wait for each answer.")
    var timeout: Double = 30

    @Option(help: "Charge points that are asked at the same time.")
    var parallel: Int = 16

    @Flag(name: .customLong("no-validate"), help: "Send a payload that the action does not allow all the same.")
    var skipsValidation = false

    func validate() throws {
        guard timeout > 0, timeout <= 86_400 else {
            throw ValidationError("--timeout is more than 0 and at most 86400 seconds")
        }
        guard parallel > 0 else { throw ValidationError("--parallel is at least 1") }
        if input != nil {
            guard words.isEmpty, !all, payload == nil else {
                throw ValidationError("--input takes the charge points, actions and payloads from its lines")
            }
        } else if words.count < (all ? 1 : 2) {
            throw ValidationError(all ? "--all needs an action" : "send needs a charge point and an action")
        }
    }

    func run() throws {
        let output = OutputWriter(isLineBuffered: true)
        let session = ControlSession(path: control.path)
        if let input {
            try sendLines(of: InputFile(input), through: session, to: output)
        } else {
            let action = words[all ? 0 : 1]
            let content = try SendPayload.build(
                action: action, arguments: Array(words.dropFirst(all ? 1 : 2)), json: payload,
                isValidated: !skipsValidation)
            let targets = try all ? session.connectedChargePoints(matching: "*") : targets(of: words[0], session)
            var tally = SendTally()
            try session.send(
                targets.map { request($0, action, content) }, parallel: parallel
            ) { outcome in
                tally.count(outcome.outcome)
                try output.writeLine { outcome.write(to: &$0) }
            }
            try tally.finish()
        }
    }

    private func targets(of word: String, _ session: ControlSession) throws -> [String] {
        word.contains { $0 == "*" || $0 == "?" } ? try session.connectedChargePoints(matching: word) : [word]
    }

    private func request(_ id: String, _ action: String, _ payload: [UInt8]) -> CommandRequest {
        CommandRequest(
            ticket: 0, chargePointId: id, action: action, payload: payload,
            timeoutMilliseconds: Int64(timeout * 1000))
    }

    /// Each line is sent as it is read; a bad one is said, counted, and the rest goes on.
    private func sendLines(
        of file: consuming InputFile, through session: ControlSession, to output: OutputWriter
    ) throws {
        var tally = SendTally()
        var lines = LineSplitter()
        var chunk: [UInt8] = []
        var isOpen = true
        while isOpen {
            isOpen = try file.read(into: &chunk)
            for (number, line) in isOpen ? lines.split(chunk) : lines.rest() {
                do {
                    guard let request = try lineRequest(line) else { continue }
                    try session.send([request], parallel: 1) { outcome in
                        tally.count(outcome.outcome)
                        try output.writeLine { outcome.write(to: &$0) }
                    }
                } catch let failure as CommandFailure where failure.status == .badData {
                    Diagnostics.say("\(file.name):\(number): \(failure.message)")
                    tally.countBadLine()
                }
            }
        }
        try tally.finish()
    }

    private func lineRequest(_ line: [UInt8]) throws -> CommandRequest? {
        if line.allSatisfy({ $0 <= 0x20 }) { return nil }
        guard let root = try? JSONTree(parsing: line).root, let id = root["chargePointId"]?.text,
            let action = root["action"]?.text
        else {
            throw CommandFailure(.badData, #"not a line {"chargePointId","action","payload"}"#)
        }
        let content = try SendPayload.build(
            action: action, arguments: [],
            json: root["payload"].map { String(decoding: $0.raw, as: UTF8.self) }, isValidated: !skipsValidation)
        return request(id, action, content)
    }
}

/// Outcomes on their way to one exit status.
struct SendTally {
    private var statuses: Set<ExitStatus> = []

    mutating func count(_ outcome: CommandOutcome.Outcome) {
        let status: ExitStatus =
            switch outcome {
            case .accepted: .done
            case .refused: .refused
            case .error: .protocol
            case .timeout: .timeout
            case .notConnected, .unknown: .unreachable
            }
        statuses.insert(status)
    }

    mutating func countBadLine() { statuses.insert(.badData) }

    /// - Throws: the one status that all share, or 1 where they differ.
    func finish() throws {
        guard let first = statuses.first else { return }
        if statuses.count > 1 { throw CommandFailure(.someFailed) }
        if first != .done { throw CommandFailure(first) }
    }
}
