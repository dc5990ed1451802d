import OCPPKit
import Testing

@Suite("What DOJOT stored, and frames")
struct DeviceMessagesTests {
    private static let charge: [String] = [
        #"T=0 [2,"1","BootNotification",{"chargePointVendor":"V","chargePointModel":"M"}]"#,
        #"T=1 [2,"2","StartTransaction",{"connectorId":2,"idTag":"TAG","meterStart":100,"timestamp":"2026-03-01T08:00:10Z"}]"#,
        #"T=1 [3,"2",{"idTagInfo":{"status":"Accepted"},"transactionId":77}]"#,
        #"T=2 [2,"3","MeterValues",{"connectorId":2,"transactionId":77,"meterValue":[{"timestamp":"2026-03-01T08:01:00Z","sampledValue":[{"value":"1.5","measurand":"Power.Active.Import","unit":"kW","phase":"L1"},{"value":"0.25","measurand":"Power.Active.Import","unit":"kW","phase":"L2"},{"value":"833.333"}]}]}]"#,
        #"T=3 [2,"4","StopTransaction",{"transactionId":77,"meterStop":1100,"timestamp":"2026-03-01T08:02:00Z","reason":"EVDisconnected","transactionData":[{"timestamp":"2026-03-01T08:01:30Z","sampledValue":[{"value":"1000"}]}]}]"#,
        #"T=3 [3,"4",{}]"#,
    ]

    private func frames(_ lines: [String]) -> [FrameRecord] {
        var records: [FrameRecord] = []
        var reader = LogReader(options: LogOptions(chargePointId: "CP1", perspective: .centralSystem))
        reader.open("x")
        func take(_ item: LogItem) {
            switch item {
            case .frame(let record): records.append(record)
            case .sound(let record): records.append(record.read)
            case .unreadable, .connection, .record: break
            }
        }
        reader.read(Array((lines.joined(separator: "\n") + "\n").utf8), take)
        reader.close(take)
        return records
    }

    private let now = Timestamp(seconds: 1_772_352_600)

    private func publications(_ lines: [String]) -> [Publication] {
        var folder = LogPublications()
        return frames(lines).flatMap { folder.take($0, at: now) } + folder.finish(at: now)
    }

    private func payloads(_ lines: [String]) -> [String] {
        publications(lines).map { String(decoding: $0.payload(eventId: nil), as: UTF8.self) }
    }

    /// As history gives them: by time, values of one time together.
    private func messages(_ publications: [Publication]) -> [DeviceMessage] {
        publications.sorted { $0.timestamp < $1.timestamp }.map {
            DeviceMessage(chargePointId: $0.chargePointId, time: $0.timestamp, values: $0.attributes.values)
        }
    }

    @Test("a session that went through DOJOT is the one of the frames")
    func roundTrip() throws {
        var folder = SessionFolder()
        for record in frames(Self.charge) { _ = folder.fold(record) }
        var back = DeviceMessages()
        for message in messages(publications(Self.charge)) { _ = back.take(message) }
        let table = SessionTable()
        #expect(back.sessions.map { table.jsonLine($0) } == folder.sessions.map { table.jsonLine($0) })
        #expect(back.sessions.first?.maxPowerW == ExactDecimal(1750))
    }

    @Test("samples come back with their values, units and phases")
    func samples() {
        var back = DeviceMessages()
        var samples: [MeterSample] = []
        for message in messages(publications(Self.charge)) {
            for case .sample(let sample) in back.take(message) { samples.append(sample) }
        }
        #expect(samples.map(\.value) == ["100", "1500", "250", "833.333", "1000", "1100"])
        #expect(samples.map(\.phase) == [nil, "L1", "L2", nil, nil, nil])
        #expect(samples.allSatisfy { $0.connectorId == 2 && $0.transactionId == 77 })
        #expect(samples[1].unit == "W")
    }

    @Test("a start waits for its answer, and goes without at the end")
    func start() {
        let start = payloads(Array(Self.charge[1...2]))
        #expect(
            start == [
                #"{"c2_transactionId":77,"c2_idTag":"TAG","c2_energy_Wh":100,"energy":100,"timestamp":1772352010000}"#
            ])
        let unanswered = payloads([Self.charge[1]])
        #expect(unanswered == [#"{"c2_idTag":"TAG","c2_energy_Wh":100,"energy":100,"timestamp":1772352010000}"#])
    }

    @Test("repetitions publish nothing")
    func repetitions() {
        let again = Self.charge.map { $0.replacing(/"(\d)",/) { "\"9\($0.1)\"," } }
        #expect(payloads(Self.charge + again).count == payloads(Self.charge).count + 1, "a boot is no repetition")
    }

    @Test("a clock that is not set gives way to the arrival")
    func clock() {
        let status =
            #"2026-03-01T08:00:00Z [2,"1","StatusNotification",{"connectorId":1,"status":"Faulted","errorCode":"GroundFailure","timestamp":"1970-01-01T00:00:00Z"}]"#
        #expect(publications([status]).map(\.timestamp) == [Timestamp(rfc3339: "2026-03-01T08:00:00Z")])
        let unknown = status.dropFirst("2026-03-01T08:00:00Z ".count)
        #expect(publications([String(unknown)]).map(\.timestamp) == [now])
    }

    @Test("session records are read back as they were written")
    func sessionRecords() throws {
        var folder = SessionFolder()
        for record in frames(Self.charge) { _ = folder.fold(record) }
        for record in frames([Self.charge[1]]) { _ = folder.fold(record) }
        for record in frames([
            #"[2,"9","StopTransaction",{"transactionId":5,"meterStop":9,"timestamp":"2026-03-01T08:02:00Z"}]"#
        ]) {
            _ = folder.fold(record)
        }
        let table = SessionTable()
        var rows = SessionRecords()
        for session in folder.sessions { rows.take(try JSONTree(parsing: table.jsonLine(session)).root) }
        let back = rows.sessions(withoutThoseOf: [])
        #expect(back.map { table.jsonLine($0) } == folder.sessions.map { table.jsonLine($0) })
        #expect(rows.sessions(withoutThoseOf: folder.sessions).isEmpty)
    }

    /// Whoever writes a record may write any number.
    @Test("a session record of any duration is read", arguments: [Int64.max, .min, 1 << 60, -1])
    func sessionRecordOfAnyDuration(seconds: Int64) throws {
        var rows = SessionRecords()
        rows.take(
            try JSONTree(
                parsing: """
                    {"record":"session","chargePointId":"C","connectorId":1,"status":"complete","durationSeconds":\(seconds)}
                    """
            ).root)
        let session = try #require(rows.sessions(withoutThoseOf: []).first)
        #expect(session.durationSeconds == (seconds == -1 ? -1 : nil))
    }

    @Test("names of a template replace our labels, and those that are null are left out")
    func renamed() throws {
        let labels = try AttributeLabels(parsing: Array(#"{"energy":"energia","c2_idTag":null}"#.utf8))
        let renamed = publications(Array(Self.charge[1...2]))[0].attributes.renamed(labels)
        #expect(renamed.values.map(\.label) == ["c2_transactionId", "c2_energy_Wh", "energia"])
        #expect(labels.label(of: "energia") == "energy")
        #expect(
            Actuation.read(Array(#"{"ligar":"TAG"}"#.utf8), labels: AttributeLabels(["remoteStart": "ligar"])).count
                == 1)
    }
}
