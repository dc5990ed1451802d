import ArgumentParser
import OCPPKit

struct TagsPush: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "push", abstract: "Give the list to charge points as their local list",
        discussion: """
            Where it is known what a charge point has, only the differences go; where it is not, where the charge point \
            has another version, or where it does not take the differences, the whole list. One record a command goes \
            to standard output. The exit statuses are those of send.
            """)

    @OptionGroup var options: TagOptions

    @Argument(
        help: ArgumentHelp("Charge points; patterns with * and ?.", valueName: "charge-point"),
        completion: .chargePoints)
    var chargePoints: [String] = []

    @Flag(help: "Every charge point that is connected.")
    var all = false

    @Flag(help: "The whole list in any case.")
    var full = false

    @Option(help: ArgumentHelp("How long to wait for each answer.", valueName: "duration"))
    var timeout = Duration(milliseconds: 30_000)

    func validate() throws {
        try timeout.validateWait(of: "--timeout", atMost: Duration(milliseconds: 86_400_000))
        guard all != !chargePoints.isEmpty else { throw ValidationError("push needs charge points or --all, not both") }
    }

    func run() throws {
        let access = try options.access()
        let output = OutputWriter(isLineBuffered: true)
        let tags = try access.tags()
        var tally = SendTally()
        for id in try targets(access.session) {
            var push = LocalListPush(chargePointId: id, tags: tags, isFull: full)
            push.known = try access.localList(of: id)
            tally.count(
                try push.run { action, payload in
                    let outcome = try command(id, action, payload, access.session)
                    try output.writeLine { outcome.write(to: &$0) }
                    if LocalListPush.saysThatThereIsNone(outcome) {
                        Diagnostics.say(
                            "\(id) keeps no local list, or has it switched off: see LocalAuthListEnabled in its configuration"
                        )
                    }
                    return outcome
                })
        }
        try tally.finish()
    }

    private func targets(_ session: ControlSession) throws -> [String] {
        var ids: [String] = []
        for word in all ? ["*"] : chargePoints {
            ids += all || NamePattern.isPattern(word) ? try session.connectedChargePoints(matching: word) : [word]
        }
        return ids.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }

    private func command(
        _ id: String, _ action: String, _ payload: JSONValue, _ session: ControlSession
    ) throws -> CommandOutcome {
        let milliseconds = timeout.milliseconds
        let number = try session.send(
            CommandRequest(
                ticket: 0, chargePointId: id, action: action, payload: payload.bytes, timeoutMilliseconds: milliseconds)
        )
        while true {
            switch try session.next(withinMilliseconds: 2 * milliseconds + 10_000) {
            case .reply(.outcome(number, let outcome)): return outcome
            case .reply(.error(_, let message)): throw CommandFailure(.internalError, "the server says: \(message)")
            case .reply: continue
            case .input, .timedOut: throw CommandFailure(.unreachable, "the server gave no answer")
            }
        }
    }
}
