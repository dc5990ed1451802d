import ArgumentParser
import CentralSystemService
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

            --map is for a template that is there already under other names of attributes; what it lacks is added. Only \
            --prune removes anything. --certificates has DOJOT 0.7 sign certificates for its TLS port, made by openssl. \
            --verify proves that values come through: what the broker acknowledges need not be stored.

            Charge points come from lines {"chargePointId":"CP001","connectors":2,"location":"38.72,-9.14"}, or CSV \
            with these names as its header; without a file, from the store. Wrong lines are said, and nothing is done.

            The exit status is 0 when all are there, 1 where some failed, 69 when DOJOT cannot be reached, 75 when it \
            does not answer, and 77 when it refuses the login.

            Examples:
              ocppctl provision-dojot --url http://127.0.0.1:8000 --user admin \\
                --password-file dojot.password --output-map dojot.json
              ocppctl provision-dojot --url http://127.0.0.1:8000 --user admin \\
                --password-file dojot.password --dry-run charge-points.csv
              ocppctl provision-dojot --url http://127.0.0.1:8000 --user admin \\
                --password-file dojot.password --mqtt 127.0.0.1:1883 --verify \\
                charge-points.csv | tail -n 2
              ocppctl serve --dojot dojot.json
            """)

    @OptionGroup var access: DojotAccess

    @Option(help: ArgumentHelp("The template's label in DOJOT.", valueName: "label"))
    var template = "ocpp-charge-point"

    @Option(
        help: ArgumentHelp(
            "Connectors that the template has at least; more where a charge point has more.", valueName: "number"))
    var connectors = 1

    @Option(
        help: ArgumentHelp(
            "What a template that was there before calls our attributes: {\"c1_power_W\":\"power\"}, null for one "
                + "that is left out.", valueName: "file"), completion: .file())
    var map: String?

    @Flag(help: "Remove attributes of the template that are not ours, and with them their values.")
    var prune = false

    @Option(
        help: ArgumentHelp(
            "Get keys and certificates of the devices for mutual TLS, and keep them in this folder.",
            valueName: "folder"), completion: .directory)
    var certificates: String?

    @Flag(help: "Publish a marker for each device and read it back from DOJOT's history.")
    var verify = false

    @Option(
        name: .customLong("verify-timeout"),
        help: ArgumentHelp("How long --verify waits for the markers.", valueName: "duration"))
    var verifyTimeout = ProvisionDojot.defaultVerifyTimeout

    private static let defaultVerifyTimeout = Duration(milliseconds: 20_000)

    @Flag(name: .customLong("dry-run"), help: "Only say what would be done.")
    var dryRun = false

    @Option(
        name: .customLong("output-map"),
        help: ArgumentHelp("Write the devices of these charge points for 'serve --dojot'.", valueName: "file"),
        completion: .file())
    var outputMap: String?

    @Option(
        help: ArgumentHelp(
            "DOJOT's MQTT broker, for the map and --verify (default: the host of --url, port 1883, or 8883 with "
                + "--certificates).", valueName: "address:port"))
    var mqtt: ListenAddress?

    @Option(
        name: .customLong("mqtt-version"),
        help: ArgumentHelp("How devices are named on the broker, for the map and --verify.", valueName: "version"))
    var mqttVersion = DojotMQTTVersion.v05

    @OptionGroup var store: StoreOption

    @Argument(
        help: ArgumentHelp(
            "Charge points, as JSON lines or CSV; - for standard input; none for those of the store.", valueName: "file"
        ), completion: .file())
    var files: [String] = []

    func validate() throws {
        guard (1...ChargePointList.connectorLimit).contains(connectors) else {
            throw ValidationError("--connectors is 1 to \(ChargePointList.connectorLimit)")
        }
        for (given, name) in [
            (outputMap != nil, "--output-map"), (certificates != nil, "--certificates"), (verify, "--verify"),
        ] where dryRun && given {
            throw ValidationError("--dry-run makes no devices for \(name)")
        }
        if mqtt != nil, outputMap == nil, !verify { throw ValidationError("--mqtt is for --output-map and --verify") }
        if mqttVersion != .v05, outputMap == nil, !verify {
            throw ValidationError("--mqtt-version is for --output-map and --verify")
        }
        if verifyTimeout != Self.defaultVerifyTimeout, !verify {
            throw ValidationError("--verify-timeout is for --verify")
        }
        if !files.isEmpty, store.store != nil {
            throw ValidationError("charge points come from files or from --store, not from both")
        }
        try verifyTimeout.validateWait(of: "--verify-timeout", atMost: Duration(milliseconds: 3_600_000))
    }

    func run() async throws {
        let password = try access.password()
        let list = try files.isEmpty ? ChargePointList(store: store.path) : ChargePointList(files: files)
        if list.entries.isEmpty { Diagnostics.say("no charge points given: only the template is looked after") }
        let model = TemplateModel(
            label: template, connectors: list.entries.compactMap(\.connectors).reduce(connectors, max),
            labels: try labels())
        for label in model.unknownLabels {
            Diagnostics.say("\(map ?? ""): \(label): no attribute of ours")
        }
        if let certificates { try makeFolder(certificates) }
        try await EventLoop.during { loop in
            try await provision(model, list, password, loop)
        }
    }

    private func provision(
        _ model: TemplateModel, _ list: ChargePointList, _ password: String, _ loop: EventLoop
    ) async throws {
        var report = ProvisionReport(total: list.entries.count)
        let session = access.session(password: password, loop: loop, progress: report.progress)
        do {
            let devices = try await Provisioner(session: session, dryRun: dryRun, prunes: prune).provision(
                model,
                list.entries.map { ProvisionedChargePoint(chargePointID: $0.chargePointId, location: $0.location) },
                report: { report.take($0) })
            if let certificates {
                try await DeviceCertificates(folder: certificates, session: session).provide(devices) {
                    report.take($0)
                }
            }
            let file = mapFile(devices)
            if let outputMap { try file.write(to: outputMap) }
            if verify, !devices.devices.isEmpty {
                try await RoundTripCheck(
                    file.settings, session: session, timeoutMilliseconds: verifyTimeout.milliseconds
                ).run { report.take($0) }
            }
        } catch {
            try report.finish((error as? DojotFailure)?.failure ?? error)
            return
        }
        try report.finish()
    }

    private func mapFile(_ devices: DeviceMap) -> DojotMapFile {
        var file = DojotMapFile(
            mqtt: mqtt ?? ListenAddress(host: access.host, port: certificates == nil ? 1883 : 8883), devices: devices)
        file.mqttVersion = mqttVersion
        file.labels = (try? labels()) ?? AttributeLabels()
        file.tls = certificates.map { folder in
            // Relative names in a map are relative to the map.
            let isBesides = folder.hasPrefix("/") || outputMap?.contains("/") != true
            let path = isBesides ? folder : FileManager.default.currentDirectoryPath + "/" + folder
            return DojotSettings.TLS(caFile: "\(path)/ca.pem", certificateFolder: path)
        }
        return file
    }

    /// - Throws: status 66 where the file cannot be read, 78 where it does not name attributes.
    private func labels() throws -> AttributeLabels {
        guard let map else { return AttributeLabels() }
        let bytes = try InputFile(map).readAll()
        do {
            return try AttributeLabels(parsing: bytes)
        } catch {
            throw CommandFailure(.configuration, "\(map): \(error.text)")
        }
    }

    private func makeFolder(_ folder: String) throws {
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw CommandFailure(.inputOutput, "cannot make the folder \(folder): \(error.localizedDescription)")
        }
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
    func finish(_ failure: (any Error)? = nil) throws {
        progress.clear()
        if let failure = failure ?? writeFailure { throw failure }
        if failed > 0 { throw CommandFailure(.someFailed) }
    }
}
