import DojotClient
import OCPPKit
import Testing

/// How templates and devices are found, and what happens where they cannot be.
struct ProvisioningLookupTests {
    /// Few charge points are looked up by label, with wildcards live; many in one list.
    @Test(arguments: [1, 10])
    func wildcardsInLabelsFindNoOther(others: Int) async throws {
        let session = try StandIn().session()
        let first = (1...others).map { ProvisionedChargePoint(chargePointID: "CPX\($0)") } + chargePoints("AB%")
        _ = try await provision(session, first)
        for label in ["CP_1", "%", "A%", "back\\slash", "a&b=c#d+e"] {
            #expect(try await provision(session, chargePoints(label)).results.last?.result == .created, "\(label)")
            #expect(try await provision(session, chargePoints(label)).results.last?.result == .unchanged, "\(label)")
        }
    }

    @Test func templateLabelWithWildcardIsNoOther() async throws {
        let session = try StandIn().session()
        for label in ["CP 12", "CP_12", "CP%"] {
            let model = TemplateModel(label: label, connectors: 1)
            var results: [ProvisionResult.Outcome] = []
            for _ in 1...2 {
                try await Provisioner(session: session).provision(model, []) { results.append($0.result) }
            }
            #expect(results == [.created, .unchanged], "\(label)")
        }
    }

    @Test func manyChargePointsAreListedOnce() async throws {
        let dojot = try StandIn()
        let session = dojot.session()
        let many = (1...120).map { ProvisionedChargePoint(chargePointID: "CP\($0)") }
        let first = try await provision(session, many)
        #expect(first.results.allSatisfy { $0.result == .created })
        let before = try await dojot.count("GET /device")
        let second = try await provision(session, many)
        #expect(second.results.allSatisfy { $0.result == .unchanged })
        #expect(second.map == first.map)
        #expect(first.map.devices.count == 120)
        #expect(try await dojot.count("GET /device") - before == 3)
    }

    @Test(arguments: [1, 7])
    func duplicatesAreRefused(count: Int) async throws {
        let dojot = try StandIn()
        let session = dojot.session()
        let wanted = (1...count).map { ProvisionedChargePoint(chargePointID: "CP\($0)") }
        let first = try await provision(session, wanted)
        _ = try await session.send(
            "POST", "/device", body: .object([("label", .string("CP1")), ("templates", .array([.integer(1)]))]))
        let second = try await provision(session, wanted)
        let result = second.results[1]
        #expect(result.result == .failed)
        #expect(result.message?.hasPrefix("2 devices have the label CP1 (ids ") == true)
        #expect(result.message?.contains(first.map.devices["CP1"] ?? "?") == true)
        #expect(second.map.devices["CP1"] == nil)
        #expect(second.results.dropFirst(2).allSatisfy { $0.result == .unchanged })

        _ = try await session.send(
            "POST", "/template", body: .object([("label", .string("Charge point")), ("attrs", .array([]))]))
        let third = try await provision(session, wanted)
        #expect(third.results.allSatisfy { $0.result == .failed })
        let message = "2 templates have the label Charge point (ids 1, 2): delete or rename all but one"
        #expect(third.results[0].message == message)
        #expect(third.results[1].message == "its template Charge point failed")
        #expect(try await dojot.count("PUT /template/1") == 0)
    }

    @Test func dryRunOnlyLooks() async throws {
        let dojot = try StandIn()
        let session = dojot.session()
        let wanted = chargePoints("CP1", "CP2")
        let first = try await provision(session, wanted, dryRun: true)
        #expect(first.results.map(\.result) == [.wouldCreate, .wouldCreate, .wouldCreate])
        #expect(first.map.devices.isEmpty)
        #expect(try await dojot.count("POST /template") == 0)
        #expect(try await dojot.count("POST /device") == 0)

        let real = try await provision(session, wanted, connectors: 1)
        #expect(
            try await provision(session, wanted, connectors: 1, dryRun: true).results.map(\.result)
                == [.unchanged, .unchanged, .unchanged])
        let moved = [ProvisionedChargePoint(chargePointID: "CP1", location: "1,2")] + chargePoints("CP2", "CP3")
        let last = try await provision(session, moved, connectors: 2, dryRun: true)
        #expect(last.results.map(\.result) == [.wouldUpdate, .wouldUpdate, .unchanged, .wouldCreate])
        #expect(last.map == real.map)
        #expect(try await dojot.count("PUT /template/1") == 0)
    }

    @Test func whatDojotCannotKeepIsNotSent() async throws {
        let dojot = try StandIn()
        let long = String(repeating: "é", count: 129)
        let results = try await provision(dojot.session(), chargePoints("CP1", "", long, "CP1")).results
        #expect(results.map(\.result) == [.created, .created, .failed, .failed, .failed])
        #expect(results[2].message == "a charge point id is empty")
        #expect(results[3].message == "ocppId has 129 characters, and DOJOT keeps 128")
        #expect(results[4].message == "given more than once")
        #expect(try await dojot.count("POST /device") == 1)
    }

    @Test func deniedPermissionEndsTheRun() async throws {
        let session = try StandIn("--reader", "eva:pw").session(user: "eva", password: "pw")
        var results: [ProvisionResult] = []
        await #expect(throws: DojotFailure.permissionDenied("POST /template")) {
            try await Provisioner(session: session).provision(
                TemplateModel(label: "T", connectors: 1), chargePoints("CP1")
            ) { results.append($0) }
        }
        #expect(results.map(\.result) == [.failed])
    }
}
