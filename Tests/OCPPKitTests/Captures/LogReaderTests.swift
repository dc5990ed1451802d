import OCPPKit
import Testing

@Suite struct LogReaderTests {
    private func records(_ text: String, _ options: LogOptions = LogOptions()) -> [FrameRecord] {
        readLog(text, options: options).compactMap(\.record)
    }

    @Test(
        "Direction, charge point and time as the line tells them",
        arguments: [
            (#"2025-03-01T08:00:00Z cp1 > [3,"a",{}]"#, Direction.fromChargePoint, "cp1", "2025-03-01T08:00:00.000Z"),
            (#"- cp1 < [3,"a",{}]"#, .fromCentralSystem, "cp1", nil),
            (#"2025/03/01 08:00:00 recv cp1: [3,"a",{}]"#, .fromChargePoint, "cp1", nil),
            (
                #"2025-03-01 08:00:00,250+0100 send cp1: [3,"a",{}]"#, .fromCentralSystem, "cp1",
                "2025-03-01T07:00:00.250Z"
            ),
            (#"[chargeBoxId=cp1, sessionId=7] Sending: [3,"a",{}]"#, .fromCentralSystem, "cp1", nil),
            (#"INFO:ocpp:cp1: receive message [3,"a",{}]"#, .fromChargePoint, "cp1", nil),
            (#"(MainThread) [ocpp] : send [3,"a",{}]"#, .fromCentralSystem, nil, nil),
            (#"[MO] Send: [3,"a",{}]"#, .fromChargePoint, nil, nil),
            (#"x.c:681:<- [3,"a",{}]"#, .fromCentralSystem, nil, nil),
            (#"from wss://h:1/ocpp/cp1 received [3,"a",{}]"#, .fromChargePoint, "cp1", nil),
            (
                #"time=2025-03-01T08:00:00Z cp=cp1 dir=out msg="[3,\"a\",{}]""#, .fromCentralSystem, "cp1",
                "2025-03-01T08:00:00.000Z"
            ),
            (
                #"{"ts":1740816000123,"chargePointId":"cp1","direction":"from-station","m":"[3,\"a\",{}]"}"#,
                .fromChargePoint, "cp1", "2025-03-01T08:00:00.123Z"
            ),
            (#"GET /ocpp/cp1 HTTP/1.1 received [3,"a",{}]"#, .fromChargePoint, "cp1", nil),
            (#"GET /status received [3,"a",{}]"#, .fromChargePoint, nil, nil),
            (#"BUDGET /ocpp/cp1 received [3,"a",{}]"#, .fromChargePoint, nil, nil),
            (#"url=/ws/CentralSystemService/cp1 received [3,"a",{}]"#, .fromChargePoint, "cp1", nil),
            (#"path="/ocpp16/cp1?x=1" received [3,"a",{}]"#, .fromChargePoint, "cp1", nil),
            (#"file=/ws/ocpp/cp1 received [3,"a",{}]"#, .fromChargePoint, nil, nil),
            (#"11:10:02.980 [3,"a",{}]"#, nil, nil, nil),
            (#"Unable to parse: [3,"a",{}]"#, nil, nil, nil),
        ] as [(String, Direction?, String?, String?)])
    func told(line: String, direction: Direction?, chargePoint: String?, time: String?) {
        let record = records(line).first
        #expect(record?.direction == direction)
        #expect(record?.chargePointId == chargePoint)
        #expect(record?.timestamp?.description == time)
    }

    @Test("The action tells the direction, and who writes the log; an answer goes the other way")
    func direction() {
        let log = """
            send [2,"1","Heartbeat",{}]
            receive [3,"1",{}]
            send [2,"2","DataTransfer",{"vendorId":"A"}]
            receive [2,"3","Reset",{"type":"Soft"}]
            [3,"3",{"status":"Accepted"}]
            [3,"orphan",{}]
            """
        let found = records(log)
        #expect(
            found.map(\.direction) == [
                .fromChargePoint, .fromCentralSystem, .fromChargePoint, .fromCentralSystem, .fromChargePoint, nil,
            ])
        #expect(found.map(\.action) == ["Heartbeat", "Heartbeat", "DataTransfer", "Reset", "Reset", nil])
    }

    @Test("A given perspective goes before what the format suggests")
    func perspective() {
        let line = #"send [3,"1",{}]"#
        #expect(records(line, LogOptions(perspective: .chargePoint)).first?.direction == .fromChargePoint)
        #expect(records(line, LogOptions(perspective: .centralSystem)).first?.direction == .fromCentralSystem)
    }

    @Test("Local times are taken with a zone only")
    func zone() {
        let line = #"2025-03-01 08:00:00 [2,"1","Heartbeat",{}]"#
        #expect(records(line).first?.timestamp == nil)
        let options = LogOptions(zone: { $0.adding(milliseconds: -3_600_000) })
        #expect(records(line, options).first?.timestamp?.description == "2025-03-01T07:00:00.000Z")
    }

    @Test("Answers tell how long they took; across files too")
    func pairing() {
        var reader = LogReader(options: LogOptions(chargePointId: "cp1"))
        var found: [FrameRecord] = []
        for line in [#"2025-03-01T08:00:00.000Z [2,"1","Heartbeat",{}]"#, #"2025-03-01T08:00:00.125Z [3,"1",{}]"#] {
            reader.open("log.\(found.count)")
            reader.read(Array(line.utf8)) { found.append($0.record!) }
            reader.close { found.append($0.record!) }
        }
        #expect(found.map(\.chargePointId) == ["cp1", "cp1"])
        #expect(found.last?.responseMilliseconds == 125)
        #expect(found.last?.source == FrameRecord.Source(file: "log.1", line: 1))
        #expect(found.last?.violations.map(\.code) == [.missing])
        #expect(reader.unansweredCalls == 0)
        #expect(reader.orphanResults == 0)
    }

    @Test("Lines are counted, also within frames of several lines")
    func lineNumbers() {
        let items = readLog("\r\n[2,\"1\",\"Heartbeat\",\n{}] [3,\"1\",{}]\r\n\n[2,\"2\"")
        #expect(items.compactMap { $0.record?.source?.line } == [2, 3])
        #expect(items.last?.unreadable?.source?.line == 5)
    }

    @Test("Records of other kinds are given where they are asked for")
    func otherRecords() {
        let log = Array("{\"record\":\"session\",\"chargePointId\":\"CP1\"}\nCP1 [2,\"1\",\"Heartbeat\",{}]\n".utf8)
        func kinds(_ givesRecords: Bool) -> [String] {
            var options = LogOptions()
            options.givesRecords = givesRecords
            var reader = LogReader(options: options)
            var kinds: [String] = []
            func take(_ item: LogItem) {
                switch item {
                case .frame, .sound: kinds.append("frame")
                case .unreadable: kinds.append("unreadable")
                case .record(let record): kinds.append(record["record"]?.text ?? "")
                case .connection: kinds.append("connection")
                }
            }
            reader.open("x")
            reader.read(log, take)
            reader.close(take)
            return kinds
        }
        #expect(kinds(true) == ["session", "frame"])
        #expect(kinds(false) == ["frame"])
    }

    @Test("Our own records are read as they were written")
    func records() {
        var writer = JSONWriter()
        let items = readLog("2025-03-01T08:00:00Z cp1 > [2,\"1\",\"Heartbeat\",{\"a\":1}]\n- cp1 < [3,\"1\",{")
        for item in items { item.write(to: &writer) }
        let again = readLog(writer.text)
        #expect(again.count == 1)
        var second = JSONWriter()
        again.first?.record?.write(to: &second)
        #expect(writer.text.hasPrefix(second.text))
    }

    @Test("Hostile lines are read in time that grows with their length")
    func hostile() {
        // Were the time to grow with the square of the length, these would take minutes.
        let size = 1 << 17
        let lines = [
            String(repeating: "[", count: size), String(repeating: "[2,", count: size / 3),
            String(repeating: "[2,\"", count: size / 4), String(repeating: "[2,\"a\",", count: size / 7),
            String(repeating: "'[2,\"a", count: size / 6), String(repeating: "\\'[2,\"a", count: size / 7),
            String(repeating: "[2,\\\"a", count: size / 6), String(repeating: "[2,\"\"a", count: size / 6),
            String(repeating: "{\"messageTypeId\":", count: size / 17), String(repeating: "[ ", count: size / 2),
            String(repeating: "{\"payload\":{\"uniqueId\":1,", count: size / 25), String(repeating: "=", count: size),
            String(repeating: "s://", count: size / 4) + " [2,\"a\"]", String(repeating: "\0", count: size),
            "[2,\"" + String(repeating: "a", count: size),
            "[2,\"a\",\"X\",{" + String(repeating: "\"b\":[", count: size / 5),
        ]
        let clock = ContinuousClock()
        for line in lines {
            let time = clock.measure { _ = readLog(line) }
            #expect(time < .seconds(20), "\(line.prefix(20))")
        }
        let many = String(repeating: "[2,\"a\",\n", count: 20_000)
        #expect(clock.measure { _ = readLog(many) } < .seconds(20))
    }

    @Test("A long line, NUL bytes and bytes that are no UTF-8 keep no frame from being read")
    func oddBytes() {
        var bytes = [UInt8](repeating: UInt8(ascii: "x"), count: 1 << 20)
        bytes += [0, 0xFF, 0xC0] + Array(#" [2,"1","Heartbeat",{}]"#.utf8)
        #expect(readLog(bytes).count == 1)
        bytes = Array(#"[2,"1","DataTransfer",{"vendorId":""#.utf8) + [0xFF] + Array(#""}]"#.utf8)
        #expect(readLog(bytes).first?.unreadable?.error.code == .json)
        let long = "[2,\"1\",\"DataTransfer\",{\"vendorId\":\"" + String(repeating: "v", count: 1 << 20) + "\"}]"
        #expect(records(long).count == 1)
    }
}
