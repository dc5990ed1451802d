import Testing

@testable import MQTTTransport

@Suite(.timeLimit(.minutes(10)))
struct MQTTConnectionsTests {
    @Test func thousandMessagesOverFiftyDevicesArriveInOrder() async throws {
        let broker = try Broker()
        let observer = try Client(port: broker.port)
        try await observer.openObserver()
        let client = try Client(port: broker.port)
        let names = (0..<50).map { "d\($0)" }
        names.forEach { client.openDevice($0) }
        for number in 0..<20 { publish(number, names, client) }
        try await client.log.wait("1,000 PUBACKs") { $0.acknowledgedTokens.count >= 1_000 }
        try await observer.log.wait("1,000 messages") { $0.messageCount >= 1_000 }

        #expect(client.log.all.acknowledgedTokens.sorted() == Array(0..<1_000))
        #expect(observer.log.all.messageCount == 1_000)
        expectInOrder(names, messages: 20, seenBy: observer)
    }

    @Test func killedBrokerLosesNoMessageAndSeesNoDuplicateFlag() async throws {
        let broker = try Broker()
        let observer = try Client(port: broker.port)
        try await observer.openObserver()
        var limits = MQTTLimits.quick
        limits.maxInFlight = 3
        let client = try Client(port: broker.port, limits: limits)
        let names = (0..<50).map { "d\($0)" }
        names.forEach { client.openDevice($0) }
        for number in 0..<10 { publish(number, names, client) }
        try await client.log.wait("300 PUBACKs") { $0.acknowledgedTokens.count >= 300 }
        // What it is given now it cannot acknowledge before it dies.
        broker.pause()
        for number in 10..<20 { publish(number, names, client) }
        broker.kill()
        try broker.start()
        try await client.log.wait("1,000 PUBACKs") { $0.acknowledgedTokens.count >= 1_000 }
        try await observer.log.wait("every message") { events in
            events.messageCount >= 1_000 && names.allSatisfy { events.arrivals(at: "tenant:\($0)/attrs").count == 20 }
        }

        #expect(client.log.all.acknowledgedTokens.sorted() == Array(0..<1_000))
        expectInOrder(names, messages: 20, seenBy: observer)
        let log = broker.log
        #expect(log.contains("Received PUBLISH from client-d0 (d0, q1, r0"))
        #expect(!log.contains("(d1, q1, r0"))
    }

    @Test func lostConnectionPublishesTheWillAndComesBack() async throws {
        let broker = try Broker()
        let observer = try Client(port: broker.port)
        try await observer.openObserver()
        let client = try Client(port: broker.port)
        client.openDevice("a", will: .init(topic: "tenant:a/attrs", payload: Array("gone".utf8)))
        try await client.log.wait(for: .connected(id: "a"))
        client.connections.cut(id: "a")

        try await observer.log.wait(
            for: .message(id: "observer", topic: "tenant:a/attrs", payload: Array("gone".utf8)))
        try await client.log.wait(for: .connected(id: "a"), count: 2)
        client.publish("a", "back", token: 1)
        try await client.log.wait(for: .acknowledged(id: "a", token: 1))
        #expect(client.log.all.contains { if case .disconnected(id: "a", _) = $0 { true } else { false } })
    }

    @Test func closePublishesNoWill() async throws {
        let broker = try Broker()
        let observer = try Client(port: broker.port)
        try await observer.openObserver()
        let client = try Client(port: broker.port)
        client.openDevice("a", will: .init(topic: "tenant:a/attrs", payload: Array("gone".utf8)))
        client.publish("a", "last", token: 1)
        client.connections.close(id: "a")
        try await client.log.wait(for: .closed(id: "a"))
        #expect(client.log.all.contains(.acknowledged(id: "a", token: 1)))
        try await broker.waitForLog("Received DISCONNECT from client-a")
        // A message that goes through the broker after the DISCONNECT: a will would have come before it.
        client.openDevice("b")
        client.publish("b", "after", token: 2)
        try await observer.log.wait("the message after the close") {
            $0.arrivals(at: "tenant:b/attrs") == ["after"]
        }
        #expect(observer.log.all.arrivals(at: "tenant:a/attrs") == ["last"])
    }

    @Test func fullQueueDropsTheOldest() async throws {
        let broker = try Broker(isStarted: false)
        var limits = MQTTLimits.quick
        limits.maxQueued = 3
        let client = try Client(port: broker.port, limits: limits)
        client.openDevice("a")
        for token in 1...5 as ClosedRange<UInt64> { client.publish("a", "m\(token)", token: token) }
        try await client.log.wait(for: .dropped(id: "a", token: 2, reason: .queueFull))
        try broker.start()
        try await client.log.wait("the others") { $0.acknowledgedTokens == [3, 4, 5] }
        #expect(client.log.all.contains(.dropped(id: "a", token: 1, reason: .queueFull)))
    }

    @Test func unpublishableAndUnknownAreDroppedWithoutHoldingUpOthers() async throws {
        let broker = try Broker()
        let client = try Client(port: broker.port)
        client.openDevice("a")
        for (index, topic) in ["", "wild/#", "nul\0"].enumerated() {
            client.connections.publish(id: "a", topic: topic, payload: [1], token: UInt64(index))
        }
        client.publish("nobody", "x", token: 8)
        client.publish("a", "good", token: 9)
        try await client.log.wait(for: .acknowledged(id: "a", token: 9))
        for token in 0...2 as ClosedRange<UInt64> {
            #expect(client.log.all.contains(.dropped(id: "a", token: token, reason: .unpublishable)))
        }
        #expect(client.log.all.contains(.dropped(id: "nobody", token: 8, reason: .closed)))
    }

    @Test func stopDrainsThenReturns() async throws {
        let broker = try Broker()
        let client = try Client(port: broker.port)
        for name in ["a", "b"] { client.openDevice(name) }
        try await client.log.wait(for: .connected(id: "b"))
        for token in 0..<100 as Range<UInt64> { client.publish("a", "m\(token)", token: token) }
        client.connections.stop(drainMilliseconds: 10_000)

        let events = client.log.all
        #expect(events.acknowledgedTokens == Array(0..<100))
        #expect(events.contains(.closed(id: "a")) && events.contains(.closed(id: "b")))
        client.publish("a", "late", token: 100)
        client.connections.stop(drainMilliseconds: 10_000)
        #expect(client.log.all == events)
        for name in ["a", "b"] { try await broker.waitForLog("Received DISCONNECT from client-\(name)") }
    }

    @Test func stopReturnsWithinItsBoundWhenNothingAnswers() async throws {
        let broker = try Broker(isStarted: false)
        let client = try Client(port: broker.port)
        client.openDevice("a")
        client.publish("a", "m", token: 1)
        let clock = ContinuousClock()
        let start = clock.now
        client.connections.stop(drainMilliseconds: 200)
        #expect(clock.now - start < .milliseconds(2_200))
        #expect(client.log.all.suffix(2) == [.dropped(id: "a", token: 1, reason: .closed), .closed(id: "a")])
    }

    @Test func keptSessionReceivesWhatWasSentMeanwhile() async throws {
        let broker = try Broker()
        let sender = try Client(port: broker.port)
        sender.openDevice("a")
        let client = try Client(port: broker.port)
        let device = MQTTDevice(
            id: "o", clientID: "kept", username: "observer", subscriptions: ["#"], keepsSession: true)
        client.connections.open(device)
        try await client.log.wait(for: .subscribed(id: "o", topic: "#"))
        client.connections.close(id: "o")
        try await client.log.wait(for: .closed(id: "o"))
        sender.publish("a", "meanwhile", token: 1)
        try await sender.log.wait(for: .acknowledged(id: "a", token: 1))
        client.connections.open(device)
        try await client.log.wait(
            for: .message(id: "o", topic: "tenant:a/attrs", payload: Array("meanwhile".utf8)))
    }

    @Test func reopeningReplacesTheConnection() async throws {
        let broker = try Broker()
        let client = try Client(port: broker.port)
        client.openDevice("a")
        try await client.log.wait(for: .connected(id: "a"))
        client.openDevice("a")
        try await client.log.wait(for: .connected(id: "a"), count: 2)
        let closed = try #require(client.log.all.firstIndex(of: .closed(id: "a")))
        #expect(closed < client.log.all.lastIndex(of: .connected(id: "a"))!)
    }

    private func publish(_ number: Int, _ names: [String], _ client: Client) {
        for (index, name) in names.enumerated() {
            client.publish(name, "\(name)-\(number)", token: UInt64(index * 20 + number))
        }
    }

    private func expectInOrder(
        _ names: [String], messages: Int, seenBy observer: Client,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let events = observer.log.all
        for name in names {
            #expect(
                events.arrivals(at: "tenant:\(name)/attrs") == (0..<messages).map { "\(name)-\($0)" },
                sourceLocation: sourceLocation)
        }
    }
}
