import Testing

@testable import OCPPKit

@Suite("Rows as CSV and JSON lines")
struct SessionTableTests {
    let session: Session = {
        var folder = SessionFolder()
        for line: SessionLogLine in [
            .start("a", tag: "=1+1", meter: "0.5", at: "10:00").seen("10:10"), .started("a", 7),
            .values("v", 7, at: "10:30", .power("7412.5")),
            .stop("b", 7, meter: "100", at: "11:00", more: #","reason":"a \"b\", c;d""#),
        ] {
            _ = folder.fold(line.record(station: "+CP"))
        }
        return folder.sessions[0]
    }()

    @Test func csvIsRFC4180() {
        let table = SessionTable()
        #expect(
            text(table.csvHeader) == "chargePointId,connectorId,transactionId,idTag,status,start,stop,durationSeconds,"
                + "meterStartWh,meterStopWh,energyWh,reason,maxPowerW,flags\r\n")
        #expect(
            text(table.csvLine(session))
                == "'+CP,1,7,'=1+1,complete,2026-05-01T10:00:00.000Z,2026-05-01T11:00:00.000Z,3600,"
                + "0.5,100,99.5,\"a \"\"b\"\", c;d\",7412.5,deliveredLate;invalidFrames\r\n")
    }

    @Test func excelInBrazilGetsSemicolonsAndDecimalCommas() {
        let table = SessionTable(
            columns: [.chargePointId, .meterStartWh, .reason, .maxPowerW, .start, .flags], dialect: .excelPtBR,
            timezone: { _ in -180 })
        #expect(text(table.csvHeader) == "\u{FEFF}chargePointId;meterStartWh;reason;maxPowerW;start;flags\r\n")
        #expect(
            text(table.csvLine(session)) == "'+CP;0,5;\"a \"\"b\"\", c;d\";7412,5;2026-05-01T07:00:00.000-03:00;"
                + "\"deliveredLate;invalidFrames\"\r\n")
    }

    @Test func jsonHasEveryFieldInOrder() throws {
        #expect(
            text(SessionTable().jsonLine(session)) == #"{"record":"session","chargePointId":"+CP","connectorId":1,"#
                + #""transactionId":7,"idTag":"=1+1","status":"complete","start":"2026-05-01T10:00:00.000Z","#
                + #""stop":"2026-05-01T11:00:00.000Z","durationSeconds":3600,"meterStartWh":0.5,"meterStopWh":100,"#
                + #""energyWh":99.5,"reason":"a \"b\", c;d","maxPowerW":7412.5,"flags":["deliveredLate","invalidFrames"]}"#
                + "\n")
        var folder = SessionFolder()
        _ = folder.fold(SessionLogLine.stop("b", -7, at: "11:00").record(station: nil))
        #expect(
            text(SessionTable().jsonLine(folder.sessions[0])) == #"{"record":"session","chargePointId":null,"#
                + #""connectorId":null,"transactionId":-7,"idTag":null,"status":"stopOnly","start":null,"#
                + #""stop":"2026-05-01T11:00:00.000Z","durationSeconds":null,"meterStartWh":null,"meterStopWh":8100,"#
                + #""energyWh":null,"reason":"Local","maxPowerW":null,"flags":["startMissing"]}"# + "\n")
    }

    @Test(arguments: [("=", "'="), ("+1", "'+1"), ("-1", "'-1"), ("@a", "'@a"), ("a=b", "a=b"), ("", "")])
    func textsThatSpreadsheetsWouldRunAreMadeHarmless(_ text: String, _ expected: String) {
        #expect(CSVDialect.rfc4180.harmless(text) == expected)
    }

    @Test func numbersStayNumbers() {
        var folder = SessionFolder()
        for line: SessionLogLine in [
            .start("a", at: "10:00"), .started("a", 7), .stop("b", 7, meter: "50", at: "09:00"),
        ] {
            _ = folder.fold(line.record())
        }
        let table = SessionTable(columns: [.durationSeconds, .energyWh])
        #expect(text(table.csvLine(folder.sessions[0])) == "-3600,-50\r\n")
    }

    @Test func columnsAreChosenByName() throws {
        #expect(try SessionTable.columns(named: "flags, idTag") == [.flags, .idTag])
        let error = #expect(throws: UnknownColumns.self) { try SessionTable.columns(named: "idTag,power,") }
        #expect(error?.unknown == ["power", ""])
        #expect(
            error?.description.hasPrefix("unknown columns 'power', ''; there are chargePointId, connectorId") == true)
    }

    @Test(arguments: [(0, "+00:00"), (-180, "-03:00"), (345, "+05:45"), (-30, "-00:30")])
    func offsetsAreWritten(_ minutes: Int, _ suffix: String) throws {
        let written = Timestamp(milliseconds: 0).description(offsetMinutes: minutes)
        #expect(written.hasSuffix(suffix))
        #expect(Timestamp(rfc3339: written) == Timestamp(milliseconds: 0))
    }
}

@Suite("Sessions chosen and added up")
struct ConsumptionTests {
    private func session(_ station: String?, _ tag: String, from start: String, to stop: String) -> Session {
        var folder = SessionFolder()
        for line: SessionLogLine in [
            .start("a", tag: tag, at: start).seen("12:00"), .started("a", 7), .stop("b", 7, at: stop),
        ] {
            _ = folder.fold(line.record(station: station))
        }
        return folder.sessions[0]
    }

    private func csv(_ grouping: Consumption.Grouping, timezone: TimezoneOffset? = nil) -> String {
        var consumption = Consumption(by: grouping, timezone: timezone)
        consumption.add(session("CP2", "T1", from: "02:00", to: "02:30"))
        consumption.add(session("CP1", "T2", from: "10:00", to: "11:00"))
        consumption.add(session(nil, "T1", from: "1970-01-01T00:00:00Z", to: "1970-01-01T01:00:00Z"))
        let table = ConsumptionTable(columns: grouping.columns)
        return text(table.csvHeader + consumption.rows.flatMap { table.csvLine($0) })
    }

    @Test func sumsAreGrouped() {
        #expect(csv(.day) == "day,sessions,energyWh,durationSeconds\r\n2026-05-01,3,24000,5400\r\n")
        #expect(
            csv(.day, timezone: { _ in -180 })
                == "day,sessions,energyWh,durationSeconds\r\n2026-04-30,1,8000,1800\r\n2026-05-01,2,16000,3600\r\n")
        #expect(
            csv(.chargePoint) == "chargePointId,sessions,energyWh,durationSeconds\r\n"
                + "CP1,1,8000,3600\r\nCP2,1,8000,1800\r\n,1,8000,\r\n")
        #expect(csv(.idTag) == "idTag,sessions,energyWh,durationSeconds\r\nT1,2,16000,1800\r\nT2,1,8000,3600\r\n")
    }

    @Test func aSumBeyondEighteenDigitsIsUnknown() {
        var consumption = Consumption(by: .idTag)
        var folder = SessionFolder()
        for line: SessionLogLine in [
            .start("a", meter: "0", at: "10:00"), .started("a", 7),
            .stop("b", 7, meter: "999999999999999999", at: "11:00"),
        ] {
            _ = folder.fold(line.record())
        }
        for _ in 1...20 { consumption.add(folder.sessions[0]) }
        #expect(consumption.rows.map(\.energyWh) == [nil])
        #expect(consumption.rows.map(\.sessions) == [20])
    }

    @Test func filtersGoByTheMoment() {
        let noon = Timestamp(rfc3339: "2026-05-01T12:00:00Z")!
        let before = session("CP1", "T1", from: "10:00", to: "12:30")
        let unset = session("CP1", "T1", from: "1970-01-01T00:00:00Z", to: "1970-01-01T01:00:00Z")
        #expect(!SessionFilter(since: noon).matches(before))
        #expect(SessionFilter(until: noon).matches(before))
        #expect(SessionFilter(since: noon).matches(unset))
        #expect(!SessionFilter(until: noon).matches(unset))
        #expect(SessionFilter(chargePoints: ["CP1"]).matches(before))
        #expect(!SessionFilter(chargePoints: ["CP2"]).matches(before))
        var folder = SessionFolder()
        _ = folder.fold(SessionLogLine.values("v", 7, at: "10:00", .power("1")).record())
        #expect(!SessionFilter(since: Timestamp(milliseconds: 0)).matches(folder.sessions[0]))
        #expect(SessionFilter().matches(folder.sessions[0]))
    }
}

private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
