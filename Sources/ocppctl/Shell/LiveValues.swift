import CentralSystemService
import DojotClient
import MQTTTransport
import OCPPKit
import WebEndpoints

/// What devices publish, as it arrives.
struct LiveValues {
    private let settings: DojotSettings
    /// Charge points by device id.
    private let chargePoints: [String: String]
    private let writer: HistoryWriter

    init(_ settings: DojotSettings, _ devices: [String: String], _ writer: HistoryWriter) {
        self.settings = settings
        chargePoints = Dictionary(devices.map { ($0.value, $0.key) }, uniquingKeysWith: { first, _ in first })
        self.writer = writer
    }

    private enum Event: Sendable {
        case message([UInt8])
        case ended(String)
        case refused(String)
        /// It is time to ask again.
        case again
        case stop
    }

    // MARK: - DOJOT's WebSocket

    /// Listens until INT or TERM. DOJOT ends each connection after two hours: a new ticket opens the next.
    ///
    /// - Throws: `DojotFailure` where DOJOT gives no ticket; status 77 where it refuses the first connection.
    func follow(session: DojotSession, url: String, loop: EventLoop) async throws {
        let (events, sender) = AsyncStream.makeStream(of: Event.self)
        let signals = Signals { _ in sender.yield(.stop) }
        defer { withExtendedLifetime(signals) {} }
        var isFirst = true
        var delay = 1
        try await listen(session, url, loop, sender)
        for await event in events {
            switch event {
            case .message(let bytes):
                (isFirst, delay) = (false, 1)
                if let message = liveMessage(bytes) { try writer.writeLive(message) }
            case .ended(let reason):
                Diagnostics.say("live data ended (\(reason)); asking for it anew")
                isFirst = false
                // Not waited for here, so that INT ends it at once.
                loop.post { [delay] in loop.schedule(afterMilliseconds: delay * 1_000) { sender.yield(.again) } }
                delay = min(30, delay * 2)
            case .again:
                do {
                    try await listen(session, url, loop, sender)
                } catch let failure as DojotFailure {
                    sender.yield(.ended(failure.description))
                }
            case .refused(let reason):
                if isFirst { throw CommandFailure(.refused, "DOJOT gives no live data: \(reason)") }
                sender.yield(.ended(reason))
            case .stop: return
            }
        }
    }

    private func listen(
        _ session: DojotSession, _ url: String, _ loop: EventLoop, _ sender: AsyncStream<Event>.Continuation
    ) async throws {
        let tenant = try await session.tenant()
        guard let ticket = try await session.send("GET", "/kafka-ws/v1/ticket").root["ticket"]?.text else {
            throw DojotFailure.unexpectedAnswer("GET /kafka-ws/v1/ticket gave no ticket")
        }
        var base = url
        while base.hasSuffix("/") { base.removeLast() }
        let address = "ws" + base.dropFirst("http".count) + "/kafka-ws/v1/topics/\(tenant).device-data?ticket=\(ticket)"
        WebSocketClient.connect(loop: loop, url: address, subprotocols: [], handler: Listener(sender))
    }

    private final class Listener: WebSocketClientHandler {
        private let sender: AsyncStream<Event>.Continuation

        init(_ sender: AsyncStream<Event>.Continuation) { self.sender = sender }

        func opened(subprotocol: String?) { Diagnostics.say("following live data") }
        func received(_ message: [UInt8]) { sender.yield(.message(message)) }
        func closed(reason: CloseReason) { sender.yield(.ended("\(reason)")) }
        func failed(_ text: String, status: Int?) {
            // The ticket in the address is used up, and no secret; the address says nothing to anybody.
            sender.yield(status.map { .refused("status \($0)") } ?? .ended("no connection"))
        }
    }

    private func liveMessage(_ bytes: [UInt8]) -> DeviceMessage? {
        guard let root = try? JSONTree(parsing: bytes).root, let metadata = root["metadata"],
            let device = metadata["deviceid"]?.text, let chargePointId = chargePoints[device],
            let attributes = root["attrs"], attributes.isObject
        else { return nil }
        return message(
            of: attributes, chargePointId, sent: metadata["timestamp"]?.integer.map { Timestamp(milliseconds: $0) })
    }

    // MARK: - A broker with other rules

    /// Listens until INT or TERM.
    ///
    /// - Throws: status 77 where the broker refuses.
    func subscribe(user: String?) async throws {
        let (events, sender) = AsyncStream.makeStream(of: SubscriptionEvent.self)
        let signals = Signals { _ in sender.yield(.stop) }
        defer { withExtendedLifetime(signals) {} }
        let topic = settings.mqttVersion.everyAttributesTopic(tenant: settings.tenant)
        let connections: MQTTConnections
        do {
            connections = try MQTTConnections(broker: settings.broker) { sender.yield(.mqtt($0)) }
        } catch {
            throw CommandFailure(.internalError, error.reason)
        }
        defer { connections.stop(drainMilliseconds: 500) }
        let client = "ocppctl-history-" + String(UInt32.random(in: 0...UInt32.max), radix: 36)
        connections.open(MQTTDevice(id: client, clientID: client, username: user, subscriptions: [topic]))
        for await event in events {
            switch event {
            case .mqtt(.message(_, let topic, let payload)):
                guard
                    let device = settings.mqttVersion.device(ofAttributesTopic: topic, tenant: settings.tenant),
                    let chargePointId = chargePoints[device], let root = try? JSONTree(parsing: payload).root,
                    root.isObject
                else { continue }
                try writer.writeLive(message(of: root, chargePointId, sent: nil))
            case .mqtt(.subscribed(_, let topic)): Diagnostics.say("subscribed to \(topic)")
            case .mqtt(.subscriptionRefused(_, let topic)):
                throw CommandFailure(
                    .refused, "the broker does not let us read \(topic): DOJOT's own never does; use --follow there")
            case .mqtt(.refused(_, let reason)): throw CommandFailure(.refused, "the broker refuses us: \(reason)")
            case .mqtt(.disconnected(_, let reason)): Diagnostics.say("no connection to the broker: \(reason)")
            case .mqtt: break
            case .stop: return
            }
        }
    }

    private enum SubscriptionEvent: Sendable {
        case mqtt(MQTTEvent)
        case stop
    }

    // MARK: -

    /// The time is the message's own, else when it was sent, else now.
    private func message(of attributes: JSONNode, _ chargePointId: String, sent: Timestamp?) -> DeviceMessage {
        let own = attributes["timestamp"].flatMap { node in
            node.integer.map { Timestamp(milliseconds: $0) } ?? node.dateTime?.time
        }
        return DeviceMessage(
            chargePointId: chargePointId, time: own ?? sent ?? Timestamp.now,
            values: attributes.members.compactMap { key, value in
                guard let name = key.text, name != "timestamp" else { return nil }
                return (settings.labels.label(of: name), JSONValue(value))
            })
    }
}
