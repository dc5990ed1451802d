import OCPPKit
import Synchronization
import WebEndpoints

/// What browsers see live: each gets everything once, as Server-Sent Events, and then what changes, at most once a second.
///
/// A browser that reads slowly gets fewer updates, never a queue of them: it is told everything anew once it has read.
/// The loop's thread only, but for `isWatched`.
final class LiveHub: @unchecked Sendable {
    private final class Watcher: @unchecked Sendable {
        let responder: HTTPResponder
        /// Some updates were left out.
        var isBehind = false
        init(_ responder: HTTPResponder) { self.responder = responder }
    }

    /// The sum of all running sessions at one time.
    private struct Point {
        var time: Timestamp
        var power: ExactDecimal
        var energy: ExactDecimal
    }

    private struct Sample {
        var time: Timestamp?
        var power: ExactDecimal?
        var energy: ExactDecimal?
    }

    private let loop: EventLoop
    private let now: @Sendable () -> Timestamp
    private let abilities: DashboardAbilities
    private var watchers: [ObjectIdentifier: Watcher] = [:]
    private let watcherCount = Atomic<Int>(0)
    private var link = SourceLink(isLive: false)
    /// JSON of each, as it was last told.
    private var stations: [String: [UInt8]] = [:]
    private var running: [String: [UInt8]] = [:]
    private var totals: [UInt8] = Array("{}".utf8)
    private var sessionsVersion: Int64 = 0
    private var points: [Point] = []
    /// What running sessions have shown, by their keys.
    private var samples: [String: [Sample]] = [:]

    private static let pointMilliseconds: Int64 = 5_000
    private static let maximumPoints = 720
    private static let maximumSamples = 240
    static let maximumWatchers = 64
    /// A browser with more than this unread is told no more until it has read.
    private static let maximumBacklog = 1 << 20

    init(loop: EventLoop, abilities: DashboardAbilities, now: @escaping @Sendable () -> Timestamp) {
        self.loop = loop
        self.abilities = abilities
        self.now = now
    }

    /// From any thread.
    var isWatched: Bool { watcherCount.load(ordering: .relaxed) > 0 }

    // MARK: Browsers

    func add(_ responder: HTTPResponder) {
        guard watchers.count < Self.maximumWatchers else { return responder.answer(.status(503)) }
        let watcher = Watcher(responder)
        let id = ObjectIdentifier(watcher)
        watchers[id] = watcher
        watcherCount.store(watchers.count, ordering: .relaxed)
        responder.onClose = { [weak self] in
            guard let self else { return }
            watchers[id] = nil
            watcherCount.store(watchers.count, ordering: .relaxed)
        }
        responder.onDrain = { [weak self, weak watcher] in
            guard let self, let watcher, watcher.isBehind else { return }
            watcher.isBehind = false
            watcher.responder.write(everything())
        }
        responder.begin(contentType: "text/event-stream", headers: PageHeaders.data)
        responder.write(everything())
        if watchers.count == 1 { beat() }
    }

    /// A sign of life for proxies, and for whoever has gone without a word.
    private func beat() {
        loop.schedule(afterMilliseconds: 15_000) { [weak self] in
            guard let self, !watchers.isEmpty else { return }
            for watcher in watchers.values { watcher.responder.write(Array(":\n\n".utf8)) }
            beat()
        }
    }

    private func publish(_ event: [UInt8]) {
        for watcher in watchers.values {
            if watcher.responder.backlogBytes > Self.maximumBacklog {
                watcher.isBehind = true
            } else if !watcher.isBehind {
                watcher.responder.write(event)
            }
        }
    }

    // MARK: News

    func take(_ news: SourceNews) {
        switch news {
        case .link(let link):
            self.link = link
            publish(event { writeLink(to: &$0) })
        case .fleet(let fleet): take(fleet)
        }
    }

    private func take(_ fleet: Fleet) {
        let (changedStations, goneStations) = Self.difference(
            from: &stations, to: fleet.stations.map { ($0.chargePointId, Self.json($0)) })
        let sessions = fleet.running.map { (key: Self.key($0), session: $0) }
        let (changedRunning, goneRunning) = Self.difference(
            from: &running, to: sessions.map { ($0.key, Self.json($0.session, key: $0.key)) })
        let changedKeys = Set(changedRunning.map(\.id))
        for (key, session) in sessions where changedKeys.contains(key) { note(session, key) }
        for key in goneRunning { samples[key] = nil }
        note(FleetTotals(fleet))
        sessionsVersion = fleet.sessionsVersion
        publish(
            event { writer in
                writer.key("stations")
                Self.write(changedStations.map(\.json), to: &writer)
                writer.key("gone")
                Self.write(goneStations, to: &writer)
                writer.key("running")
                Self.write(changedRunning.map(\.json), to: &writer)
                writer.key("ended")
                Self.write(goneRunning, to: &writer)
                writeTotals(to: &writer)
            })
    }

    /// What is new in `next`, and what is no longer there; `known` becomes `next`.
    private static func difference(
        from known: inout [String: [UInt8]], to next: [(id: String, json: [UInt8])]
    ) -> (changed: [(id: String, json: [UInt8])], gone: [String]) {
        let changed = next.filter { known[$0.id] != $0.json }
        for (id, json) in changed { known[id] = json }
        guard known.count > next.count else { return (changed, []) }
        let ids = Set(next.map(\.id))
        let gone = known.keys.filter { !ids.contains($0) }
        for id in gone { known[id] = nil }
        return (changed, gone)
    }

    private func note(_ sums: FleetTotals) {
        let time = now()
        var writer = JSONWriter()
        sums.write(to: &writer, at: time)
        totals = writer.bytes
        if let last = points.last, time - last.time < Self.pointMilliseconds { return }
        if points.count >= Self.maximumPoints { points.removeFirst() }
        points.append(Point(time: time, power: sums.power, energy: sums.energy))
    }

    private func note(_ session: Session, _ key: String) {
        var list = samples[key] ?? []
        if list.count >= Self.maximumSamples { list.removeFirst() }
        list.append(
            Sample(time: session.lastSampleTime, power: session.lastPowerW, energy: session.energySoFarWh))
        samples[key] = list
    }

    // MARK: JSON

    /// One event; the closure writes the members of its object.
    private func event(_ members: (inout JSONWriter) -> Void) -> [UInt8] {
        var writer = JSONWriter(reservingCapacity: 4_096)
        writer.beginObject()
        members(&writer)
        writer.endObject()
        return Array("data: ".utf8) + writer.bytes + Array("\n\n".utf8)
    }

    private func everything() -> [UInt8] {
        event { writer in
            writer.member("reset", true)
            writer.member("source", abilities.name)
            writer.member("commands", abilities.commands)
            writer.member("frames", abilities.frames)
            writeLink(to: &writer)
            writer.key("stations")
            Self.write(stations.sorted { $0.key < $1.key }.map(\.value), to: &writer)
            writer.key("running")
            Self.write(Array(running.values), to: &writer)
            writeTotals(to: &writer)
            writer.key("points")
            writer.beginArray()
            for point in points {
                writer.beginArray()
                writer.integer(point.time.milliseconds)
                writer.decimal(point.power)
                writer.decimal(point.energy)
                writer.endArray()
            }
            writer.endArray()
        }
    }

    /// The samples of a charge point's running sessions, for its chart.
    func series(of chargePointId: String) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        for key in running.keys.sorted() where key.hasSuffix("/" + chargePointId) {
            writer.key(key)
            writer.beginArray()
            for sample in samples[key] ?? [] {
                guard let time = sample.time else { continue }
                writer.beginArray()
                writer.integer(time.milliseconds)
                if let power = sample.power { writer.decimal(power) } else { writer.null() }
                if let energy = sample.energy { writer.decimal(energy) } else { writer.null() }
                writer.endArray()
            }
            writer.endArray()
        }
        writer.endObject()
        return writer.bytes
    }

    private func writeLink(to writer: inout JSONWriter) {
        writer.key("link")
        writer.beginObject()
        writer.member("live", link.isLive)
        writer.member("reason", link.reason?.rawValue)
        writer.member("message", link.message)
        writer.endObject()
    }

    private func writeTotals(to writer: inout JSONWriter) {
        writer.key("totals")
        writer.raw(totals)
        writer.member("sessionsVersion", sessionsVersion)
    }

    private static func write(_ texts: [[UInt8]], to writer: inout JSONWriter) {
        writer.beginArray()
        for text in texts { writer.raw(text) }
        writer.endArray()
    }

    private static func write(_ texts: [String], to writer: inout JSONWriter) {
        writer.beginArray()
        for text in texts { writer.string(text) }
        writer.endArray()
    }

    private static func key(_ session: Session) -> String { "\(session.number)/\(session.chargePointId ?? "")" }

    private static func json(_ station: Station) -> [UInt8] {
        var writer = JSONWriter(reservingCapacity: 1_024)
        station.write(to: &writer)
        return Array(writer.bytes.dropLast())
    }

    private static func json(_ session: Session, key: String) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("key", key)
        writer.member("chargePointId", session.chargePointId)
        writer.member("connectorId", session.connectorId)
        writer.member("transactionId", session.transactionId)
        writer.member("idTag", session.idTag)
        writer.member("start", session.moment)
        writer.member("powerW", session.lastPowerW)
        writer.member("energyWh", session.energySoFarWh)
        writer.member("sampled", session.lastSampleTime)
        writer.endObject()
        return writer.bytes
    }
}

/// What all charge points are together.
private struct FleetTotals {
    var stations = 0
    var online = 0
    var charging = 0
    var faulted = 0
    /// Of the running sessions of connected charge points, in W.
    var power = ExactDecimal(0)
    /// Of the running sessions so far, in Wh.
    var energy = ExactDecimal(0)

    init(_ fleet: Fleet) {
        stations = fleet.stations.count
        var connected: Set<String> = []
        for station in fleet.stations {
            if station.isOnline {
                online += 1
                connected.insert(station.chargePointId)
            }
            charging += station.connectors.count { $0.status == "Charging" }
            faulted += station.connectors.count { $0.status == "Faulted" }
        }
        for session in fleet.running {
            if let own = session.energySoFarWh { energy = energy + own ?? energy }
            guard let id = session.chargePointId, connected.contains(id), let own = session.lastPowerW else { continue }
            power = power + own ?? power
        }
    }

    func write(to writer: inout JSONWriter, at time: Timestamp) {
        writer.beginObject()
        writer.member("time", time.milliseconds)
        writer.member("stations", stations)
        writer.member("online", online)
        writer.member("charging", charging)
        writer.member("faulted", faulted)
        writer.member("powerW", power)
        writer.member("energyWh", energy)
        writer.endObject()
    }
}
