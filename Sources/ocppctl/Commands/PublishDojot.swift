import ArgumentParser
import CentralSystemService
import OCPPKit
import Storage

/// Publishes what records or logs tell, or again what a store's outbox has kept.
struct PublishDojot: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Publish records or logs to DOJOT by MQTT",
        discussion: """
            Status, boot data, meter values, transactions, and the last command and its result go to the devices of the \
            charge points, under the same attributes as 'serve --dojot' gives them, with the times of the log. Any log \
            that decode reads will do; connection records make the attribute online. DOJOT keeps seven days by these \
            times, and honours them from version 0.6.1 on.

            The command ends when the broker has acknowledged every message. The exit status is 0 then, 1 where a charge \
            point has no device, 69 when the broker cannot be reached, 75 when it stops to acknowledge, 77 when it \
            refuses a device.

            --replay publishes again what a broker acknowledged and may have lost: the messages that 'serve --dojot' \
            keeps for --keep-outbox, each as it was, its eventId included, in the same order. It goes beside a running \
            server.

            Examples:
              ocppctl decode charge.log | ocppctl publish-dojot --dojot dojot.json -
              ocppctl publish-dojot --dojot dojot.json --dry-run charge.log
              ocppctl publish-dojot --dojot dojot.json --replay --since 2h
            """)

    @OptionGroup var map: DojotMapOption
    @OptionGroup var log: LogReadingOptions

    @Option(help: ArgumentHelp("Give up when nothing is acknowledged for so long.", valueName: "duration"))
    var timeout = Duration(milliseconds: 30_000)

    @Flag(name: .customLong("hash-tags"), help: "Publish SHA-256 hashes of idTags in place of the idTags.")
    var hashTags = false

    @Flag(name: .customLong("dry-run"), help: "Write what would be published as records, and publish nothing.")
    var dryRun = false

    @Flag(help: "Publish again what a broker has acknowledged, from the store.")
    var replay = false

    @Option(
        help: ArgumentHelp(
            "Of --replay: what was acknowledged from this time on: RFC 3339, a date, today, yesterday, or how long ago "
                + "(7d, 12h).", valueName: "time"))
    var since: TimePoint?

    @Option(help: ArgumentHelp("Of --replay: before this time, in the same forms.", valueName: "time"))
    var until: TimePoint?

    @OptionGroup var store: StoreOption

    @Argument(
        help: ArgumentHelp("Records or logs, .gz too; - or none for standard input.", valueName: "file"),
        completion: .file())
    var files: [String] = []

    func validate() throws {
        try timeout.validateWait(of: "--timeout", atMost: Duration(milliseconds: 86_400_000))
        guard replay else {
            guard since == nil, until == nil, store.store == nil else {
                throw ValidationError("--since, --until and --store are for --replay")
            }
            return
        }
        guard since != nil else {
            throw ValidationError("--replay needs --since: from when on the broker may have lost messages")
        }
        guard files.isEmpty else { throw ValidationError("--replay publishes from the store, not from files") }
        guard !hashTags, !log.isAboutReading else {
            throw ValidationError("--replay publishes each message as it was: it takes no option on how logs are read")
        }
        if let start = times.since, let end = times.until, start >= end {
            throw ValidationError("--since \(start) is not before --until \(end)")
        }
    }

    /// By the clock of now.
    private var times: (since: Timestamp?, until: Timestamp?) {
        let now = Timestamp.now
        return (since?.resolved(now: now, in: log.timezone), until?.resolved(now: now, in: log.timezone))
    }

    func run() throws {
        if replay { return try publishAgain() }
        if files.isEmpty, InputFile.isStandardInputTerminal {
            throw CommandFailure(.usage, "no file given, and standard input is a terminal\n\n" + Self.helpMessage())
        }
        let settings = try map.settings()
        let publisher = try DevicePublisher(settings, timeoutMilliseconds: Int(timeout.milliseconds))
        let output = OutputWriter(isLineBuffered: true)
        let progress = ProgressLine()
        var unnamed = 0
        func publish(_ publications: [Publication]) throws {
            for var publication in publications {
                if hashTags { publication.attributes = publication.attributes.withHashedTags }
                if dryRun {
                    guard let topic = publisher.topic(of: publication.chargePointId) else { continue }
                    publication.attributes = publication.attributes.renamed(settings.labels)
                    try output.writeLine {
                        Self.write(
                            publication.payload(eventId: nil), of: publication.chargePointId, at: publication.timestamp,
                            topic: topic, to: &$0)
                    }
                } else {
                    try publisher.publish(publication)
                    publisher.show(progress)
                }
            }
        }
        var folder = LogPublications()
        var frames = LogFrames(options: try log.logOptions())
        try frames.read(files.isEmpty ? ["-"] : files) { item in
            if case .connection(let connection) = item { try publish(folder.take(connection, at: Timestamp.now)) }
        } _: { record in
            if record.chargePointId == nil { unnamed += 1 }
            try publish(folder.take(record, at: Timestamp.now))
        }
        try publish(folder.finish(at: Timestamp.now))
        if !dryRun {
            try publisher.finish()
            progress.clear()
            Diagnostics.say("\(publisher.acknowledged) messages published to \(publisher.deviceCount) devices")
        }
        try output.flush()
        if unnamed > 0 {
            Diagnostics.say(
                "\(unnamed) frames name no charge point and were left out: say whose they are with --charge-point")
        }
        try frames.finish()
        if unnamed > 0 || publisher.hasUnmapped { throw CommandFailure(.someFailed) }
    }

    /// Messages of the store's outbox that a broker acknowledged.
    private func publishAgain() throws {
        let settings = try map.settings()
        let publisher = try DevicePublisher(settings, timeoutMilliseconds: Int(timeout.milliseconds))
        let output = OutputWriter(isLineBuffered: true)
        let progress = ProgressLine()
        let (start, end) = times
        do {
            try SQLiteStoreReader(path: store.path).sentPublications(from: start, before: end) { row in
                guard NamePattern.anyMatches(row.chargePointId, log.chargePoint.map { [$0] } ?? []),
                    let topic = publisher.topic(of: row.chargePointId)
                else { return }
                if dryRun {
                    try output.writeLine {
                        Self.write(row.payload, of: row.chargePointId, at: row.timestamp, topic: topic, to: &$0)
                    }
                } else {
                    try publisher.publish(row.payload, of: row.chargePointId)
                    publisher.show(progress)
                }
            }
        } catch let error as StoreError {
            throw error.failure
        }
        if !dryRun {
            try publisher.finish()
            progress.clear()
            Diagnostics.say("\(publisher.acknowledged) messages published again to \(publisher.deviceCount) devices")
        }
        try output.flush()
        if publisher.hasUnmapped { throw CommandFailure(.someFailed) }
    }

    /// The record of `--dry-run`.
    private static func write(
        _ payload: [UInt8], of chargePointId: String, at timestamp: Timestamp?, topic: String,
        to writer: inout JSONWriter
    ) {
        writer.beginObject()
        writer.member("record", "publication")
        writer.member("timestamp", timestamp)
        writer.member("chargePointId", chargePointId)
        writer.member("topic", topic)
        writer.member("payload", raw: payload)
        writer.endObject()
        writer.endLine()
    }
}

extension StoredPublication {
    /// Of its payload.
    fileprivate var timestamp: Timestamp? {
        (try? JSONTree(parsing: payload).root)?["timestamp"]?.integer.map { Timestamp(milliseconds: $0) }
    }
}
