import Testing

@testable import OCPPKit

/// Two connections with one identity, where nobody proves who it is (rows 15, 16 and 17).
@Suite("Central system: duplicate connections")
struct DuplicateConnectionTests {
    private func booted() -> (Scenario, ConnectionID) {
        var scenario = Scenario()
        scenario.boot("CP1")
        return (scenario, scenario.connection["CP1"]!)
    }

    @Test func `A newer connection is closed when the older one answers`() {
        var (scenario, old) = booted()
        let new = scenario.connect("CP1")
        #expect(scenario.probes == [old])
        scenario.give(.answeredProbe(old))
        #expect(scenario.closed.map(\.connection) == [new])
        #expect(scenario.closed.first?.code == 1008)
        #expect(scenario.connectionEvents.map(\.event) == [.connected, .refused])
        // Its end is no news, and the older one goes on.
        scenario.give(.disconnected(new, reason: "closed"))
        #expect(scenario.call("CP1", "Heartbeat", on: old)?.kind == .callResult)
        scenario.command("CP1", "ClearCache")
        #expect(scenario.calls(to: old).count == 1 && scenario.calls(to: new).isEmpty)
        // What it still sends meets silence.
        let before = scenario.sent.count
        scenario.send("CP1", #"[2,"x","Heartbeat",{}]"#, on: new)
        #expect(scenario.sent.count == before)
    }

    /// Row 16: a half-open reconnect is served well within 15 s.
    @Test func `A newer connection takes the place of one that does not answer`() throws {
        var (scenario, old) = booted()
        let new = scenario.connect("CP1")
        #expect(scenario.call("CP1", "Heartbeat", messageId: "h", on: new) == nil)
        #expect(scenario.wakes.last == Scenario.beginning.adding(milliseconds: 5_000))
        scenario.pass(seconds: 4)
        #expect(scenario.closed.isEmpty)
        scenario.pass(seconds: 1)
        #expect(scenario.closed.map(\.connection) == [old])
        #expect(scenario.connectionEvents.map(\.event) == [.connected, .disconnected, .connected])
        // What it had to say meanwhile is answered now.
        let answer = try #require(scenario.sent.last)
        #expect(answer.connection == new)
        #expect(try Frame.read(answer.bytes).messageId == "h")
        scenario.command("CP1", "ClearCache")
        #expect(scenario.calls(to: new).count == 1 && scenario.calls(to: old).isEmpty)
    }

    @Test func `A newer connection takes the place of one that ends`() {
        var (scenario, old) = booted()
        let new = scenario.connect("CP1")
        scenario.give(.disconnected(old, reason: "lost"))
        #expect(scenario.call("CP1", "Heartbeat", on: new)?.kind == .callResult)
        #expect(scenario.connectionEvents.map(\.event) == [.connected, .disconnected, .connected])
        // The ping that nobody answers is forgotten.
        scenario.pass(seconds: 60)
        #expect(scenario.closed.isEmpty)
    }

    /// Row 17.
    @Test func `The late end of an old connection leaves the new one alone`() {
        var (scenario, old) = booted()
        let new = scenario.connect("CP1")
        scenario.pass(seconds: 5)
        scenario.give(.disconnected(old, reason: "closed"))
        scenario.give(.answeredProbe(old))
        #expect(scenario.core.connectedChargePoints == ["CP1"])
        #expect(scenario.call("CP1", "Heartbeat", on: new)?.kind == .callResult)
        // Late words of the old one change nothing.
        let before = scenario.store.connectors.count
        scenario.send(
            "CP1", #"[2,"x","StatusNotification",{"connectorId":1,"errorCode":"NoError","status":"Faulted"}]"#, on: old)
        #expect(scenario.store.connectors.count == before)
    }

    @Test func `A command on its way to the old connection has an unknown outcome`() {
        var (scenario, _) = booted()
        scenario.command("CP1", "ClearCache")
        scenario.command("CP1", "GetConfiguration")
        scenario.connect("CP1")
        #expect(scenario.outcomes.isEmpty)
        scenario.pass(seconds: 5)
        #expect(scenario.outcomes.map(\.outcome) == [.unknown, .notConnected])
    }

    /// Row 15: 10,000 tries, and the original misses nothing.
    @Test func `Ten thousand duplicates do not disturb the live connection`() throws {
        var (scenario, old) = booted()
        for round in 0..<10_000 {
            let new = scenario.connect("CP1")
            scenario.send(
                "CP1", #"[2,"x","StatusNotification",{"connectorId":1,"errorCode":"NoError","status":"Faulted"}]"#,
                on: new)
            if round % 100 == 0 {
                #expect(scenario.call("CP1", "Heartbeat", on: old)?.kind == .callResult)
                scenario.command("CP1", "ClearCache")
                let call = try #require(scenario.calls(to: old).last)
                scenario.send("CP1", "[3,\"\(call.messageId)\",{\"status\":\"Accepted\"}]", on: old)
            }
            scenario.give(.answeredProbe(old))
        }
        #expect(scenario.closed.count == 10_000)
        #expect(scenario.outcomes.map(\.outcome) == Array(repeating: .accepted, count: 100))
        #expect(scenario.store.connectors.isEmpty)
        #expect(scenario.core.challengers.isEmpty && scenario.core.probed.isEmpty)
    }

    @Test func `Of several that wait the newest stays, and the old one has no longer to answer`() {
        var (scenario, old) = booted()
        let first = scenario.connect("CP1")
        scenario.pass(seconds: 4)
        let second = scenario.connect("CP1")
        #expect(scenario.probes == [old])
        #expect(scenario.closed.map(\.connection) == [first])
        scenario.pass(seconds: 1)
        #expect(scenario.closed.map(\.connection) == [first, old])
        #expect(scenario.call("CP1", "Heartbeat", on: second)?.kind == .callResult)
    }

    @Test func `A challenger that gives up leaves things as they are`() {
        var (scenario, old) = booted()
        let new = scenario.connect("CP1")
        scenario.give(.disconnected(new, reason: "gone"))
        scenario.pass(seconds: 60)
        #expect(scenario.closed.isEmpty)
        #expect(scenario.call("CP1", "Heartbeat", on: old)?.kind == .callResult)
        // The next one is looked at anew.
        scenario.connect("CP1")
        #expect(scenario.probes == [old, old])
    }

    @Test func `What a challenger may send is bounded`() {
        var (scenario, old) = booted()
        let new = scenario.connect("CP1")
        for _ in 0..<64 { scenario.send("CP1", #"[2,"x","Heartbeat",{}]"#, on: new) }
        #expect(scenario.closed.isEmpty)
        scenario.send("CP1", #"[2,"x","Heartbeat",{}]"#, on: new)
        #expect(scenario.closed.map(\.connection) == [new])
        let large = scenario.connect("CP1")
        scenario.give(.received(large, [UInt8](repeating: 0x20, count: (1 << 20) + 1)))
        #expect(scenario.closed.map(\.connection) == [new, large])
        #expect(scenario.call("CP1", "Heartbeat", on: old)?.kind == .callResult)
    }

    /// Row 17: whatever order things come in, a thousand times: at most one connection has the identity, the events
    /// tell which, and a command goes to it.
    @Test func `The race`() throws {
        var random = SplitMix(state: 17)
        for _ in 0..<1000 {
            var scenario = Scenario()
            scenario.boot("CP1")
            var alive: Set<ConnectionID> = [scenario.connection["CP1"]!]
            var current: ConnectionID? = scenario.connection["CP1"]
            for _ in 0..<30 {
                let closedBefore = scenario.closed.count
                let eventsBefore = scenario.connectionEvents.count
                let someone = alive.sorted().randomElement(using: &random)
                switch Int.random(in: 0..<5, using: &random) {
                case 0: alive.insert(scenario.connect("CP1"))
                case 1:
                    if let someone {
                        alive.remove(someone)
                        scenario.give(.disconnected(someone, reason: "gone"))
                    }
                case 2: if let someone { scenario.give(.answeredProbe(someone)) }
                case 3: scenario.pass(seconds: Int64.random(in: 1...6, using: &random))
                default: if let someone { scenario.send("CP1", #"[2,"x","Heartbeat",{}]"#, on: someone) }
                }
                // Closed ones end in their own time: some at once, some late.
                let nowClosed = scenario.closed[closedBefore...].map(\.connection)
                current = scenario.core.chargePoints["CP1"]?.connection
                #expect(scenario.core.owners.keys.count == (current == nil ? 0 : 1))
                if let current { #expect(alive.contains(current) && !nowClosed.contains(current)) }
                for connection in nowClosed where Bool.random(using: &random) {
                    alive.remove(connection)
                    scenario.give(.disconnected(connection, reason: "closed"))
                }
                #expect(scenario.core.chargePoints["CP1"]?.connection == current)
                // connected and disconnected take turns.
                let turns = scenario.connectionEvents.map(\.event).filter { $0 != .refused }
                #expect(zip(turns, turns.dropFirst()).allSatisfy { $0 != $1 })
                #expect(turns.last == (current == nil ? .disconnected : .connected))
                #expect(scenario.connectionEvents.count >= eventsBefore)
            }
            // Where somebody is left who is heard, a command goes to exactly one.
            scenario.give(.tick)
            if let current {
                let before = scenario.sent.count
                scenario.command("CP1", "ClearCache")
                #expect(Set(scenario.sent[before...].map(\.connection)).isSubset(of: [current]))
            }
        }
    }
}
