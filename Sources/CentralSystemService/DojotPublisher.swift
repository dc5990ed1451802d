import MQTTTransport
import OCPPKit
import Synchronization

/// Publishes values of charge points to DOJOT's broker, one connection for each device.
///
/// A device's connection is made when its charge point first has something to tell, and stays: its last will says
/// `online: false` when this process dies.
final class DojotPublisher: Sendable {
    private let settings: DojotSettings
    private let connections: MQTTConnections
    private let opened = Mutex<Set<String>>([])
    private let unmapped = Mutex<Set<String>>([])
    private let notice: @Sendable (String) -> Void
    private let nextToken = Atomic<UInt64>(1)

    /// - Parameter notice: called on any thread, with a text for people.
    init(_ settings: DojotSettings, notice: @escaping @Sendable (String) -> Void) throws {
        self.settings = settings
        self.notice = notice
        connections = try MQTTConnections(broker: MQTTBroker(host: settings.mqttHost, port: settings.mqttPort)) {
            event in
            switch event {
            case .disconnected(let id, let reason): notice("DOJOT: \(id): MQTT connection lost: \(reason)")
            case .refused(let id, let reason): notice("DOJOT: \(id): the broker refuses the device: \(reason)")
            case .dropped(let id, _, let reason): notice("DOJOT: \(id): a message was given up: \(reason)")
            case .connected, .subscribed, .subscriptionRefused, .acknowledged, .message, .closed: break
            }
        }
    }

    func publish(_ publication: Publication) {
        let id = publication.chargePointId
        guard let device = settings.devices[id] else {
            if unmapped.withLock({ $0.insert(id).inserted }) {
                notice(
                    "DOJOT: no device for charge point \(id): run 'ocppctl provision-dojot' and restart with its map")
            }
            return
        }
        let name = "\(settings.tenant):\(device)"
        let topic = "\(name)/attrs"
        if opened.withLock({ $0.insert(id).inserted }) {
            connections.open(
                MQTTDevice(
                    id: id, clientID: name, username: name,
                    will: MQTTDevice.Will(topic: topic, payload: DojotAttributes.lastWill)))
        }
        connections.publish(
            id: id, topic: topic, payload: publication.payload,
            token: nextToken.wrappingAdd(1, ordering: .relaxed).oldValue)
    }

    /// Waits for what is on its way, then disconnects. Blocks.
    func stop(drainMilliseconds: Int) { connections.stop(drainMilliseconds: drainMilliseconds) }
}
