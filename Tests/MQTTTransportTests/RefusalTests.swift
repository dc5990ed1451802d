import Testing

@testable import MQTTTransport

/// Brokers that refuse, are not there, or are not who they should be.
@Suite(.timeLimit(.minutes(10)))
struct RefusalTests {
    @Test func mosquittoAcknowledgesAPublishThatItsAccessRulesDrop() async throws {
        let broker = try Broker()
        let observer = try Client(port: broker.port)
        try await observer.openObserver()
        let client = try Client(port: broker.port)
        client.openDevice("a")
        client.connections.publish(id: "a", topic: "tenant:b/attrs", payload: Array("forged".utf8), token: 1)
        client.publish("a", "own", token: 2)

        try await client.log.wait(for: .acknowledged(id: "a", token: 1))
        try await observer.log.wait("the permitted message") { $0.arrivals(at: "tenant:a/attrs") == ["own"] }
        #expect(observer.log.all.arrivals(at: "tenant:b/attrs") == [])
    }

    @Test func refusedSubscriptionIsReported() async throws {
        let broker = try Broker(.strict)
        let client = try Client(port: broker.port)
        let refused = ["tenant:b/config", "no/#/filter", "nul\0"]
        client.connections.open(
            MQTTDevice(id: "a", clientID: "client-a", subscriptions: refused + ["tenant:a/config"]))

        for topic in refused {
            try await client.log.wait(for: .subscriptionRefused(id: "a", topic: topic))
        }
        try await client.log.wait(for: .subscribed(id: "a", topic: "tenant:a/config"))
    }

    @Test func refusedConnectIsReported() async throws {
        let broker = try Broker(.strict)
        let client = try Client(port: broker.port)
        client.openDevice("a")
        try await client.log.wait(for: .refused(id: "a", reason: "Connection Refused: not authorised."))
        #expect(!client.log.all.contains(.connected(id: "a")))
    }

    @Test func unreachableBrokerIsToldOnceAndFoundWhenItStarts() async throws {
        let broker = try Broker(isStarted: false)
        let client = try Client(port: broker.port)
        client.openDevice("a")
        client.publish("a", "early", token: 1)
        try await client.log.wait("the first failure") { $0.count == 1 }
        try broker.start()
        try await client.log.wait(for: .acknowledged(id: "a", token: 1))

        #expect(client.log.all.prefix(2).last == .connected(id: "a"))
    }

    /// 192.0.2.1 is reserved for documentation: no answer, or none but an error.
    @Test func blackHoledBrokerBlocksNothing() async throws {
        let log = EventLog()
        var limits = MQTTLimits.quick
        limits.connectTimeoutMilliseconds = 300
        let clock = ContinuousClock()
        let start = clock.now
        let connections = try MQTTConnections(
            broker: MQTTBroker(host: "192.0.2.1", port: 1883), limits: limits, events: log.append)
        for number in 0..<200 { connections.open(.dojot("d\(number)")) }
        connections.publish(id: "d0", topic: "tenant:d0/attrs", payload: [], token: 7)
        // One after the other the attempts would take a minute.
        #expect(clock.now - start < .seconds(30))
        try await log.wait("a failed attempt") { events in
            events.contains { if case .disconnected = $0 { true } else { false } }
        }
        connections.close(id: "d0", drainMilliseconds: 0)
        try await log.wait(for: .closed(id: "d0"))
        #expect(log.all.contains(.dropped(id: "d0", token: 7, reason: .closed)))
        connections.stop(drainMilliseconds: 100)
        #expect(log.all.count { if case .closed = $0 { true } else { false } } == 200)
    }

    @Test func silentBrokerIsGivenUpAndTriedAgain() async throws {
        let broker = try Broker()
        broker.pause()
        var limits = MQTTLimits.quick
        limits.connectTimeoutMilliseconds = 100
        let client = try Client(port: broker.port, limits: limits)
        client.openDevice("a")
        try await client.log.wait(for: .disconnected(id: "a", reason: "no answer to CONNECT"))
        broker.resume()
        try await client.log.wait(for: .connected(id: "a"))
    }

    @Test func brokerThatAcknowledgesNothingIsLeftAndTriedAgain() async throws {
        let broker = try Broker()
        var limits = MQTTLimits.quick
        limits.acknowledgementTimeoutMilliseconds = 200
        let client = try Client(port: broker.port, limits: limits)
        client.openDevice("a")
        client.publish("a", "first", token: 1)
        try await client.log.wait(for: .acknowledged(id: "a", token: 1))
        // Silence with nothing in flight is no trouble.
        #expect(!client.log.all.contains { if case .disconnected = $0 { true } else { false } })
        broker.pause()
        client.publish("a", "second", token: 2)
        try await client.log.wait(for: .disconnected(id: "a", reason: "nothing acknowledged for 200 ms"))
        broker.resume()
        try await client.log.wait(for: .acknowledged(id: "a", token: 2))
    }

    @Test func tlsChecksTheBrokersCertificate() async throws {
        let broker = try Broker(.tls)
        let other = try Broker(.tls, isStarted: false)
        func client(trusting certificateFile: String) throws -> Client {
            try Client(port: broker.port, tls: .init(caFile: certificateFile))
        }
        let right = try client(trusting: broker.certificateFile)
        right.openDevice("a")
        right.publish("a", "secret", token: 1)
        try await right.log.wait(for: .acknowledged(id: "a", token: 1))

        let missing = broker.certificateFile + ".missing"
        for file in [other.certificateFile, missing] {
            let wrong = try client(trusting: file)
            wrong.openDevice("a")
            try await wrong.log.wait("a failure") { !$0.isEmpty }
            guard case .disconnected(id: "a", let reason) = wrong.log.all[0] else {
                Issue.record("not refused: \(wrong.log.all)")
                continue
            }
            #expect(reason.contains(file == missing ? file : "certificate verify failed"))
        }
    }

    @Test func tlsToAClosedPortFailsAndComesBack() async throws {
        let broker = try Broker(.tls, isStarted: false)
        let client = try Client(port: broker.port, tls: .init(caFile: broker.certificateFile))
        client.openDevice("a")
        try await client.log.wait("the first failure") { $0.count == 1 }
        try broker.start()
        try await client.log.wait(for: .connected(id: "a"))
    }
}
