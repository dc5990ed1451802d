import ArgumentParser
import DojotClient
import Foundation
import OCPPKit
import WebEndpoints

/// Makes templates and devices in DOJOT.
struct ProvisionDojot: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make a template and a device for each charge point in DOJOT",
        discussion: """
            What is there already is found by its label and stays as it is, so that a second run, or one after a \
            failure, says unchanged. Attributes that others have added are kept. One record a template or device goes \
            to standard output. The login's token is kept in $XDG_CACHE_HOME/ocppctl, since DOJOT takes 5 logins a \
            minute.

            Charge points come from lines {"chargePointId":"CP001","connectors":2,"location":"38.72,-9.14"}, or CSV \
            with these names as its header; without a file, from the store. Wrong lines are said, and nothing is done.

            The exit status is 0 when all are there, 1 where some failed, 69 when DOJOT cannot be reached, 75 when it \
            does not answer, and 77 when it refuses the login.

            Examples:
              ocppctl provision-dojot --url http://127.0.0.1:8000 --user admin \\
                --password-file dojot.password --output-map dojot.json
              ocppctl provision-dojot --url http://127.0.0.1:8000 --user admin \\
                --password-file dojot.password --dry-run charge-points.csv
              ocppctl serve --dojot dojot.json
            """)

    @Option(help: ArgumentHelp("Where DOJOT is.", valueName: "url"))
    var url: String

    @Option(help: ArgumentHelp("The user, whose tenant gets the devices.", valueName: "name"))
    var user: String

    @Option(
        name: .customLong("password-file"),
        help: ArgumentHelp("The user's password is the first line of this file.", valueName: "file"))
    var passwordFile: String

    @Option(help: ArgumentHelp("The template's label in DOJOT.", valueName: "label"))
    var template = "ocpp-charge-point"

    @Option(
        help: ArgumentHelp(
            "Connectors that the template has at least; more where a charge point has more.", valueName: "number"))
    var connectors = 1

    @Flag(name: .customLong("dry-run"), help: "Only say what would be done.")
    var dryRun = false

    @Option(
        name: .customLong("output-map"),
        help: ArgumentHelp("Write the devices of these charge points for 'serve --dojot'.", valueName: "file"))
    var outputMap: String?

    @Option(
        help: ArgumentHelp(
            "DOJOT's MQTT broker, for the map (default: the host of --url, port 1883).", valueName: "address:port"))
    var mqtt: ListenAddress?

    @OptionGroup var store: StoreOption

    @Argument(
        help: ArgumentHelp(
            "Charge points, as JSON lines or CSV; - for standard input; none for those of the store.", valueName: "file"
        ))
    var files: [String] = []

    func validate() throws {
        guard let parts = URLComponents(string: url), parts.scheme == "http" || parts.scheme == "https",
            parts.host != nil
        else { throw ValidationError("--url is an address such as http://127.0.0.1:8000, not \(url)") }
        guard (1...ChargePointList.connectorLimit).contains(connectors) else {
            throw ValidationError("--connectors is 1 to \(ChargePointList.connectorLimit)")
        }
        if dryRun, outputMap != nil {
            throw ValidationError("--dry-run makes no devices that --output-map could write")
        }
        if mqtt != nil, outputMap == nil { throw ValidationError("--mqtt is for --output-map") }
    }

    func run() async throws {
        let password = try password()
        let list = try files.isEmpty ? ChargePointList(store: store.path) : ChargePointList(files: files)
        if list.entries.isEmpty { Diagnostics.say("no charge points given: only the template is looked after") }
        let loop: EventLoop
        do {
            loop = try EventLoop()
        } catch {
            throw CommandFailure(.internalError, "\(error)")
        }
        var report = ProvisionReport(total: list.entries.count)
        let map: DeviceMap
        do throws(DojotFailure) {
            let provisioner = Provisioner(
                session: session(password, HTTPClient(loop: loop), report.progress), dryRun: dryRun)
            map = try await provisioner.provision(
                TemplateModel(
                    label: template, connectors: list.entries.compactMap(\.connectors).reduce(connectors, max)),
                list.entries.map { ProvisionedChargePoint(chargePointID: $0.chargePointId, location: $0.location) },
                report: { report.take($0) })
        } catch {
            await loop.shutDown()
            try report.finish(error.failure)
            return
        }
        await loop.shutDown()
        if let outputMap { try DojotMapFile(mqtt: mqttAddress, devices: map).write(to: outputMap) }
        try report.finish()
    }

    private func session(_ password: String, _ client: HTTPClient, _ progress: ProgressLine) -> DojotSession {
        DojotSession(
            DojotSession.Configuration(
                baseURL: url, user: user, password: password, tokenPath: Locations.dojotToken),
            http: client, now: { Timestamp.now },
            notify: { notice in
                switch notice {
                case .waiting(let seconds):
                    progress.show("DOJOT takes no more requests for now; going on in \(seconds) s")
                case .tokenNotKept(let reason): Diagnostics.say("the login is not kept for the next run: \(reason)")
                }
            })
    }

    private var mqttAddress: ListenAddress {
        mqtt ?? ListenAddress(host: URLComponents(string: url)?.host ?? "127.0.0.1", port: 1883)
    }

    /// - Throws: status 78 where the file cannot be read or has no password.
    private func password() throws -> String {
        let bytes: [UInt8]
        do {
            bytes = try InputFile(passwordFile).readAll()
        } catch let failure as CommandFailure {
            throw CommandFailure(.configuration, failure.message)
        }
        let line = bytes.prefix { $0 != 0x0A && $0 != 0x0D }
        guard !line.isEmpty else { throw CommandFailure(.configuration, "\(passwordFile): the first line is empty") }
        return String(decoding: line, as: UTF8.self)
    }
}

/// Writes results as they come, and knows how it all ended.
private struct ProvisionReport {
    let progress = ProgressLine()
    private let output = OutputWriter(isLineBuffered: true)
    private let total: Int
    private var done = 0
    private var failed = 0
    private var writeFailure: CommandFailure?

    init(total: Int) { self.total = total }

    /// The work goes on where nobody reads of it.
    mutating func take(_ result: ProvisionResult) {
        if result.kind == .device { done += 1 }
        if result.result == .failed { failed += 1 }
        do {
            try output.writeLine {
                result.record.write(to: &$0); $0.endLine()
            }
        } catch {
            writeFailure = writeFailure ?? error as? CommandFailure
        }
        progress.show("\(done) of \(total) charge points")
    }

    /// - Throws: what ended the run, a full disk, or status 1 where some failed.
    func finish(_ failure: CommandFailure? = nil) throws {
        progress.clear()
        if let failure = failure ?? writeFailure { throw failure }
        if failed > 0 { throw CommandFailure(.someFailed) }
    }
}
