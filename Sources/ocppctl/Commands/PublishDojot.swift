import ArgumentParser
import CentralSystemService
import OCPPKit

/// Publishes what records or logs tell.
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

            Examples:
              ocppctl decode charge.log | ocppctl publish-dojot --dojot dojot.json -
              ocppctl publish-dojot --dojot dojot.json --dry-run charge.log
            """)

    @OptionGroup var map: DojotMapOption
    @OptionGroup var log: LogReadingOptions

    @Option(help: ArgumentHelp("Give up when nothing is acknowledged for so long.", valueName: "seconds"))
    var timeout = 30.0

    @Flag(name: .customLong("hash-tags"), help: "Publish SHA-256 hashes of idTags in place of the idTags.")
    var hashTags = false

    @Flag(name: .customLong("dry-run"), help: "Write what would be published as records, and publish nothing.")
    var dryRun = false

    @Argument(
        help: ArgumentHelp("Records or logs, .gz too; - or none for standard input.", valueName: "file"),
        completion: .file())
    var files: [String] = []

    func validate() throws {
        guard timeout > 0, timeout <= 86_400 else { throw ValidationError("--timeout is more than 0 seconds") }
    }

    func run() throws {
        if files.isEmpty, InputFile.isStandardInputTerminal {
            throw CommandFailure(.usage, "no file given, and standard input is a terminal\n\n" + Self.helpMessage())
        }
        let settings = try map.settings()
        let publisher = try DevicePublisher(settings, timeoutMilliseconds: Int(timeout * 1000))
        let output = OutputWriter(isLineBuffered: true)
        let progress = ProgressLine()
        var unnamed = 0
        func publish(_ publications: [Publication]) throws {
            for var publication in publications {
                if hashTags { publication.attributes = publication.attributes.withHashedTags }
                if dryRun {
                    guard let topic = publisher.topic(of: publication.chargePointId) else { continue }
                    publication.attributes = publication.attributes.renamed(settings.labels)
                    try output.writeLine { publication.write(topic: topic, to: &$0) }
                } else {
                    try publisher.publish(publication)
                    let done = publisher.acknowledged
                    if done % 100 == 0 { progress.show("\(done) messages published") }
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
}

extension Publication {
    /// The record of `publish-dojot --dry-run`.
    fileprivate func write(topic: String, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("record", "publication")
        writer.member("timestamp", timestamp)
        writer.member("chargePointId", chargePointId)
        writer.member("topic", topic)
        writer.member("payload", raw: payload(eventId: nil))
        writer.endObject()
        writer.endLine()
    }
}
