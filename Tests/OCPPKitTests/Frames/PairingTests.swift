import Testing

@testable import OCPPKit

@Suite("Answers and their CALLs")
struct PairingTests {
    private func call(_ id: Int, _ action: String = "Heartbeat") throws -> Frame {
        try Frame.read(Array(#"[2,"\#(id)","\#(action)",{}]"#.utf8))
    }

    private func answer(_ id: Int) throws -> Frame { try Frame.read(Array(#"[3,"\#(id)",{}]"#.utf8)) }

    /// Of the newest 1,000 open CALLs each is found, in whatever order, and none that is older.
    @Test func findsTheNewestThousand() throws {
        var pairing = Pairing()
        for id in 0..<2500 {
            pairing.call(try call(id), chargePointId: "CP1", direction: .fromChargePoint, timestamp: nil)
        }
        var found: [Int] = []
        for id in (0..<2500).reversed() where id % 3 == 0 {
            if let open = pairing.answer(try answer(id), chargePointId: "CP1", direction: .fromCentralSystem) {
                #expect(open.number == id)
                found.append(id)
            }
        }
        #expect(found == (1500..<2500).reversed().filter { $0 % 3 == 0 })
        #expect(pairing.unansweredCalls == 2500 - found.count)
    }

    @Test func ofTheSameIdTheNewestIsAnswered() throws {
        var pairing = Pairing()
        for action in ["Heartbeat", "Authorize", "Unheard"] {
            pairing.call(try call(1, action), chargePointId: nil, direction: nil, timestamp: nil)
        }
        let answers = try (0..<4).map { _ in pairing.answer(try answer(1), chargePointId: nil, direction: nil)?.action }
        #expect(answers == ["Unheard", "Authorize", "Heartbeat", nil])
    }

    /// Where there are too many open CALLs, the charge point that has been silent longest loses its own.
    @Test func forgetsTheMostSilent() throws {
        var pairing = Pairing(maximumOpenCallsOfAll: 100)
        for id in 0..<300 {
            pairing.call(try call(id), chargePointId: "CP\(id)", direction: .fromChargePoint, timestamp: nil)
        }
        let found = try (0..<300).filter { id in
            pairing.answer(try answer(id), chargePointId: "CP\(id)", direction: .fromCentralSystem)?.number == id
        }
        #expect(found == Array(200..<300))
    }

    /// Charge points that have all their answers do not add up, and those that wait are not lost with them.
    @Test func forgetsTheIdle() throws {
        var pairing = Pairing(maximumOpenCallsOfAll: 100)
        pairing.call(try call(0), chargePointId: "CP", direction: .fromChargePoint, timestamp: nil)
        for id in 1..<1000 {
            pairing.call(try call(id), chargePointId: "CP\(id)", direction: nil, timestamp: nil)
            #expect(pairing.answer(try answer(id), chargePointId: "CP\(id)", direction: nil)?.number == id)
        }
        #expect(pairing.chargePointCount <= 200)
        #expect(pairing.answer(try answer(0), chargePointId: "CP", direction: nil)?.direction == .fromChargePoint)
        #expect(pairing.unansweredCalls == 0)
    }
}
