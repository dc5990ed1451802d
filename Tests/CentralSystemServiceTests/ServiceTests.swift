import OCPPKit
import Storage
import Testing
import WebEndpoints

/// The core, the sockets and the store together.
@Suite("Running central system", .timeLimit(.minutes(10)))
struct ServiceTests {
    private static let start = #"{"connectorId":1,"idTag":"T","meterStart":0,"timestamp":"2026-03-01T10:00:00Z"}"#

    private func stop(_ id: Int64) -> String {
        #"{"transactionId":\#(id),"meterStop":5,"timestamp":"2026-03-01T11:00:00Z"}"#
    }

    private func eventCount(_ server: RunningServer, _ kinds: Set<TransactionEvent.Kind>) throws -> Int {
        try server.read { reader in
            var count = 0
            try reader.events(kinds: kinds, afterSequence: 0) { _, _ in count += 1 }
            return count
        }
    }

    /// Row 4: replay 1,000 times, through restarts and after its stop: one row, one id.
    @Test func `The same start gets the same id a thousand times`() async throws {
        try await withServer { server, loop in
            var station = try await ChargePointClient.connect(server, "CP1", on: loop)
            try await station.boot()
            let first = try await station.ask("StartTransaction", Self.start)["transactionId"]?.integer
            let id = try #require(first)
            for round in 0..<1000 {
                if round % 250 == 249 {
                    try await server.restart()
                    station = try await ChargePointClient.connect(server, "CP1", on: loop)
                }
                if round == 400 { _ = try await station.ask("StopTransaction", stop(id)) }
                let again = try await station.ask("StartTransaction", Self.start)["transactionId"]?.integer
                #expect(again == id)
            }
            #expect(try eventCount(server, [.start]) == 1)
            #expect(try eventCount(server, [.start, .stop, .conflict]) == 2)
        }
    }

    /// Row 6, in the store: B's words are B's.
    @Test func `A charge point cannot stop another one's transaction`() async throws {
        try await withServer { server, loop in
            let a = try await ChargePointClient.connect(server, "A", on: loop)
            let b = try await ChargePointClient.connect(server, "B", on: loop)
            try await a.boot()
            try await b.boot()
            let id = try #require(try await a.ask("StartTransaction", Self.start)["transactionId"]?.integer)
            let before = try server.read { try $0.stations(at: Timestamp(seconds: 0)) }
            _ = try await b.ask("StopTransaction", stop(id))
            let after = try server.read { try $0.stations(at: Timestamp(seconds: 0)) }
            #expect(before.first?.transactions.map(\.transactionId) == [id])
            #expect(after.first?.transactions == before.first?.transactions)
            #expect(server.notices.contain("which is A's"))
        }
    }

    /// Row 50: durable before its answer.
    @Test func `A security event is in the store when it is answered`() async throws {
        try await withServer { server, loop in
            let station = try await ChargePointClient.connect(server, "CP1", on: loop)
            try await station.boot()
            for number in 1...20 {
                _ = try await station.ask(
                    "SecurityEventNotification", #"{"type":"Odd\#(number)","timestamp":"2026-03-01T10:00:00Z"}"#)
                #expect(try eventCount(server, [.securityEvent]) == number)
            }
        }
    }

    // MARK: Duplicates

    /// Row 17, a thousand times over real sockets: one connection breaks while the next one comes, and the end of the
    /// old one never takes the new one with it.
    @Test func `The late end of an old connection leaves the new one alone`() async throws {
        try await withServer { server, loop in
            var current = try await ChargePointClient.connect(server, "CP1", on: loop)
            try await current.boot()
            for round in 0..<1000 {
                // In turns the break comes before the next one connects, and after.
                if round % 2 == 0 { current.drop() }
                var new = try await ChargePointClient.connect(server, "CP1", on: loop)
                if round % 2 == 1 { current.drop() }
                // The old one may answer a ping just before it breaks, and charge points try again.
                var tries = 1
                while try await !new.isServed(), tries < 20 {
                    tries += 1
                    new = try await ChargePointClient.connect(server, "CP1", on: loop)
                }
                #expect(tries < 20)
                current = new
            }
            try await expectCommand(on: current, of: server)
        }
    }

    /// Rows 15 and 16: the live one misses nothing, the newer ones are closed, and a command goes to exactly one.
    @Test func `A live connection is not displaced`() async throws {
        try await withServer { server, loop in
            let live = try await ChargePointClient.connect(server, "CP1", on: loop)
            try await live.boot()
            for _ in 0..<100 {
                let other = try await ChargePointClient.connect(server, "CP1", on: loop)
                #expect(try await live.ask("Heartbeat")["currentTime"] != nil)
                guard case .closed(let reason) = try await other.next() else {
                    Issue.record("still open")
                    return
                }
                #expect(reason.code == 1008)
            }
            try await expectCommand(on: live, of: server)
        }
    }

    private func expectCommand(on station: ChargePointClient, of server: RunningServer) async throws {
        let request = CommandRequest(
            ticket: 0, chargePointId: "CP1", action: "ClearCache", payload: Array("{}".utf8),
            timeoutMilliseconds: 20_000)
        async let replies = server.ask(.send(number: 1, request))
        guard case .frame(let call) = try await station.next() else { throw Unexpected(text: "no command") }
        #expect(call.action == "ClearCache")
        station.send("[3,\"\(call.messageId)\",{\"status\":\"Accepted\"}]")
        guard case .outcome(1, let outcome) = try await replies.last else { throw Unexpected(text: "no outcome") }
        #expect(outcome.outcome == .accepted)
    }

    // MARK: The control socket

    @Test func `Tags that are changed count at once, and after a restart`() async throws {
        func status(_ station: ChargePointClient, _ idTag: String) async throws -> String? {
            try await station.ask("Authorize", #"{"idTag":"\#(idTag)"}"#)["idTagInfo"]?["status"]?.text
        }
        try await withServer { server, loop in
            var station = try await ChargePointClient.connect(server, "CP1", on: loop)
            try await station.boot()
            #expect(try await status(station, "A") == "Accepted")
            let replies = try await server.ask(
                .changeTags(number: 3, [.put(Tag("B")), .put(Tag("C", .blocked)), .remove(idTag: "D")]))
            guard case .done(3, 3) = replies.last else { throw Unexpected(text: "\(replies)") }
            #expect(try server.read { try $0.tags() } == [Tag("B"), Tag("C", .blocked)])
            #expect(try await status(station, "A") == "Invalid")
            #expect(try await status(station, "b") == "Accepted")
            #expect(try await status(station, "C") == "Blocked")
            try await server.restart()
            station = try await ChargePointClient.connect(server, "CP1", on: loop)
            #expect(try await status(station, "C") == "Blocked")
        }
    }

    @Test func `Stations are the same from the server and from the store`() async throws {
        try await withServer { server, loop in
            let client = try await ChargePointClient.connect(server, "CP1", on: loop)
            try await client.boot()
            _ = try await client.ask(
                "StatusNotification", #"{"connectorId":1,"errorCode":"NoError","status":"Charging"}"#)
            _ = try await client.ask("FirmwareStatusNotification", #"{"status":"Installed"}"#)
            _ = try await client.ask("StartTransaction", Self.start)
            var live: [Station] = []
            for case .station(1, let station) in try await server.ask(.stations(number: 1)) { live.append(station) }
            await server.stop()
            var stored = try server.read { try $0.stations(at: Timestamp(seconds: 0)) }
            try #require(live.count == 1 && stored.count == 1)
            #expect(live[0].isOnline && live[0].lastMessage != nil && live[0].link?.disconnected == nil)
            #expect(live[0].boot?.firmwareVersion == "1.2" && live[0].connectors.map(\.status) == ["Charging"])
            #expect(live[0].transactions.count == 1 && live[0].progress.map(\.status) == ["Installed"])
            #expect(!stored[0].isOnline && stored[0].link?.disconnected != nil)
            // But for the connection they are one.
            live[0].isOnline = false
            live[0].lastMessage = nil
            stored[0].link?.disconnected = nil
            #expect(stored == live)
            try await server.start()
        }
    }
}
