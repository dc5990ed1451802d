import ArgumentParser
import OCPPKit
import WebEndpoints

/// Runs simulated charge points against a central system.
struct Simulate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Be a charge point, or a fleet of them",
        discussion: """
            A simulated charge point boots, reports its status, obeys every command of every profile and does what it is \
            told to by --session and --call; then it ends. Without either it stays until INT or TERM. Its frames go to standard output as \
            records, which decode and export-sessions read; what happens is told on standard error.

            A session is key=value, separated by commas: connector, idTag, energy (20kWh), power (50kW), duration \
            (30m), delay (10s), soc (percent at the beginning), capacity (60kWh). It ends when the energy is \
            delivered, to the watt-hour. Sessions on one connector run one after the other.

            Time is simulated: with --speed 60 an hour passes in a minute, in the frames and in the records.

            Updates of firmware and uploads are told step by step, each within seconds. Nothing is really fetched or \
            brought: a URL that no charge point could use fails, and --fail lets any step fail.

            With --load the charge points of a fleet put any central system under load: they connect, boot and send \
            --message at --rate, or as fast as answers come, for --duration; who is cut off comes back. One summary \
            record tells messages a second, errors and how long answers took.

            Examples:
              ocppctl simulate --id CP001
              ocppctl simulate --id CP001 --session connector=1,idTag=TAG,energy=20kWh,power=50kW --speed 60
              ocppctl simulate --id CP001 --call 'DataTransfer vendorId=com.example data=hello'
              ocppctl simulate --count 100 --id-pattern CP%05d --records none
              ocppctl simulate --load --count 100 --message meter-values --rate 200 --duration 2s
            """)

    @Option(help: ArgumentHelp("The central system; the identity is added to the path.", valueName: "url"))
    var url = "ws://127.0.0.1:9000/ocpp"

    @Option(help: ArgumentHelp("The charge point's identity.", valueName: "identity"))
    var id = Simulate.defaultID

    @OptionGroup var credentials: ChargePointCredentials

    @Option(help: "What kind of charge point it is.")
    var model = ModelName.abbTerra54

    @Option(
        help: ArgumentHelp("A session to run; repeatable.", valueName: "key=value,…"),
        transform: { try SessionSpec(parsing: $0) })
    var session: [SessionSpec] = []

    @Option(
        help: ArgumentHelp(
            "A message to send once it has booted: 'DataTransfer vendorId=com.example'; repeatable.",
            valueName: "message"), transform: { try ScriptedCall(parsing: $0) })
    var call: [ScriptedCall] = []

    @Option(
        help: ArgumentHelp(
            "A failure to report in place of the step that fails: InstallationFailed, UploadFailed; repeatable.",
            valueName: "status"))
    var fail: [WorkFailure] = []

    @Option(help: ArgumentHelp("Simulated seconds in a second.", valueName: "factor"))
    var speed: Double = 1

    @Option(help: ArgumentHelp("How many charge points; those of a fleet are named by --id-pattern.", valueName: "n"))
    var count = 1

    @Option(
        name: .customLong("id-pattern"),
        help: ArgumentHelp(
            "Identities of a fleet: %05d stands for the number, from 1, in five digits.", valueName: "pattern"))
    var idPattern = IdentityPattern.standard

    @OptionGroup(title: "Load") var load: LoadOptions

    @Option(
        name: .customLong("connect-timeout"),
        help: ArgumentHelp("How long the first connection is tried.", valueName: "duration"))
    var connectTimeout = Duration(milliseconds: 10_000)

    @Option(help: "Which records go to standard output.")
    var records = SimulatedRecords.frames

    @Flag(help: "Say only what went wrong.")
    var quiet = false

    private static let defaultID = "CP001"

    /// Whether the pattern names the charge points: also one alone, so that a script may count from 1.
    private var usesPattern: Bool { count > 1 || idPattern != .standard }

    func validate() throws {
        guard speed > 0, speed <= 100_000 else { throw ValidationError("--speed is more than 0 and at most 100000") }
        guard (1...100_000).contains(count) else { throw ValidationError("--count is 1 to 100000") }
        try ChargePointAddress.validate(url)
        try credentials.validate(for: url)
        if load.isOn, !session.isEmpty || !call.isEmpty {
            throw ValidationError("--load sends --message, and takes neither --session nor --call")
        }
        if load.isOn, !fail.isEmpty || speed != 1 || model.name != ModelName.abbTerra54.name {
            throw ValidationError(
                "under --load charge points only send: --fail, --speed and --model mean nothing there")
        }
        if usesPattern, id != Self.defaultID {
            throw ValidationError("--id names one charge point; those of --count are named by --id-pattern")
        }
        guard !id.isEmpty else { throw ValidationError("--id is empty") }
        let connectors = model.model.connectors.count
        if let spec = session.first(where: { $0.connectorId > connectors }) {
            throw ValidationError("connector=\(spec.connectorId): \(model.name) has \(connectors) connectors")
        }
    }

    func run() async throws {
        raiseFileDescriptorLimit()
        let loop: EventLoop
        do {
            loop = try EventLoop()
        } catch {
            throw CommandFailure(.configuration, "\(error)")
        }
        let ids = usesPattern ? (1...count).map { idPattern.identity($0) } : [id]
        if load.isOn { return try await run(LoadGenerator(loop: loop, ids: ids, settings: loadSettings()), on: loop) }
        let fleet = SimulatedFleet(
            loop: loop,
            settings: SimulationSettings(
                url: url, secret: try credentials.secret(),
                tls: try credentials.tls(for: url), model: model.model, sessions: session,
                calls: call, failures: Set(fail.map(\.rawValue)),
                clock: SimulatedClock(speed: speed),
                connectTimeoutMilliseconds: connectTimeout.milliseconds, writesFrames: records == .frames,
                tellsProgress: !quiet, isFleet: count > 1))
        let signals = Signals { _ in Task { await fleet.end(nil) } }
        defer { withExtendedLifetime(signals) {} }
        let failure = await fleet.run(ids: ids)
        await loop.shutDown()
        if let failure { throw failure }
    }

    private func run(_ generator: LoadGenerator, on loop: EventLoop) async throws {
        let signals = Signals { _ in Task { await generator.end() } }
        defer { withExtendedLifetime(signals) {} }
        let result = await generator.run()
        await loop.shutDown()
        try result.get()
    }

    private func loadSettings() throws -> LoadSettings {
        LoadSettings(
            url: url, secret: try credentials.secret(),
            tls: try credentials.tls(for: url), message: load.message, rate: load.rate,
            durationMilliseconds: load.duration.milliseconds, rampMilliseconds: load.ramp.milliseconds,
            connectTimeoutMilliseconds: connectTimeout.milliseconds, tellsProgress: !quiet)
    }
}

/// Which records a simulation writes.
enum SimulatedRecords: String, ExpressibleByArgument, CaseIterable { case frames, none }

/// A model by its name.
struct ModelName: ExpressibleByArgument {
    let model: ChargePointModel
    static let abbTerra54 = ModelName(model: .abbTerra54)

    init(model: ChargePointModel) { self.model = model }

    init?(argument: String) {
        guard let model = ChargePointModel.all.first(where: { $0.name == argument }) else { return nil }
        self.model = model
    }

    var name: String { model.name }
    var defaultValueDescription: String { model.name }
    static var allValueStrings: [String] { ChargePointModel.all.map(\.name) }
}

/// `CP%05d`: a text with one `%d`, which may have a width.
struct IdentityPattern: ExpressibleByArgument, Equatable {
    static let standard = IdentityPattern(argument: "CP%05d")!

    private let pattern: String
    private let prefix: String
    private let suffix: String
    private let width: Int

    init?(argument: String) {
        guard let percent = argument.firstIndex(of: "%"),
            let end = argument[percent...].firstIndex(of: "d"), !argument[end...].contains("%")
        else { return nil }
        let digits = argument[argument.index(after: percent)..<end]
        guard let width = digits.isEmpty ? 0 : Int(digits), (0...20).contains(width) else { return nil }
        pattern = argument
        prefix = String(argument[..<percent])
        suffix = String(argument[argument.index(after: end)...])
        self.width = width
    }

    func identity(_ number: Int) -> String {
        let digits = String(number)
        return prefix + String(repeating: "0", count: max(0, width - digits.count)) + digits + suffix
    }

    var defaultValueDescription: String { pattern }
}
