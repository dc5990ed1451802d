public import ArgumentParser
public import CentralSystemService
import Glibc
import OCPPKit
import Storage
import TransportSecurity
import WebEndpoints

/// Runs the central system until INT or TERM.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run the central system: frames and events go to standard output",
        discussion: """
            Charge points connect to ws://ADDRESS:PORT/ocpp/<identity> with the subprotocol ocpp1.6. Everything that \
            a charge point is told about a transaction has been stored before. INT or TERM closes the charge points \
            with 1001 and ends with status 0; the second one ends at once.

            Examples:
              ocppctl serve
              ocppctl serve --listen 127.0.0.1:0 --records frames >log.jsonl
              ocppctl serve --boot pending --heartbeat-interval 60
            """)

    @Option(help: ArgumentHelp("Where charge points connect; port 0 takes a free one.", valueName: "address:port"))
    var listen: ListenAddress = ListenAddress(host: "127.0.0.1", port: 9000)

    @OptionGroup var security: SecurityOptions

    @Option(help: ArgumentHelp("What stands before the charge point's identity in the URL.", valueName: "path"))
    var path = "/ocpp"

    @OptionGroup var store: StoreOption
    @OptionGroup var control: ControlOption

    @Option(help: "Which charge points may connect: any, or those that booted here before or are in the DOJOT map.")
    var accept = Acceptance.any

    @Option(help: "The answer to a BootNotification.")
    var boot = Registration.accepted

    @Option(name: .customLong("before-boot"), help: "What a message before an accepted BootNotification gets.")
    var beforeBoot = BeforeBoot.answer

    @Option(
        name: .customLong("heartbeat-interval"),
        help: ArgumentHelp(
            "Seconds between heartbeats, or until the next boot that was not accepted.", valueName: "seconds"))
    var heartbeatInterval: Int64 = 300

    @Option(
        name: .customLong("ping-interval"),
        help: ArgumentHelp(
            "How long from ping to ping; a charge point that stays silent for two is offline. 0 for no pings.",
            valueName: "duration"))
    var pingInterval = Duration(milliseconds: 30_000)

    @Option(
        help: ArgumentHelp(
            "Who may charge: a file as 'ocppctl tags import' takes it, such as one with an idTag a line.",
            valueName: "file"), completion: .file())
    var tags: String?

    @Option(
        name: .customLong("unknown-tags"),
        help: "What an idTag that is not listed gets (default: accept without a list, invalid with one).")
    var unknownTags: UnknownTags?

    @Option(
        name: .customLong("concurrent-transactions"),
        help: "What a listed idTag gets that is in a transaction already: refuse answers ConcurrentTx.")
    var concurrentTransactions = ConcurrentTransactions.refuse

    @Option(
        name: .customLong("action-case"),
        help: "Whether the case of an action's name counts, as the specification says, or heartBeat is Heartbeat, too.")
    var actionCase = ActionCase.exact

    @Flag(
        help: "Answer violations of the specification with a CALLERROR, and close a client that offers no subprotocol.")
    var strict = false

    @OptionGroup var quirks: QuirksOption

    @Option(
        name: .customLong("keep-frames"),
        help: ArgumentHelp(
            "How long raw frames and commands that have ended are kept: 30d, 12h, 0 for not at all.",
            valueName: "duration"))
    var keepFrames: Duration = Duration(milliseconds: 30 * 86_400_000)

    @Option(
        name: .customLong("keep-outbox"),
        help: ArgumentHelp(
            "How long publications are kept after the broker has acknowledged them.", valueName: "duration"))
    var keepOutbox: Duration = Duration(milliseconds: 7 * 86_400_000)

    @Option(
        name: .customLong("min-free"),
        help: ArgumentHelp(
            "What should stay free on the store's file system: below it raw frames are not stored, below half of it nothing "
                + "new is, and charge points are asked to try again; below twice of it that is said. 0 for no care.",
            valueName: "size"))
    var minimumFree = ByteCount(bytes: 100 << 20)

    @OptionGroup var limits: LimitOptions

    @Option(
        help: ArgumentHelp("Publish to DOJOT: the map that 'provision-dojot --output-map' wrote.", valueName: "file"),
        completion: .file())
    var dojot: String?

    @Flag(name: .customLong("hash-tags"), help: "Publish SHA-256 hashes of idTags in place of the idTags.")
    var hashTags = false

    @Option(
        help: ArgumentHelp(
            "Tell Prometheus /metrics here, and probes /healthz and /readyz, by HTTP.", valueName: "address:port"))
    var http: ListenAddress?

    @Option(help: "Which records go to standard output.")
    var records = RecordSelection.all

    @Option(
        help: ArgumentHelp(
            #"Take commands as lines {"chargePointId","action","payload"} from a file, or - for standard input."#,
            valueName: "file"), completion: .file())
    var input: String?

    func validate() throws {
        guard path.hasPrefix("/"),
            path.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") })
        else {
            throw ValidationError("--path begins with a slash, and is what stands in a URL: %20 for a blank")
        }
        guard (0...86_400).contains(heartbeatInterval) else {
            throw ValidationError("--heartbeat-interval is 0 to 86400 seconds")
        }
        guard pingInterval.milliseconds <= 3_600_000 else {
            throw ValidationError("--ping-interval is at most 1h")
        }
        try keepFrames.validateUnit(of: "--keep-frames")
        try keepOutbox.validateUnit(of: "--keep-outbox")
        if hashTags, dojot == nil { throw ValidationError("--hash-tags is about what --dojot publishes") }
        guard listen.isLoopback || security.profile != nil else {
            throw ValidationError(
                "\(listen) is not a loopback address, and whoever reaches it could act as any charge point: "
                    + "say --security-profile 0 if that is meant")
        }
    }

    func run() async throws {
        let (stopped, stop) = AsyncStream.makeStream(of: Int32.self)
        let signals = Signals { stop.yield($0) }
        defer { withExtendedLifetime(signals) {} }
        let input = try input.map { try ServeInput($0) }
        // Before it listens: whoever sees that may send HUP at once.
        let reloader = ServeReload()
        let (hungUp, hangUp) = AsyncStream.makeStream(of: Void.self)
        let hangUps = HangUps { hangUp.yield() }
        defer { withExtendedLifetime(hangUps) {} }
        let server: CentralSystemServer
        do {
            server = try await CentralSystemServer.start(
                settings(), recordDescriptor: STDOUT_FILENO, notice: { Diagnostics.say($0) })
        } catch let error as StoreError {
            throw error.failure
        } catch let error as EndpointError {
            throw CommandFailure(.configuration, "\(error)")
        } catch let error as TLSError {
            throw CommandFailure(.configuration, "\(error)")
        }
        let reloading = Task {
            for await _ in hungUp {
                for message in await reloader.reload(server) { Diagnostics.say(message) }
            }
        }
        defer { reloading.cancel() }
        let url = await server.url
        let base = url.hasSuffix("/") ? url : url + "/"
        Diagnostics.say("listening on \(url); charge points connect to \(base)<identity>")
        if let url = await server.httpURL { Diagnostics.say("metrics on \(url)/metrics") }
        input?.start(for: server)
        for await _ in stopped { break }
        Diagnostics.say("stopping")
        await server.stop()
    }

    func settings() throws -> ServiceSettings {
        var settings = ServiceSettings(storePath: store.path, controlPath: control.path)
        settings.host = listen.host
        settings.port = listen.port
        settings.path = path
        settings.http = http.map { ($0.host, $0.port) }
        settings.acceptsOnlyKnown = accept == .known
        settings.maximumFrameBytes = limits.frameBytes.bytes
        settings.pingIntervalMilliseconds = Int(pingInterval.milliseconds)
        settings.keepFramesMilliseconds = keepFrames.milliseconds
        settings.keepOutboxMilliseconds = keepOutbox.milliseconds
        settings.minimumFreeBytes = minimumFree.bytes
        settings.records = records
        settings.centralSystem.registration = boot.status
        settings.centralSystem.heartbeatIntervalSeconds = heartbeatInterval
        settings.centralSystem.refusesBeforeBoot = beforeBoot == .refuse
        settings.centralSystem.isStrict = strict
        settings.centralSystem.quirks = try quirks.read()
        settings.centralSystem.keepsFrames = keepFrames.milliseconds > 0
        settings.centralSystem.tags = try tags.map { name in
            TagList(try TagListFile.read(name) { throw CommandFailure(.configuration, $0) })
        }
        settings.centralSystem.unknownTags = unknownTags.map { $0 == .accept ? .accepted : .invalid }
        settings.centralSystem.allowsConcurrentTransactions = concurrentTransactions == .accept
        settings.centralSystem.readsActionsInAnyCase = actionCase == .any
        settings.centralSystem.maximumDepth = limits.jsonDepth
        settings.centralSystem.signsCertificates = security.signCommand != nil
        settings.security = try security.settings()
        settings.notifier = ServiceNotifier(
            address: Locations.environment("NOTIFY_SOCKET"),
            watchdogMicroseconds: Locations.environment("WATCHDOG_USEC").flatMap { Int($0) })
        limits.apply(to: &settings.security.limits)
        settings.dojot = try dojot.map { try DojotMapFile(file: $0).settings }
        settings.centralSystem.hashesTags = hashTags
        return settings
    }
}

enum Acceptance: String, ExpressibleByArgument, CaseIterable { case any, known }
enum BeforeBoot: String, ExpressibleByArgument, CaseIterable { case answer, refuse }
enum UnknownTags: String, ExpressibleByArgument, CaseIterable { case accept, invalid }
enum ConcurrentTransactions: String, ExpressibleByArgument, CaseIterable { case accept, refuse }
enum ActionCase: String, ExpressibleByArgument, CaseIterable { case exact, any }
extension RecordSelection: ExpressibleByArgument {}

enum Registration: String, ExpressibleByArgument, CaseIterable {
    case accepted, pending, rejected

    var status: RegistrationStatus {
        switch self {
        case .accepted: .accepted
        case .pending: .pending
        case .rejected: .rejected
        }
    }
}
