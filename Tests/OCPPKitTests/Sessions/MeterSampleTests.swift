import Testing

@testable import OCPPKit

@Suite("Single samples")
struct MeterSampleTests {
    private func csv(_ samples: [MeterSample], dialect: CSVDialect = .rfc4180) -> [String] {
        let table = MeterSampleTable(dialect: dialect)
        return samples.map { String(decoding: table.csvLine($0).dropLast(2), as: UTF8.self) }
    }

    @Test func columnsAreThoseDocumented() {
        #expect(
            String(decoding: MeterSampleTable().csvHeader, as: UTF8.self)
                == "chargePointId,connectorId,transactionId,timestamp,context,measurand,phase,location,format,unit,value\r\n"
        )
    }

    @Test func defaultsAreFilledInAndValuesStayAsTheyCame() {
        let record = SessionLogLine.values(
            "v", 7, 2, at: "10:00", SessionLogSample(#"{"value":" 21.40"}"#), .power("-3", phase: "L1"),
            SessionLogSample(
                #"{"value":"=A1","measurand":"SoC","context":"Trigger","format":"SignedData","location":"EV","unit":"Percent"}"#
            ),
            SessionLogSample(#"{"value":8,"measurand":"Current.Offered"}"#)
        ).record()
        let samples = MeterSample.samples(from: record)
        let common = "CP1,2,7,2026-05-01T10:00:00.000Z"
        #expect(
            csv(samples) == [
                "\(common),Sample.Periodic,Energy.Active.Import.Register,,Outlet,Raw,Wh, 21.40",
                "\(common),Sample.Periodic,Power.Active.Import,L1,Outlet,Raw,W,-3",
                "\(common),Trigger,SoC,,EV,SignedData,Percent,'=A1",
                "\(common),Sample.Periodic,Current.Offered,,Outlet,Raw,,8",
            ])
        #expect(csv(samples, dialect: .excelPtBR)[0].hasSuffix(";Wh; 21,40"))
        #expect(
            String(decoding: MeterSampleTable(columns: [.phase, .value]).jsonLine(samples[0]), as: UTF8.self)
                == "{\"record\":\"meterValue\",\"phase\":null,\"value\":\" 21.40\"}\n")
    }

    @Test func aStopHasSamplesOfItsSessionsConnector() throws {
        let more =
            #","transactionData":[\#(SessionLogLine.instant("10:30", [.power("9")])),\#(SessionLogLine.instant("10:31", [.power("8")]))]"#
        let stop = SessionLogLine.stop("b", 7, at: "11:00", more: more).record()
        var folder = SessionFolder()
        for line: SessionLogLine in [.start("a", 3, at: "10:00"), .started("a", 7)] { _ = folder.fold(line.record()) }
        _ = folder.fold(stop)
        let samples = MeterSample.samples(from: stop, connectorId: folder.session(of: stop)?.connectorId)
        #expect(
            csv(samples) == [
                "CP1,3,7,2026-05-01T10:30:00.000Z,Sample.Periodic,Power.Active.Import,,Outlet,Raw,W,9",
                "CP1,3,7,2026-05-01T10:31:00.000Z,Sample.Periodic,Power.Active.Import,,Outlet,Raw,W,8",
            ])
        let payload = Array(try #require(stop.frame.payload).raw)
        #expect(
            MeterSample.samples(kind: .stop, chargePointId: "CP1", connectorId: 3, payload: payload) == samples)
    }

    @Test func storedEventsGiveTheSameSamples() throws {
        let record = SessionLogLine.values("v", nil, 0, at: "10:00", .register("5")).record()
        let payload = Array(try #require(record.frame.payload).raw)
        let stored = MeterSample.samples(kind: .meterValues, chargePointId: "CP1", connectorId: 0, payload: payload)
        #expect(stored == MeterSample.samples(from: record))
        #expect(stored.count == 1)
        #expect(MeterSample.samples(kind: .start, chargePointId: "CP1", connectorId: 1, payload: payload).isEmpty)
        #expect(MeterSample.samples(kind: .stop, chargePointId: "CP1", connectorId: 1, payload: [0x7B]).isEmpty)
    }

    @Test func otherFramesHaveNone() {
        #expect(MeterSample.samples(from: SessionLogLine.start("a", at: "10:00").record()).isEmpty)
        #expect(MeterSample.samples(from: SessionLogLine.result("a").record()).isEmpty)
    }
}
