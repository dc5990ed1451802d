import ArgumentParser
import OCPPKit
import Storage

/// Lists charge points and what they do.
struct Stations: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List charge points and their connectors, and who is online",
        discussion: """
            Asks the running serve; where none runs, or one with another store than --store names, the store is read, and \
            nobody is online. One record a charge point goes \
            to standard output, in the order of their ids. For people there is --format text: a line a charge point, and \
            one under it for each connector.

            Examples:
              ocppctl stations
              ocppctl stations --format text
              ocppctl stations --online --charge-point 'DEPOT-*'
            """)

    @OptionGroup var control: ControlOption
    @OptionGroup var store: StoreOption

    @OptionGroup var chargePoints: ChargePointFilter

    @Flag(help: "Only those that are connected now.")
    var online = false

    @Option(help: "Records, or lines for people.")
    var format = StationFormat.jsonl

    func run() throws {
        let output = OutputWriter()
        let now = Timestamp.now
        try each { station in
            guard isWanted(station) else { return }
            switch format {
            case .jsonl: try output.writeLine { station.write(to: &$0) }
            case .text: try output.write(StationText.lines(of: station, at: now).utf8)
            }
        }
        try output.flush()
    }

    private func isWanted(_ station: Station) -> Bool {
        (!online || station.isOnline) && chargePoints.passes(station.chargePointId)
    }

    private func each(_ body: (Station) throws -> Void) throws {
        let session = ControlSession(path: control.path)
        if try session.serversStore(store) != nil { return try session.stations(body) }
        do {
            let reader = try SQLiteStoreReader(path: store.path)
            Diagnostics.say("no server has this store: it is read, and nobody is online")
            for station in try reader.stations(at: .now) { try body(station) }
        } catch let error as StoreError {
            throw error.failure
        }
    }
}

enum StationFormat: String, ExpressibleByArgument, CaseIterable { case jsonl, text }

/// Charge points for people.
enum StationText {
    ///     CP001  online since 2026-03-01T08:00:00Z  ABB Terra 54 CJG 5.3.1.0  Accepted
    ///       1  Charging  since 2026-03-01T08:02:00Z  BUS-17
    static func lines(of station: Station, at now: Timestamp) -> String {
        var parts = [station.chargePointId]
        if station.isOnline {
            parts.append("online" + (station.link.map { " since \(time($0.connected))" } ?? ""))
        } else {
            parts.append("offline" + (station.link?.disconnected.map { " since \(time($0))" } ?? ""))
        }
        if let boot = station.boot {
            parts.append([boot.vendor, boot.model, boot.firmwareVersion].compactMap { $0 }.joined(separator: " "))
            parts.append(boot.registration)
        }
        for progress in station.progress {
            parts.append("\(progress.task.rawValue) \(progress.status) since \(time(progress.since))")
        }
        var text = line(parts)
        for connector in station.connectors { text += "  " + line(words(connector, station)) }
        return text
    }

    private static func words(_ connector: StoredConnector, _ station: Station) -> [String] {
        var words = ["\(connector.connectorId)", connector.status]
        if connector.errorCode != "NoError" { words.append(connector.errorCode) }
        words.append("since \(time(connector.since))")
        for transaction in station.transactions where transaction.connectorId == connector.connectorId {
            words.append(
                [transaction.idTag, transaction.transactionId.map { "(\($0))" }].compactMap { $0 }.joined(
                    separator: " "))
        }
        for reservation in station.reservations where reservation.connectorId == connector.connectorId {
            words.append("reserved for \(reservation.idTag) until \(time(reservation.expiryDate))")
        }
        return words
    }

    private static func line(_ parts: [String]) -> String {
        Diagnostics.harmless(parts.filter { !$0.isEmpty }.joined(separator: "  ")).filter { $0 != "\n" } + "\n"
    }

    /// Whole seconds are enough for people.
    private static func time(_ time: Timestamp) -> String { time.description.prefix(19) + "Z" }
}
