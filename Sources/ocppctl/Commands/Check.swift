import ArgumentParser
import OCPPKit
import TransportSecurity
import WebEndpoints

/// Finds out what is wrong with a central system or a charge point.
struct Check: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Probe a central system or a charge point, and say what is wrong",
        usage: """
            ocppctl check --url <url> [--id <identity>]
            ocppctl check <charge-point> [--restart]
            """,
        discussion: """
            With --url a central system is asked what a charge point would ask: address, TLS, subprotocol, \
            BootNotification, clock, Heartbeat, an action that does not exist, and addresses with a slash too many. It \
            sees a charge point of the name --id come and go.

            With a charge point, the running serve asks it for its configuration, measurands and profiles, and compares \
            what it claims with what it does. Nothing is sent that changes anything there, unless --restart allows a Reset.

            One record a check goes to standard output: passed, warning, failed or skipped, and what to do. The exit \
            status is that of the first failure: 69 not reachable, 75 no answer, 76 the protocol is broken, 77 refused; \
            warnings end in 0.

            Examples:
              ocppctl check --url ws://127.0.0.1:9000/ocpp --id CP002 --format text
              ocppctl check CP001
            """)

    @Argument(
        help: ArgumentHelp("A charge point that is connected to the running serve.", valueName: "charge-point"),
        completion: .chargePoints)
    var chargePoint: String?

    @OptionGroup var control: ControlOption

    @Option(help: ArgumentHelp("A central system; the identity is added to the path.", valueName: "url"))
    var url: String?

    @Option(help: ArgumentHelp("The identity to come as (default: CHECK).", valueName: "identity"))
    var id: String?

    @OptionGroup var credentials: ChargePointCredentials

    @Flag(help: "Restart the charge point, and see whether it comes back.")
    var restart = false

    @Option(help: ArgumentHelp("How long to wait for each answer.", valueName: "duration"))
    var timeout = Duration(milliseconds: 10_000)

    @Option(help: "Records, or lines for people.")
    var format = CheckFormat.jsonl

    func validate() throws {
        guard (chargePoint == nil) != (url == nil) else {
            throw ValidationError("give either --url or a charge point")
        }
        try timeout.validateWait(of: "--timeout", atMost: Duration(milliseconds: 3_600_000))
        if let url {
            try ChargePointAddress.validate(url)
            guard !restart else { throw ValidationError("--restart is for a charge point") }
            guard control.control == nil else {
                throw ValidationError("--control is for a charge point, which the running serve asks")
            }
            guard id != "" else { throw ValidationError("--id is empty") }
        } else if id != nil || credentials.passwordFile != nil {
            throw ValidationError("--id and --password-file go with --url")
        }
        try credentials.validate(for: url ?? "")
    }

    func run() async throws {
        let milliseconds = timeout.milliseconds
        let report = CheckReport(target: url ?? chargePoint ?? "", format: format)
        if let chargePoint {
            try ChargePointCheck(
                id: chargePoint, control: control.path, timeoutMilliseconds: milliseconds, report: report
            ).run(restarts: restart)
        } else if let url {
            try await checkCentralSystem(url, milliseconds, report)
        }
        guard report.status == .done else { throw CommandFailure(report.status) }
    }

    private func checkCentralSystem(_ url: String, _ milliseconds: Int64, _ report: CheckReport) async throws {
        let loop: EventLoop
        do {
            loop = try EventLoop()
        } catch {
            throw CommandFailure(.configuration, "\(error)")
        }
        let id = id ?? "CHECK"
        let secret = try credentials.secret()
        let target = CentralSystemTarget(
            url: url, id: id,
            authorization: secret.map { ChargePointAddress.authorization(id, $0) },
            tls: try credentials.tls(for: url), timeoutMilliseconds: milliseconds)
        do {
            try await CentralSystemCheck(target: target, report: report, loop: loop).run()
        } catch {
            await loop.shutDown()
            throw error
        }
        await loop.shutDown()
    }
}
