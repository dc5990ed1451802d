import Testing

@testable import OCPPKit

@Suite("Sessions by number")
struct NumberedSessionsTests {
    private func session(_ number: Int, _ id: String = "A") -> Session {
        Session(number: number, chargePointId: id, connectorId: nil, firstArrival: nil)
    }

    @Test func theyAreFoundInWhateverOrderTheyCame() {
        var sessions = NumberedSessions()
        #expect(sessions[1] == nil)
        for number in [5, 1, 9, 3, 7] { sessions.add(session(number)) }
        #expect(sessions.all.map(\.number) == [1, 3, 5, 7, 9])
        for number in 0...10 { #expect(sessions[number]?.number == (number % 2 == 1 ? number : nil)) }
        sessions.add(session(5, "B"))
        #expect(sessions.all.count == 5)
        #expect(sessions[5]?.chargePointId == "B")
        #expect(sessions.remove(4) == nil)
        #expect(sessions.remove(5)?.chargePointId == "B")
        #expect(sessions[5] == nil)
        #expect(sessions.all.map(\.number) == [1, 3, 7, 9])
    }

    @Test func whatHasEndedKeepsNoText() throws {
        var sessions = NumberedSessions()
        sessions.add(session(1))
        let open = sessions.encodedState(at: 0)
        #expect(sessions.standings[0] != nil)
        #expect(sessions.encodedState(at: 0) == open)
        sessions[at: 0].stopEvent = Session.Event(time: Timestamp(seconds: 1_800_000_000))
        let ended = sessions.encodedState(at: 0)
        #expect(ended == sessions.all[0].encodedState())
        #expect(sessions.standings[0] == nil)
    }
}
