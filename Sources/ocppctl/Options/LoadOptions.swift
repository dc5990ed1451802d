import ArgumentParser

/// What a charge point under `--load` sends again and again.
enum LoadMessage: String, ExpressibleByArgument, CaseIterable {
    case heartbeat
    /// Of a transaction that it starts once.
    case meterValues = "meter-values"
    /// Authorize, StartTransaction, three MeterValues, StopTransaction.
    case session
}

/// The options of `simulate --load`.
struct LoadOptions: ParsableArguments {
    @Flag(
        name: .customLong("load"),
        help:
            "Put the central system under load: the charge points only send, and a summary record is written at the end."
    )
    var isOn = false

    @Option(help: "Under --load: what is sent.")
    var message = LoadMessage.heartbeat

    @Option(
        help: ArgumentHelp(
            "Under --load: messages a second, of all charge points together; without it, as many as are answered.",
            valueName: "number"))
    var rate: Double?

    @Option(help: ArgumentHelp("Under --load: how long messages are sent once all have booted.", valueName: "duration"))
    var duration = LoadOptions.defaultDuration

    private static let defaultDuration = Duration(milliseconds: 10_000)

    @Option(
        help: ArgumentHelp(
            "Under --load: over which time the charge points connect; 0 is as fast as they are let in.",
            valueName: "duration"))
    var ramp = Duration(milliseconds: 0)

    func validate() throws {
        if let rate, !(rate > 0 && rate <= 10_000_000) {
            throw ValidationError("--rate is more than 0 and at most 10000000 messages a second")
        }
        if !isOn, message != .heartbeat || rate != nil || duration != Self.defaultDuration || ramp.milliseconds != 0 {
            throw ValidationError("--message, --rate, --duration and --ramp are of --load")
        }
        guard duration.milliseconds > 0 else { throw ValidationError("--duration is longer than 0") }
    }
}
