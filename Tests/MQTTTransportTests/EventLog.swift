import Synchronization
import Testing

@testable import MQTTTransport

/// All events of one `MQTTConnections`, and waiting for what they add up to.
final class EventLog: Sendable {
    private struct State {
        var events: [MQTTEvent] = []
        var waiters: [UInt64: AsyncStream<Void>.Continuation] = [:]
        var nextWaiter: UInt64 = 0
    }

    private let state = Mutex(State())

    var all: [MQTTEvent] { state.withLock { $0.events } }

    func append(_ event: MQTTEvent) {
        state.withLock { state in
            state.events.append(event)
            for waiter in state.waiters.values { waiter.yield() }
        }
    }

    /// Returns when the events so far satisfy the condition; where they never do, the time limit of the suite ends it.
    func wait(
        _ what: String, sourceLocation: SourceLocation = #_sourceLocation, until condition: ([MQTTEvent]) -> Bool
    ) async throws {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let number = state.withLock { state in
            state.nextWaiter += 1
            state.waiters[state.nextWaiter] = continuation
            continuation.yield()
            return state.nextWaiter
        }
        defer { state.withLock { _ = $0.waiters.removeValue(forKey: number) } }
        for await _ in stream where condition(all) { return }
        try #require(
            Bool(false), "not within the time: \(what); last events: \(all.suffix(10))", sourceLocation: sourceLocation)
    }

    func wait(
        for event: MQTTEvent, count: Int = 1, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        try await wait("\(event)", sourceLocation: sourceLocation) { events in
            events.count { $0 == event } >= count
        }
    }
}

/// Connections to a test's broker, with short waits, and what became of them.
struct Client {
    let log = EventLog()
    let connections: MQTTConnections

    init(port: Int, tls: MQTTBroker.TLS? = nil, limits: MQTTLimits = .quick) throws {
        connections = try MQTTConnections(
            broker: MQTTBroker(host: "127.0.0.1", port: port, tls: tls), limits: limits, events: log.append)
    }

    /// The user who may read everything, subscribed to everything. At QoS 0 the broker hands each message over
    /// before it acknowledges it, so that killing it afterwards loses nothing. Returns once subscribed.
    func openObserver() async throws {
        connections.open(
            MQTTDevice(
                id: "observer", clientID: "observer", username: "observer", subscriptions: ["#"],
                subscriptionQoS: 0, keepsSession: true))
        try await log.wait(for: .subscribed(id: "observer", topic: "#"))
    }

    /// Opens `tenant:name`, with what a DOJOT device has.
    func openDevice(_ name: String, will: MQTTDevice.Will? = nil) {
        connections.open(.dojot(name, will: will))
    }

    func publish(_ name: String, _ text: String, token: UInt64) {
        connections.publish(id: name, topic: "tenant:\(name)/attrs", payload: Array(text.utf8), token: token)
    }
}

extension MQTTDevice {
    static func dojot(_ name: String, will: Will? = nil) -> MQTTDevice {
        MQTTDevice(
            id: name, clientID: "client-\(name)", username: "tenant:\(name)", will: will,
            subscriptions: ["tenant:\(name)/config"])
    }
}

extension MQTTLimits {
    static let quick = MQTTLimits(minRetryMilliseconds: 20, maxRetryMilliseconds: 100)
}

extension [MQTTEvent] {
    /// The texts that arrived on a device's topic, first arrivals only: a message may come twice.
    func arrivals(at topic: String) -> [String] {
        var seen: Set<String> = []
        return compactMap { event in
            guard case .message(_, topic, let payload) = event else { return nil }
            let text = String(decoding: payload, as: UTF8.self)
            return seen.insert(text).inserted ? text : nil
        }
    }

    var acknowledgedTokens: [UInt64] {
        compactMap { if case .acknowledged(_, let token) = $0 { token } else { nil } }
    }

    var messageCount: Int { count { if case .message = $0 { true } else { false } } }
}
