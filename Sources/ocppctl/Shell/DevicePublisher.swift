import CentralSystemService
import Dispatch
import MQTTTransport
import OCPPKit
import Synchronization
import WebEndpoints

/// Publishes values of devices and ends only when the broker has acknowledged all of them.
///
/// A device's connection is made with its first message. `publish` waits while 5,000 messages are on their way, so
/// that memory stays bounded however fast the log is read.
final class DevicePublisher: Sendable {
    fileprivate struct State {
        var opened: Set<String> = []
        var unmapped: Set<String> = []
        var outstanding = 0
        var acknowledged = 0
        var progress = 0
        var wasConnected = false
        var hasRefusal = false
        /// The last trouble of each device that is not connected.
        var troubles: [String: String] = [:]
        var dropped = 0
    }

    private let settings: DojotSettings
    private let timeoutMilliseconds: Int
    private let connections: MQTTConnections
    private let changed: Changes

    /// A plain object, so that the event handler need not hold the publisher.
    private final class Changes: Sendable {
        let state = Mutex(State())
        let signal = DispatchSemaphore(value: 0)
    }

    private static let limit = 5_000

    /// - Parameter timeoutMilliseconds: how long nothing may be acknowledged while something is on its way.
    init(_ settings: DojotSettings, timeoutMilliseconds: Int) throws {
        _ = raiseFileDescriptorLimit()
        self.settings = settings
        self.timeoutMilliseconds = timeoutMilliseconds
        let changed = Changes()
        self.changed = changed
        do {
            connections = try MQTTConnections(
                broker: settings.broker, limits: MQTTLimits(maxQueued: Self.limit + 1)
            ) { event in
                changed.state.withLock { $0.take(event) }
                changed.signal.signal()
            }
        } catch {
            throw CommandFailure(.internalError, error.reason)
        }
    }

    var acknowledged: Int { changed.state.withLock { $0.acknowledged } }
    var outstanding: Int { changed.state.withLock { $0.outstanding } }
    var deviceCount: Int { changed.state.withLock { $0.opened.count } }
    /// Charge points that have no device; each was said.
    var hasUnmapped: Bool { changed.state.withLock { !$0.unmapped.isEmpty } }

    /// The topic that a charge point's values go to; `nil` where it has no device, which is said once.
    func topic(of chargePointId: String) -> String? {
        guard let device = settings.devices[chargePointId] else {
            if changed.state.withLock({ $0.unmapped.insert(chargePointId).inserted }) {
                Diagnostics.say(
                    "no device for charge point \(chargePointId): run 'ocppctl provision-dojot' and give its map")
            }
            return nil
        }
        return settings.attributesTopic(device)
    }

    /// - Throws: as `finish`, where nothing is acknowledged any more.
    func publish(_ publication: Publication) throws {
        var publication = publication
        publication.attributes = publication.attributes.renamed(settings.labels)
        guard !publication.attributes.isEmpty else { return }
        try publish(publication.payload(eventId: nil), of: publication.chargePointId)
    }

    /// Publishes a payload as it is.
    ///
    /// - Throws: as `finish`, where nothing is acknowledged any more.
    func publish(_ payload: [UInt8], of id: String) throws {
        guard let topic = topic(of: id), let device = settings.devices[id] else { return }
        try wait { $0.outstanding < Self.limit }
        let isNew = changed.state.withLock { state in
            state.outstanding += 1
            return state.opened.insert(id).inserted
        }
        if isNew { connections.open(settings.connection(device, id: id, clientSuffix: ":publish:\(Self.run)")) }
        connections.publish(id: id, topic: topic, payload: payload, token: 0)
    }

    func show(_ progress: ProgressLine) {
        let done = acknowledged
        if done % 100 == 0 { progress.show("\(done) messages published") }
    }

    /// Two runs at once have connections of their own.
    private static let run = String(UInt32.random(in: 0...UInt32.max), radix: 36)

    /// Waits until everything is acknowledged, then disconnects.
    ///
    /// - Throws: status 69 where the broker cannot be reached, 77 where it refuses the devices, 75 where it acknowledges
    ///   nothing any more, 1 where messages were given up.
    func finish() throws {
        try wait { $0.outstanding == 0 }
        connections.stop(drainMilliseconds: 1_000)
        let dropped = changed.state.withLock { $0.dropped }
        if dropped > 0 { throw CommandFailure(.someFailed, "\(dropped) messages could not be published") }
    }

    private func wait(until isDone: (State) -> Bool) throws {
        var deadline = DispatchTime.now() + .milliseconds(timeoutMilliseconds)
        var seen = -1
        while true {
            let (done, progress) = changed.state.withLock { (isDone($0), $0.progress) }
            if done { return }
            if progress != seen {
                seen = progress
                deadline = DispatchTime.now() + .milliseconds(timeoutMilliseconds)
            }
            if changed.signal.wait(timeout: deadline) == .timedOut { throw stalled() }
        }
    }

    private func stalled() -> CommandFailure {
        let state = changed.state.withLock { $0 }
        connections.stop(drainMilliseconds: 0)
        let trouble = state.troubles.min { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
        let place = "\(settings.mqttHost):\(settings.mqttPort)"
        let left = "; \(state.outstanding) messages are not published"
        if state.hasRefusal {
            return CommandFailure(.refused, "the broker \(place) refuses a device: \(trouble ?? "")\(left)")
        }
        if !state.wasConnected {
            return CommandFailure(
                .unreachable, "the broker \(place) cannot be reached: \(trouble ?? "no answer")\(left)")
        }
        return CommandFailure(
            .timeout,
            "the broker \(place) acknowledged nothing for \(timeoutMilliseconds / 1000) s"
                + (trouble.map { " (\($0))" } ?? "") + left)
    }
}

extension DevicePublisher.State {
    fileprivate mutating func take(_ event: MQTTEvent) {
        switch event {
        case .connected(let id):
            wasConnected = true
            troubles[id] = nil
        case .disconnected(let id, let reason): troubles[id] = reason
        case .refused(let id, let reason):
            hasRefusal = true
            troubles[id] = reason
        case .acknowledged:
            outstanding -= 1
            acknowledged += 1
            progress += 1
        case .dropped:
            outstanding -= 1
            dropped += 1
            progress += 1
        case .subscribed, .subscriptionRefused, .message, .closed: break
        }
    }
}
