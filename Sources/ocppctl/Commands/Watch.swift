public import ArgumentParser
import Glibc
public import OCPPKit

/// Follows the records of the running server.
struct Watch: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Follow the records of the running serve, live",
        discussion: """
            Records go to standard output from now on, until INT or TERM, or until the server ends (69). Whoever reads \
            too slowly loses records, which is said on standard error with their number; the server does not wait.

            For people there is --format text: a table of the charge points and their connectors that changes as they do, \
            on a terminal; a line a record elsewhere.

            Examples:
              ocppctl watch
              ocppctl watch --charge-point CP001 --charge-point 'DEPOT-*' --records frames
              ocppctl watch --action StatusNotification --connector 1 --format text
            """)

    @OptionGroup var control: ControlOption

    @OptionGroup var chargePoints: ChargePointFilter

    @Option(help: "Which records.")
    var records = WatchFilter.Kind.all

    @Option(
        help: ArgumentHelp("Only of this action, commands and answers among them; repeatable.", valueName: "action"),
        completion: .list(Actions.all.map(\.name)))
    var action: [String] = []

    @Option(help: ArgumentHelp("Only about this connector.", valueName: "n"))
    var connector: Int64?

    @Option(help: "Records, or a table or lines for people.")
    var format = WatchFormat.jsonl

    func validate() throws {
        if let unknown = action.first(where: { Actions.named($0) == nil }) {
            let near = UsageErrors.nearest(unknown, among: Actions.all.map(\.name))
            throw ValidationError("OCPP 1.6 has no action \(unknown).\(near.map { " Did you mean \($0)?" } ?? "")")
        }
        if !action.isEmpty, records == .sessions || records == .connections {
            throw ValidationError(
                "--records \(records.rawValue) are of no action: leave out --action, or ask for frames")
        }
        if connector != nil, records == .connections {
            throw ValidationError("--records connections are about no connector: leave out --connector")
        }
    }

    func run() throws {
        let isTable = format == .text && isatty(STDOUT_FILENO) == 1
        let signals = Signals { _ in
            if isTable { Screen.leave() }
            _exit(0)
        }
        defer { withExtendedLifetime(signals) {} }
        let session = ControlSession(path: control.path)
        try session.watch(WatchFilter(kind: records, chargePoints: chargePoints.patterns))
        if isTable { return try showTable(session) }
        let output = OutputWriter(isLineBuffered: true)
        Diagnostics.say("watching")
        while true {
            switch try session.next(withinMilliseconds: nil) {
            case .reply(.record(_, let line)):
                guard isWanted(line) else { continue }
                switch format {
                case .jsonl: try output.write(line + [UInt8(ascii: "\n")])
                case .text: if let text = WatchText.line(of: line) { try output.write(text.utf8) }
                }
            case .reply(.lost(_, let count)): Diagnostics.say("\(count) records were lost: they were read too slowly")
            case .reply(.error(_, let message)): throw CommandFailure(.internalError, "the server says: \(message)")
            case .reply, .input, .timedOut: continue
            }
        }
    }

    /// Records of no action or connector are left out where one is asked for.
    private func isWanted(_ line: [UInt8]) -> Bool {
        if action.isEmpty, connector == nil { return true }
        guard let root = try? JSONTree(parsing: line).root else { return false }
        if !action.isEmpty, !action.contains(root["action"]?.text ?? "") { return false }
        guard let connector else { return true }
        return (root["connectorId"] ?? root["payload"]?["connectorId"])?.integer == connector
    }

    /// Draws at once what is known, and again when something has changed, at most four times a second.
    private func showTable(_ session: ControlSession) throws {
        var table = WatchTable()
        let asker = ControlSession(path: control.path)
        try asker.stations { station in
            if chargePoints.passes(station.chargePointId) { table.take(station) }
        }
        Screen.enter()
        defer { Screen.leave() }
        var isChanged = true
        var drawn: Int64 = 0
        while true {
            let now = monotonicMilliseconds()
            if now - drawn >= 1000 || isChanged && now - drawn >= 250 {
                try Screen.draw(table.lines(at: .now))
                (isChanged, drawn) = (false, now)
            }
            switch try session.next(withinMilliseconds: isChanged ? max(1, drawn + 250 - now) : 1000) {
            case .reply(.record(_, let line)):
                if isWanted(line), let root = try? JSONTree(parsing: line).root {
                    table.take(root)
                    isChanged = true
                }
            case .reply(.lost(_, let count)): table.lost += count
            case .reply(.error(_, let message)): throw CommandFailure(.internalError, "the server says: \(message)")
            case .reply, .input, .timedOut: continue
            }
        }
    }
}

extension WatchFilter.Kind: ExpressibleByArgument {}
enum WatchFormat: String, ExpressibleByArgument, CaseIterable { case jsonl, text }

/// The terminal's other screen, so that what stood there comes back.
private enum Screen {
    static func enter() { write("\u{1B}[?1049h\u{1B}[?25l") }
    static func leave() { write("\u{1B}[?25h\u{1B}[?1049l") }

    /// As many lines as there is room for, each cut where the screen ends.
    static func draw(_ lines: [String]) throws {
        var size = winsize()
        let isKnown = unsafe ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_row > 0 && size.ws_col > 0
        let (rows, columns) = isKnown ? (Int(size.ws_row), Int(size.ws_col)) : (24, 80)
        var shown = lines
        if lines.count > rows { shown = lines.prefix(rows - 1) + ["… \(lines.count - rows + 1) more"] }
        write("\u{1B}[H" + shown.map { $0.prefix(columns) + "\u{1B}[K" }.joined(separator: "\r\n") + "\u{1B}[J")
    }

    private static func write(_ text: String) {
        let output = OutputWriter(isLineBuffered: true)
        try? output.write(text.utf8)
    }
}
