import ArgumentParser
import CentralSystemService
import Dashboard
import DojotClient
import OCPPKit
import TransportSecurity
import WebEndpoints

/// Serves the page with the charge points and their sessions.
struct Dashboard: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serve a web page with the charge points and their sessions, live",
        discussion: """
            The page shows who is online, what charges with which power and energy, the sessions and what they add up to, \
            and each charge point's last frames with what is odd about them; from it charging can be started and stopped, \
            and a charge point be reset or a connector be unlocked. It speaks English and Portuguese.

            It asks the running serve who is connected and reads its store beside it. Where no server runs, the store is \
            shown, and the server is waited for. With --dojot everything comes from DOJOT's history instead, and nothing \
            can be commanded.

            Only this machine can open it. Any other --listen needs --page-password-file, --tls-certificate and \
            --tls-key; browsers then ask for a user name, which may be any, and the password.

            Examples:
              ocppctl dashboard
              ocppctl dashboard --listen 127.0.0.1:0
            """)

    @Option(help: ArgumentHelp("Where the page is served; port 0 takes a free one.", valueName: "address:port"))
    var listen = ListenAddress(host: "127.0.0.1", port: 8080)

    @OptionGroup var control: ControlOption
    @OptionGroup var store: StoreOption

    @Option(
        name: .customLong("page-password-file"),
        help: ArgumentHelp(
            "Browsers have to give the password that is the first line of this file, which only its owner may read.",
            valueName: "file"))
    var pagePasswordFile: String?

    @Option(
        name: .customLong("tls-certificate"),
        help: ArgumentHelp("Serve https:// with this certificate chain, PEM.", valueName: "file"))
    var certificate: String?

    @Option(
        name: .customLong("tls-key"), help: ArgumentHelp("The certificate's private key, PEM.", valueName: "file"))
    var key: String?

    @Option(
        name: .customLong("server-name"),
        help: ArgumentHelp(
            "A name by which browsers may ask for the page, beside its address; repeatable.", valueName: "name"))
    var serverNames: [String] = []

    @Option(
        help: ArgumentHelp(
            "Show what DOJOT stored: the map that 'provision-dojot --output-map' wrote.", valueName: "file"))
    var dojot: String?

    @OptionGroup var access: OptionalDojotAccess

    @Option(
        name: .customLong("dojot-interval"),
        help: ArgumentHelp("How long to wait before DOJOT is asked again what is new.", valueName: "duration"))
    var interval = Dashboard.defaultInterval

    private static let defaultInterval = Duration(milliseconds: 10_000)

    func validate() throws {
        guard (certificate == nil) == (key == nil) else {
            throw ValidationError("--tls-certificate and --tls-key go together")
        }
        guard listen.isLoopback || certificate != nil && pagePasswordFile != nil else {
            throw ValidationError(
                "\(listen) is not a loopback address, and whoever reaches it could command the charge points: it needs "
                    + "--page-password-file, --tls-certificate and --tls-key")
        }
        guard interval.milliseconds >= 1_000 else { throw ValidationError("--dojot-interval is at least 1s") }
        if dojot != nil {
            _ = try access.needed()
            guard control.control == nil, store.store == nil else {
                throw ValidationError("--dojot shows what DOJOT stored, and no --control or --store")
            }
        } else if access.url != nil || access.user != nil || access.passwordFile != nil {
            throw ValidationError("--url, --user and --password-file are DOJOT's: they go with --dojot")
        } else if interval != Self.defaultInterval {
            throw ValidationError("--dojot-interval goes with --dojot")
        }
    }

    func run() async throws {
        let (stopped, stop) = AsyncStream.makeStream(of: Int32.self)
        let signals = Signals { stop.yield($0) }
        defer { withExtendedLifetime(signals) {} }
        let settings = try makeSettings()
        try await EventLoop.during { loop in
            let source = try makeSource(loop)
            let server: DashboardServer
            do {
                server = try await loop.run { () throws(EndpointError) in
                    try DashboardServer(loop: loop, source: source, settings: settings)
                }
            } catch {
                throw CommandFailure(.configuration, "\(error)")
            }
            let url = await loop.run { server.url }
            let output = OutputWriter(isLineBuffered: true)
            try output.writeLine { writer in
                writer.beginObject()
                writer.member("record", "listening")
                writer.member("timestamp", Timestamp.now)
                writer.member("url", url)
                writer.endObject()
                writer.endLine()
            }
            Diagnostics.say("the page is at \(url)")
            for await _ in stopped { break }
            Diagnostics.say("stopping")
        }
    }

    private func makeSettings() throws -> DashboardSettings {
        var settings = DashboardSettings(
            host: listen.host, port: listen.port, serverNames: serverNames,
            timezone: { name -> TimezoneOffset? in
                guard let zone = LocalZone(argument: name) else { return nil }
                return { zone.offsetMinutes(at: $0) }
            }, now: { Timestamp.now })
        do {
            if let certificate, let key {
                settings.tls = try TLSContext(
                    server: [TLSIdentity(certificateFile: certificate, keyFile: key)], clientCAFile: nil)
            }
            if let pagePasswordFile {
                let line = try SecretFile.read(pagePasswordFile).prefix { $0 != 0x0A && $0 != 0x0D }
                guard !line.isEmpty else {
                    throw CommandFailure(.configuration, "\(pagePasswordFile): the first line is empty")
                }
                settings.password = String(decoding: line, as: UTF8.self)
            }
        } catch let failure as CommandFailure {
            throw failure
        } catch {
            throw CommandFailure(.configuration, "\(error)")
        }
        return settings
    }

    private func makeSource(_ loop: EventLoop) throws -> any DashboardSource {
        guard let dojot else {
            return ServeSource(
                controlPath: control.path, store: store.chosen, defaultStore: store.path, now: { Timestamp.now })
        }
        let map = try DojotMapFile(file: dojot).settings
        let access = try access.needed()
        let session = access.session(password: try access.password(), loop: loop, progress: ProgressLine())
        return DojotSource(
            session: session, devices: map.devices, labels: map.labels,
            intervalSeconds: Int(interval.milliseconds / 1_000))
    }
}
