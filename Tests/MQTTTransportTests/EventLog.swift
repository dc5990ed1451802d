import Synchronization
import Testing

@testable import MQTTTransport

/// All events of one `MQTTConnections`, and waiting for what they add up to.
final class EventLog: Sendable {
    private struct Waiter {
        let condition: @Sendable ([MQTTEvent]) -> Bool
        let continuation: CheckedContinuation<Bool, Never>
    }

    private struct State {
        var events: [MQTTEvent] = []
        var waiters: [UInt64: Waiter] = [:]
        var nextWaiter: UInt64 = 0
    }

    private let state = Mutex(State())

    var all: [MQTTEvent] { state.withLock { $0.events } }

    func append(_ event: MQTTEvent) {
        let satisfied = state.withLock { state in
            state.events.append(event)
            let events = state.events
            let keys = state.waiters.filter { $0.value.condition(events) }.map(\.key)
            return keys.compactMap { state.waiters.removeValue(forKey: $0)?.continuation }
        }
        for continuation in satisfied { continuation.resume(returning: true) }
    }

    /// Returns when the events so far satisfy the condition; fails the test after the deadline.
    func wait(
        _ what: String, seconds: Int = 180, sourceLocation: SourceLocation = #_sourceLocation,
        until condition: @escaping @Sendable ([MQTTEvent]) -> Bool
    ) async throws {
        let number = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        let deadline = Task {
            try await Task.sleep(for: .seconds(seconds))
            state.withLock { $0.waiters.removeValue(forKey: number)?.continuation }?.resume(returning: false)
        }
        defer { deadline.cancel() }
        let isMet = await withCheckedContinuation { continuation in
            let isMetAlready = state.withLock { state in
                if condition(state.events) { return true }
                state.waiters[number] = Waiter(condition: condition, continuation: continuation)
                return false
            }
            if isMetAlready { continuation.resume(returning: true) }
        }
        try #require(
            isMet, "not within \(seconds) s: \(what); last events: \(all.suffix(10))", sourceLocation: sourceLocation)
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
