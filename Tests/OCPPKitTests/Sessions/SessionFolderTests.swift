import Testing

@testable import OCPPKit

@Suite("Frames folded into sessions")
struct SessionFolderTests {
    static let scenarios = SessionScenario.all + SessionScenario.meters

    @Test(arguments: scenarios) func rowsAreAsWorkedOut(_ scenario: SessionScenario) {
        #expect(SessionScenario.rows(of: fold(scenario.records)) == scenario.rows)
    }

    @Test func everyFlagAndStatusHasAScenario() {
        let sessions = Self.scenarios.flatMap { fold($0.records) }
        #expect(Set(sessions.flatMap(\.flags)) == Set(SessionFlag.allCases))
        #expect(Set(sessions.map(\.status)) == Set(SessionStatus.allCases))
    }

    @Test func flagsStandInAlphabeticalOrder() {
        #expect(SessionFlag.allCases == SessionFlag.allCases.sorted())
    }

    /// As `serve` does after a restart, here between any two frames.
    @Test(arguments: scenarios) func sessionsSurviveBeingStored(_ scenario: SessionScenario) throws {
        var folder = SessionFolder()
        for record in scenario.records {
            _ = folder.fold(record)
            let stored = try folder.sessions.map { session in
                let restored = try #require(Session(state: JSONTree(parsing: session.encodedState()).root))
                #expect(restored == session)
                return restored
            }
            folder = SessionFolder()
            folder.restore(stored)
        }
        #expect(SessionScenario.rows(of: folder.sessions) == scenario.rows)
    }

    /// What `serve` stores is what `fold` names: nothing else may change.
    @Test(arguments: scenarios) func foldNamesEverySessionThatItChanges(_ scenario: SessionScenario) {
        var folder = SessionFolder()
        for record in scenario.records {
            let before = folder.sessions
            let changed = folder.fold(record)
            let differing = folder.sessions.filter { session in before.first { $0.number == session.number } != session
            }
            #expect(changed.sorted() == differing.map(\.number))
            // What it does not look at again is as it was.
            if folder.hasChangedSamplesOnly {
                #expect(folder.sessions.map(OpenTransaction.init) == before.map(OpenTransaction.init))
            }
            for session in folder.sessions {
                #expect(folder.openTransaction(session.number) == OpenTransaction(session))
                #expect(folder.stored(session.number, isNew: false)?.state == session.encodedState())
            }
        }
    }

    @Test(arguments: scenarios) func aRepeatedFrameMakesNoNewRow(_ scenario: SessionScenario) {
        let records = scenario.records
        for index in records.indices {
            let atOnce = records[...index] + records[index...]
            #expect(fold(Array(atOnce)).count == scenario.rows.count, "frame \(index) sent again at once")
            #expect(
                fold(records + [records[index]]).count == scenario.rows.count, "frame \(index) sent again at the end")
        }
    }

    @Test func chargePointsDoNotTouchEachOther() {
        var logs = Self.scenarios.enumerated().map { index, scenario in
            scenario.lines.map { $0.record(station: index == 0 ? nil : "CP\(index)") }[...]
        }
        var mixed: [FrameRecord] = []
        while logs.contains(where: { !$0.isEmpty }) {
            for index in logs.indices { if let record = logs[index].popFirst() { mixed.append(record) } }
        }
        let sessions = fold(mixed)
        for (index, scenario) in Self.scenarios.enumerated() {
            let own = sessions.filter { $0.chargePointId == (index == 0 ? nil : "CP\(index)") }
            #expect(SessionScenario.rows(of: own) == scenario.rows, "\(scenario.name)")
        }
        #expect(sessions.count == Self.scenarios.map(\.rows.count).reduce(0, +))
    }

    @Test(arguments: scenarios) func pairingByTheLogGivesTheSameRows(_ scenario: SessionScenario) {
        var pairing = Pairing()
        let records = scenario.records.map { record in
            var record = record
            if record.frame.kind == .call {
                pairing.call(record.frame, chargePointId: "CP1", direction: record.direction, timestamp: nil)
            } else {
                record.action =
                    pairing.answer(record.frame, chargePointId: "CP1", direction: record.direction)?.action
            }
            return record
        }
        #expect(SessionScenario.rows(of: fold(records)) == scenario.rows)
    }

    private func fold(_ records: [FrameRecord]) -> [Session] {
        var folder = SessionFolder()
        for record in records { _ = folder.fold(record) }
        return folder.sessions
    }
}

@Suite("A folder that runs for long")
struct RunningSessionFolderTests {
    @Test func numbersFollowThoseRestored() {
        var folder = SessionFolder(firstNumber: 5)
        #expect(folder.fold(SessionLogLine.start("a", at: "10:00").record()) == [5])
        var next = SessionFolder()
        next.restore(folder.sessions)
        #expect(next.fold(SessionLogLine.start("b", 2, at: "10:00").record()) == [6])
    }

    @Test func aRepeatedStartGetsItsTransactionAgain() {
        var folder = SessionFolder()
        let first = SessionLogLine.start("a", at: "10:00").record()
        let again = SessionLogLine.start("b", at: "10:00").record()
        #expect(folder.fold(first) == [1])
        #expect(folder.repeatedTransactionId(again) == nil)
        #expect(folder.fold(SessionLogLine.started("a", 7).record()) == [1])
        #expect(folder.repeatedTransactionId(again) == 7)
        #expect(folder.fold(again) == [1])
        #expect(folder.repeatedTransactionId(again) == 7)
        #expect(folder.repeatedTransactionId(SessionLogLine.start("b", 2, at: "10:00").record()) == nil)
        #expect(folder.repeatedTransactionId(SessionLogLine.stop("b", 7, at: "11:00").record()) == nil)
    }

    @Test func aForgottenSessionLeavesNoTrace() {
        var folder = SessionFolder()
        _ = folder.fold(SessionLogLine.start("a", at: "10:00").record())
        folder.forget(1)
        #expect(folder.sessions.isEmpty)
        #expect(folder.session(1) == nil)
        #expect(folder.fold(SessionLogLine.started("a", 7).record()).isEmpty)
        #expect(folder.fold(SessionLogLine.stop("b", 7, at: "11:00").record()) == [2])
    }

    @Test func closedSessionsAreKeptUpToTheLimitOfEachChargePoint() {
        var folder = SessionFolder(keepingClosedPerChargePoint: 2)
        for station in ["CP1", "CP2"] {
            for hour in 10...15 {
                _ = folder.fold(SessionLogLine.start("a\(hour)", at: "\(hour):00").record(station: station))
                _ = folder.fold(SessionLogLine.started("a\(hour)", Int64(hour)).record(station: station))
                _ = folder.fold(SessionLogLine.stop("b\(hour)", Int64(hour), at: "\(hour):30").record(station: station))
            }
            _ = folder.fold(SessionLogLine.start("c", at: "16:00").record(station: station))
        }
        #expect(folder.sessions.map(\.number) == [5, 6, 7, 12, 13, 14])
    }

    @Test func invalidChargePointsCannotFillTheMemory() {
        var folder = SessionFolder(keepingClosedPerChargePoint: 2)
        for id in 1...2000 {
            _ = folder.fold(SessionLogLine.values("v\(id)", Int64(id), id % 500 + 1, at: "10:00").record())
        }
        for id in 1...2000 { _ = folder.fold(SessionLogLine.start("same", at: "10:00").record(station: "CP\(id % 2)")) }
        #expect(folder.sessions.count <= 260)
        let states = folder.sessions.map { $0.encodedState().count }
        #expect(states.max() ?? 0 < 4000)
    }

    @Test func theSessionOfARequestIsKnown() {
        var folder = SessionFolder()
        _ = folder.fold(SessionLogLine.start("a", 3, at: "10:00").record())
        _ = folder.fold(SessionLogLine.started("a", 7).record())
        let end = SessionLogLine.stop("b", 7, at: "11:00").record()
        #expect(folder.session(of: end)?.connectorId == 3)
        _ = folder.fold(end)
        #expect(folder.session(of: end)?.connectorId == 3)
        #expect(folder.session(of: SessionLogLine.values("v", 7, 3, at: "10:10").record())?.number == 1)
        #expect(folder.session(of: SessionLogLine.stop("c", 8, at: "11:00").record()) == nil)
    }

    @Test func whatIsNoStateIsRefused() throws {
        #expect(Session(state: try JSONTree(parsing: "{}").root) == nil)
        #expect(Session(state: try JSONTree(parsing: "[1]").root) == nil)
    }
}
