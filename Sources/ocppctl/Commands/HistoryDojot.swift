import ArgumentParser
import CentralSystemService
import DojotClient
import MQTTTransport
import OCPPKit
import WebEndpoints

/// Reads what DOJOT stored, or gets, back as records.
struct HistoryDojot: AsyncParsableCommand {
    enum Records: String, ExpressibleByArgument, CaseIterable {
        case all, sessions, meterValues = "meter-values", history
    }

    static let configuration = CommandConfiguration(
        abstract: "Read what DOJOT stored back as records",
        discussion: """
            Samples of meters come as meterValue records, every other value as a history record, each charge point's by \
            time, then the sessions that they tell of. DOJOT keeps seven days by the messages' own times; a charge point \
            without data is no error.

            --follow goes on with what arrives, over DOJOT's WebSocket, until it is ended. DOJOT's MQTT broker shows each \
            device's topic to that device alone; --subscribe reads the topics of a broker with other rules, and needs no \
            DOJOT.

            Examples:
              ocppctl history-dojot --url http://127.0.0.1:8000 --user admin \\
                --password-file dojot.password --dojot dojot.json \\
                | ocppctl export-sessions -
              ocppctl history-dojot --url http://127.0.0.1:8000 --user admin \\
                --password-file dojot.password --dojot dojot.json --since 1d \\
                --records meter-values CP001
            """)

    @OptionGroup var access: OptionalDojotAccess
    @OptionGroup var map: DojotMapOption

    @Option(
        help: ArgumentHelp(
            "From this time on: RFC 3339, a date, today, yesterday, or how long ago (7d, 12h).", valueName: "time"))
    var since: TimePoint?

    @Option(help: ArgumentHelp("Before this time, in the same forms.", valueName: "time"))
    var until: TimePoint?

    @Option(help: "Which records are written.")
    var records = Records.all

    @Option(
        help: ArgumentHelp(
            "Only this attribute, by our label; repeatable. Without it, all of the template.", valueName: "label"))
    var attribute: [String] = []

    @Flag(help: "Go on with what arrives, over DOJOT's WebSocket.")
    var follow = false

    @Flag(help: "Read what arrives from the map's broker, whose rules must allow it.")
    var subscribe = false

    @Option(
        name: .customLong("mqtt-user"),
        help: ArgumentHelp("The user name for --subscribe.", valueName: "name"))
    var mqttUser: String?

    @Argument(
        help: ArgumentHelp(
            "Charge points; patterns with * and ?; without any, all of the map.", valueName: "charge point"),
        completion: .chargePoints)
    var chargePoints: [String] = []

    func validate() throws {
        if subscribe {
            guard since == nil, until == nil, !follow, attribute.isEmpty else {
                throw ValidationError(
                    "--subscribe reads what arrives, and no history: it goes with no other choice of values")
            }
            guard access.url == nil, access.user == nil, access.passwordFile == nil else {
                throw ValidationError(
                    "--subscribe asks the broker of the map, and no DOJOT: leave out --url, --user and --password-file")
            }
        } else {
            if mqttUser != nil { throw ValidationError("--mqtt-user is for --subscribe") }
            _ = try access.needed()
        }
        if follow, until != nil { throw ValidationError("--follow goes on for ever, and --until ends it") }
    }

    func run() async throws {
        let settings = try map.settings()
        let unknown = chargePoints.filter { pattern in
            !settings.devices.keys.contains { NamePattern.matches($0, pattern) }
        }
        guard unknown.isEmpty else {
            throw CommandFailure(.usage, "\(map.dojot) has no device for \(unknown.joined(separator: ", "))")
        }
        let devices = settings.devices.filter { NamePattern.anyMatches($0.key, chargePoints) }
        let writer = HistoryWriter(records, isLineBuffered: follow || subscribe)
        if subscribe { return try await LiveValues(settings, devices, writer).subscribe(user: mqttUser) }
        let access = try access.needed()
        let password = try access.password()
        try await EventLoop.during { loop in
            let progress = ProgressLine()
            let session = access.session(password: password, loop: loop, progress: progress)
            try await history(devices, settings, session, writer, progress)
            if follow {
                try await LiveValues(settings, devices, writer).follow(session: session, url: access.url, loop: loop)
            }
        }
    }

    private func history(
        _ devices: [String: String], _ settings: DojotSettings, _ session: DojotSession, _ writer: HistoryWriter,
        _ progress: ProgressLine
    ) async throws {
        let now = Timestamp.now
        let (since, until) = (since?.resolved(now: now, in: nil), until?.resolved(now: now, in: nil))
        if let since, now - since > DeviceHistory.keptMilliseconds {
            Diagnostics.say("DOJOT keeps seven days: what is older than that is gone")
        }
        let history = DeviceHistory(session: session)
        let names = attribute.compactMap { settings.labels.name(of: $0) }
        var done = 0
        for (chargePointId, device) in devices.sorted(by: { $0.key < $1.key }) {
            let values = try await history.values(of: device, attributes: names, since: since, until: until)
            try writer.write(DeviceMessage.messages(values, of: chargePointId, settings.labels))
            done += 1
            progress.show("\(done) of \(devices.count) charge points")
        }
        progress.clear()
        try writer.flush()
    }
}

/// `--url`, `--user` and `--password-file` where a way without DOJOT exists.
struct OptionalDojotAccess: ParsableArguments {
    @Option(help: ArgumentHelp("Where DOJOT is.", valueName: "url"))
    var url: String?

    @Option(help: ArgumentHelp("The user, whose tenant has the devices.", valueName: "name"))
    var user: String?

    @Option(
        name: .customLong("password-file"),
        help: ArgumentHelp("The user's password is the first line of this file.", valueName: "file"),
        completion: .file())
    var passwordFile: String?

    func needed() throws -> DojotAccess {
        guard let url, let user, let passwordFile else {
            throw ValidationError("--url, --user and --password-file say where DOJOT is and who asks")
        }
        return try DojotAccess.parse(["--url", url, "--user", user, "--password-file", passwordFile])
    }
}
