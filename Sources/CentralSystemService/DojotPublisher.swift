import MQTTTransport
import OCPPKit
import Storage
import Synchronization
import WebEndpoints

/// Publishes the store's outbox to DOJOT's broker, one connection for each device, in the order of the outbox.
///
/// A publication is handed over once its commit has returned, and is marked in the store once the broker has
/// acknowledged it. Only the first few of a charge point are in memory; while a broker is away the rest waits in the
/// store, and is read from there when it is back. After a crash what was not marked is published again: consumers know
/// it by its `eventId`.
///
/// Each device of the map is connected from the beginning, since its users may ask something of a charge point that is
/// not there: they are answered, too. The broker keeps what is asked while a connection is away. The last will of each
/// says `online: false` when this process dies.
final class DojotPublisher: Sendable {
    /// Publications of one charge point that are in memory.
    private static let windowSize = 100
    /// How long acknowledgements gather before they are written down.
    private static let gatheringMilliseconds = 100
    /// How long after an outbox that cannot be read it is read again.
    private static let retryMilliseconds = 5_000

    private struct Window {
        /// Handed over and not acknowledged.
        var inFlight = 0
        /// The id of the publication that was handed over last.
        var lastHanded: Int64 = 0
        /// The store holds more than was handed over.
        var isBehind = false
        var isReading = false
    }

    private struct State {
        var windows: [String: Window] = [:]
        var acknowledged: [Int64] = []
        var isGathering = false
        /// Whose connection to the broker stands.
        var connected: Set<String> = []
    }

    private let settings: DojotSettings
    private let writer: StoreWriter
    private let loop: EventLoop
    private let asked: @Sendable (_ chargePointId: String, _ message: [UInt8]) -> Void
    private let notice: @Sendable (String) -> Void
    private let state = Mutex(State())
    private let connections: MQTTConnections

    /// Begins with what earlier runs left in the store.
    ///
    /// - Parameters:
    ///   - backlog: the charge points of which the store has publications that no broker acknowledged.
    ///   - asked: called on any thread, with a message of the charge point's configuration topic.
    ///   - notice: called on any thread, with a text for people.
    init(
        _ settings: DojotSettings, writer: StoreWriter, loop: EventLoop, backlog: [String],
        asked: @escaping @Sendable (_ chargePointId: String, _ message: [UInt8]) -> Void,
        notice: @escaping @Sendable (String) -> Void
    ) throws {
        self.settings = settings
        self.writer = writer
        self.loop = loop
        self.asked = asked
        self.notice = notice
        let publisher = Mutex<WeakPublisher>(WeakPublisher())
        connections = try MQTTConnections(broker: settings.broker) { event in
            publisher.withLock { $0.value }?.handle(event)
        }
        publisher.withLock { $0.value = self }
        for (id, device) in settings.devices.sorted(by: { $0.key < $1.key }) { open(device, of: id) }
        for id in backlog where settings.devices[id] != nil {
            state.withLock { $0.windows[id, default: Window()].isBehind = true }
            readMore(of: id)
        }
        let unmapped = backlog.filter { settings.devices[$0] == nil }
        if !unmapped.isEmpty {
            notice(
                "DOJOT: messages of \(unmapped.count) charge points wait in the store, and the map has no device for them: "
                    + unmapped.prefix(5).joined(separator: ", ") + (unmapped.count > 5 ? ", …" : ""))
        }
    }

    /// Takes publications that have just been committed, in the order of their ids. On the store's thread.
    func take(_ publications: [StoredPublication]) {
        for publication in publications {
            let mayGo = state.withLock { state in
                let window = state.windows[publication.chargePointId, default: Window()]
                let mayGo = !window.isBehind && window.inFlight < Self.windowSize
                if !mayGo { state.windows[publication.chargePointId, default: Window()].isBehind = true }
                return mayGo
            }
            if mayGo { handOver(publication) }
        }
    }

    /// Waits for what is on its way, then disconnects, and writes down what was acknowledged. Blocks.
    func stop(drainMilliseconds: Int) {
        connections.stop(drainMilliseconds: drainMilliseconds)
        writeDown()
    }

    /// How many devices are connected to the broker now, of how many.
    var connectionCounts: (connected: Int, devices: Int) {
        (state.withLock { $0.connected.count }, settings.devices.count)
    }

    private func handOver(_ publication: StoredPublication) {
        let id = publication.chargePointId
        guard let device = settings.devices[id] else { return }
        state.withLock { state in
            state.windows[id, default: Window()].inFlight += 1
            state.windows[id]?.lastHanded = publication.id
        }
        connections.publish(
            id: id, topic: settings.attributesTopic(device), payload: publication.payload,
            token: UInt64(publication.id))
    }

    private func open(_ device: String, of id: String) {
        var connection = settings.connection(device, id: id)
        connection.will = MQTTDevice.Will(
            topic: settings.attributesTopic(device),
            payload: DojotAttributes.lastWill(labels: settings.labels))
        connection.subscriptions = [settings.configurationTopic(device)]
        connection.keepsSession = true
        connections.open(connection)
    }

    private func handle(_ event: MQTTEvent) {
        switch event {
        case .connected(let id): state.withLock { _ = $0.connected.insert(id) }
        case .closed(let id): state.withLock { _ = $0.connected.remove(id) }
        case .disconnected(let id, let reason):
            state.withLock { _ = $0.connected.remove(id) }
            notice("DOJOT: \(id): MQTT connection lost: \(reason)")
        case .refused(let id, let reason): notice("DOJOT: \(id): the broker refuses the device: \(reason)")
        case .acknowledged(let id, let token): settled(Int64(token), of: id)
        case .dropped(let id, let token, .unpublishable):
            notice("DOJOT: \(id): a message was given up: no MQTT packet can carry it")
            settled(Int64(token), of: id)
        // What did not get away before the end is published by the next run.
        case .dropped, .subscribed: break
        case .subscriptionRefused(let id, let topic):
            notice("DOJOT: \(id): the broker does not let the device listen to \(topic): nobody can ask anything of it")
        case .message(let id, _, let payload): asked(id, payload)
        }
    }

    /// The publication needs nothing more.
    private func settled(_ publication: Int64, of id: String) {
        let (readsMore, gathers) = state.withLock { state in
            state.acknowledged.append(publication)
            state.windows[id]?.inFlight -= 1
            let window = state.windows[id] ?? Window()
            let readsMore = window.isBehind && !window.isReading && window.inFlight <= Self.windowSize / 2
            defer { state.isGathering = true }
            return (readsMore, !state.isGathering)
        }
        if readsMore { readMore(of: id) }
        if gathers {
            loop.post { [weak self] in
                guard let self else { return }
                loop.schedule(afterMilliseconds: Self.gatheringMilliseconds) { [weak self] in self?.writeDown() }
            }
        }
    }

    private func writeDown() {
        let ids = state.withLock { state in
            state.isGathering = false
            defer { state.acknowledged = [] }
            return state.acknowledged
        }
        guard !ids.isEmpty else { return }
        writer.submit(StoreRequest(ticket: 0, operations: [.published(ids: ids, at: WallClock.now)]))
    }

    /// Reads the next publications from the store, and hands them over. `take` runs on the same thread, so that none
    /// overtakes another.
    private func readMore(of id: String) {
        state.withLock { $0.windows[id]?.isReading = true }
        writer.read { [weak self] reader in
            guard let self else { return }
            let (last, count) = state.withLock { state in
                state.windows[id]?.isReading = false
                let window = state.windows[id] ?? Window()
                return (window.lastHanded, Self.windowSize - window.inFlight)
            }
            do {
                let more = try reader.unsentPublications(of: id, after: last, limit: count)
                if more.count < count { state.withLock { $0.windows[id]?.isBehind = false } }
                for publication in more { handOver(publication) }
            } catch {
                notice("DOJOT: \(id): the outbox cannot be read: \(error); trying again")
                // With nothing in flight no acknowledgement would ask for more.
                loop.post { [weak self] in
                    guard let self else { return }
                    loop.schedule(afterMilliseconds: Self.retryMilliseconds) { [weak self] in self?.readMore(of: id) }
                }
            }
        }
    }
}

/// Lets callbacks reach the publisher without keeping it.
struct WeakPublisher {
    weak var value: DojotPublisher?
}
