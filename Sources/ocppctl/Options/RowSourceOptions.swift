import ArgumentParser
import OCPPKit

/// Where rows come from and which are wanted, for the commands that export.
struct RowSourceOptions: ParsableArguments {
    @Argument(
        help: ArgumentHelp(
            "Records, or logs in any format that decode reads, .gz too; - for standard input; none for the store.",
            valueName: "file"), completion: .file())
    var files: [String] = []

    @OptionGroup var store: StoreOption

    @Option(
        help: ArgumentHelp(
            "From this time on: RFC 3339, a date, today, yesterday, or how long ago (7d, 12h).", valueName: "time"))
    var since: TimePoint?

    @Option(help: ArgumentHelp("Before this time, in the same forms.", valueName: "time"))
    var until: TimePoint?

    @OptionGroup var chargePoints: ChargePointFilter

    @Option(
        help: ArgumentHelp(
            "The zone of days and of times without one, given or in logs, and of the times that are written "
                + "(default: UTC). Europe/Lisbon, +02:00.",
            valueName: "zone"))
    var timezone: LocalZone?

    @OptionGroup var quirks: QuirksOption

    func validate() throws {
        if files.isEmpty, quirks.quirks != nil {
            throw ValidationError("--quirks is for files; what a store holds was read by 'serve --quirks'")
        }
        if !files.isEmpty, store.store != nil {
            throw ValidationError("rows come from files or from --store, not from both")
        }
        if let since = filter.since, let until = filter.until, since >= until {
            throw ValidationError("--since \(since) is not before --until \(until)")
        }
    }

    /// By the clock of now.
    var filter: SessionFilter {
        let now = Timestamp.now
        return SessionFilter(
            since: since?.resolved(now: now, in: timezone), until: until?.resolved(now: now, in: timezone),
            chargePoints: chargePoints.patterns)
    }

    /// How times are written; `nil` for UTC.
    var timezoneOffset: TimezoneOffset? {
        guard let timezone else { return nil }
        return { timezone.offsetMinutes(at: $0) }
    }

    func logOptions() throws -> LogOptions {
        let timezone = timezone
        var options = LogOptions(chargePointId: chargePoints.single)
        // How long things took does not depend on the zone, so a log without one is worth reading by a default.
        options.zone = { timezone?.utc(ofLocal: $0) ?? $0 }
        options.quirks = try quirks.read()
        return options
    }
}
