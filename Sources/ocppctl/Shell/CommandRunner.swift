import OCPPKit

/// Where commands come from.
protocol CommandSource: AnyObject {
    /// What has something to read when there may be more commands; `nil` once there are no more.
    var descriptor: Int32? { get }
    /// The commands that are there now; called when `descriptor` can be read.
    func read() throws -> [CommandRequest]
}

/// Sends commands through the running server, and follows each to its end.
///
/// Commands to one charge point go one after the other, those to different ones at the same time.
final class CommandRunner {
    private struct Open {
        let request: CommandRequest
        var chargePointId: String { request.chargePointId }
        /// What its frames mean since the command was given to the server.
        var followUp: FollowUp?
        /// When what follows must have come; `nil` before the answer.
        var deadline: Int64?
    }

    private let session: ControlSession
    private let output: OutputWriter
    private let parallel: Int
    private let condition: FrameCondition?
    private let timeoutMilliseconds: Int64
    private var waiting: [CommandRequest] = []
    private var open: [UInt64: Open] = [:]
    private(set) var tally = SendTally()

    /// Commands that are read ahead.
    private static let maximumWaiting = 1000

    /// - Parameters:
    ///   - parallel: charge points that are asked at the same time.
    ///   - condition: what has to follow each command that was accepted.
    ///   - timeoutMilliseconds: for each answer, and again for what follows.
    init(
        session: ControlSession, output: OutputWriter, parallel: Int, condition: FrameCondition?,
        timeoutMilliseconds: Int64
    ) {
        self.session = session
        self.output = output
        self.parallel = parallel
        self.condition = condition
        self.timeoutMilliseconds = timeoutMilliseconds
    }

    /// Sends all of them.
    ///
    /// - Parameters:
    ///   - requests: the first ones.
    ///   - source: the others.
    /// - Throws: where the server or standard output fails; what became of the commands is in `tally`.
    func run(_ requests: [CommandRequest], then source: (any CommandSource)? = nil) throws {
        if condition != nil {
            let ids = source == nil ? requests.map(\.chargePointId) : []
            // Frames, and connections that end.
            try session.watch(WatchFilter(kind: .all, chargePoints: ids.count > 100 ? [] : ids))
        }
        waiting = requests
        do {
            try follow(source)
        } catch let failure as CommandFailure where failure.status == .unreachable {
            try tellOpen()
            throw failure
        }
    }

    private func follow(_ source: (any CommandSource)?) throws {
        while true {
            try start()
            let input = waiting.count < Self.maximumWaiting ? source?.descriptor : nil
            if open.isEmpty {
                // Nobody can have anything to say but the input.
                guard waiting.isEmpty, input != nil, let source else { return }
                waiting += try source.read()
                continue
            }
            switch try session.next(orInputOn: input, withinMilliseconds: patience()) {
            case .reply(let reply): try take(reply)
            case .input: waiting += try source?.read() ?? []
            case .timedOut: try expire()
            }
        }
    }

    /// The server has ended: what it has not told, nobody knows. It is in its journal, too.
    private func tellOpen() throws {
        for (_, command) in open.sorted(by: { $0.key < $1.key }) where command.deadline == nil {
            let outcome = command.request.outcome(.unknown, message: "the server ended before an answer")
            try output.writeLine { outcome.write(to: &$0) }
        }
    }

    private func start() throws {
        while open.count < parallel {
            let busy = Set(open.values.map(\.chargePointId))
            guard let index = waiting.firstIndex(where: { !busy.contains($0.chargePointId) }) else { return }
            let request = waiting.remove(at: index)
            open[try session.send(request)] = Open(
                request: request, followUp: condition.map(FollowUp.init))
        }
    }

    /// How long to wait for anything.
    private func patience() -> Int64? {
        let deadlines = open.values.compactMap(\.deadline)
        // As long for its turn as for its answer.
        let answers: Int64? = deadlines.count < open.count ? 2 * timeoutMilliseconds + 10_000 : nil
        return [deadlines.min().map { max(0, $0 - monotonicMilliseconds()) }, answers].compactMap { $0 }.min()
    }

    private func take(_ reply: ControlReply) throws {
        switch reply {
        case .outcome(let number, let outcome): try answered(number, outcome)
        case .record(_, let line): try note(line)
        case .lost(_, let count):
            Diagnostics.say("\(count) frames were lost on the way here; what is waited for may have been among them")
        case .error(_, let message): throw CommandFailure(.internalError, "the server says: \(message)")
        case .chargePoints, .station, .metrics, .done, .watching, .store: break
        }
    }

    private func answered(_ number: UInt64, _ outcome: CommandOutcome) throws {
        guard open[number] != nil else { return }
        try output.writeLine { outcome.write(to: &$0) }
        guard condition != nil, outcome.outcome == .accepted else {
            tally.count(outcome.outcome)
            open[number] = nil
            return
        }
        open[number]?.deadline = monotonicMilliseconds() + timeoutMilliseconds
        if let end = open[number]?.followUp?.accepted(messageId: outcome.messageId) { try conclude(number, end) }
    }

    /// A record about somebody whom a command was sent to, perhaps.
    private func note(_ line: [UInt8]) throws {
        guard let record = try? JSONTree(parsing: line).root,
            let number = open.first(where: { $0.value.chargePointId == record["chargePointId"]?.text })?.key
        else { return }
        if record["messageType"] != nil {
            if let end = open[number]?.followUp?.take(record, line: line) { try conclude(number, end) }
        } else if record["record"]?.text == "connection", record["event"]?.text == "disconnected" {
            open[number]?.followUp?.disconnected()
        }
    }

    private func conclude(_ number: UInt64, _ end: FollowUp.Conclusion) throws {
        guard let command = open.removeValue(forKey: number) else { return }
        try output.write(end.line + [UInt8(ascii: "\n")])
        switch end.verdict {
        case .met: tally.count(.accepted)
        case .failed(let status):
            Diagnostics.say("\(command.chargePointId): \(status), while '\(condition?.text ?? "")' was waited for")
            tally.count(.refused)
        }
    }

    private func expire() throws {
        let now = monotonicMilliseconds()
        let late = open.filter { $0.value.deadline.map { $0 <= now } ?? false }
        guard !late.isEmpty || open.values.contains(where: { $0.deadline != nil }) else {
            throw CommandFailure(.unreachable, "the server gave no answer")
        }
        for (number, command) in late.sorted(by: { $0.key < $1.key }) {
            let text = "'\(condition?.text ?? "")'"
            let what =
                command.followUp?.isUnanswered == true
                ? "\(text) has come, and no answer to it" : "nothing like \(text)"
            Diagnostics.say(
                "\(command.chargePointId): \(what) within \(ExactDecimal(mantissa: timeoutMilliseconds, exponent: -3)) s"
            )
            tally.count(.timeout)
            open[number] = nil
        }
    }
}
