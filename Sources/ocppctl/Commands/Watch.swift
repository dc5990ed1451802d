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

            Examples:
              ocppctl watch
              ocppctl watch --charge-point CP001 --charge-point 'DEPOT-*' --records frames
            """)

    @OptionGroup var control: ControlOption

    @Option(
        name: .customLong("charge-point"),
        help: ArgumentHelp("Only of this charge point; a pattern with * and ?; repeatable.", valueName: "id"))
    var chargePoint: [String] = []

    @Option(help: "Which records.")
    var records = WatchFilter.Kind.all

    func run() throws {
        let signals = Signals { _ in _exit(0) }
        defer { withExtendedLifetime(signals) {} }
        let output = OutputWriter(isLineBuffered: true)
        let session = ControlSession(path: control.path)
        try session.watch(WatchFilter(kind: records, chargePoints: chargePoint))
        Diagnostics.say("watching")
        while true {
            switch try session.next(withinMilliseconds: nil) {
            case .reply(.record(_, let line)): try output.write(line + [UInt8(ascii: "\n")])
            case .reply(.lost(_, let count)): Diagnostics.say("\(count) records were lost: they were read too slowly")
            case .reply(.error(_, let message)): throw CommandFailure(.internalError, "the server says: \(message)")
            case .reply, .input, .timedOut: continue
            }
        }
    }
}

extension WatchFilter.Kind: ExpressibleByArgument {}
