import Testing

@testable import OCPPKit

/// A log in short and the rows that it must yield, worked out by hand.
struct SessionScenario: Sendable, CustomTestStringConvertible {
    let name: String
    let lines: [SessionLogLine]
    /// CSV without header and charge point; times of the scenarios' day without date, milliseconds and zone.
    let rows: [String]

    init(_ name: String, _ lines: [SessionLogLine], _ rows: String...) {
        self.name = name
        self.lines = lines
        self.rows = rows
    }

    var testDescription: String { name }

    var records: [FrameRecord] { lines.map { $0.record() } }

    static func rows(of sessions: [Session]) -> [String] {
        let table = SessionTable(columns: Session.Column.allCases.filter { $0 != .chargePointId })
        return sessions.map { session in
            String(decoding: table.csvLine(session).dropLast(2), as: UTF8.self)
                .replacing("\(day)T", with: "").replacing(".000Z", with: "")
        }
    }
}

/// The day of the scenarios' times.
private let day = "2026-05-01"

/// One frame of a log.
struct SessionLogLine: Sendable {
    var direction: Direction?
    var raw: String
    var arrival: Timestamp?

    /// The same, seen at `10:00` of the scenarios' day.
    func seen(_ time: String) -> SessionLogLine {
        var line = self
        line.arrival = Timestamp(rfc3339: full(time))!
        return line
    }

    /// The same in a log that does not tell directions.
    var undirected: SessionLogLine {
        var line = self
        line.direction = nil
        return line
    }

    func record(station: String? = "CP1") -> FrameRecord {
        let frame = try! Frame.read(Array(raw.utf8))
        return FrameRecord(
            timestamp: arrival, chargePointId: station, direction: direction, frame: frame,
            violations: frame.kind == .call ? Validator.violations(of: frame, answering: nil) : [])
    }
}

/// `10:00`, `10:00:30` and `10:00:30.500` are times of the scenarios' day; anything else stands for itself.
fileprivate func full(_ time: String) -> String {
    switch time.utf8.count {
    case 5: "\(day)T\(time):00Z"
    case 8, 12: "\(day)T\(time)Z"
    default: time
    }
}

extension SessionLogLine {
    static func call(_ id: String, _ action: String, _ payload: String, from direction: Direction = .fromChargePoint)
        -> SessionLogLine
    {
        SessionLogLine(direction: direction, raw: "[2,\"\(id)\",\"\(action)\",\(payload)]")
    }

    static func result(_ id: String, _ payload: String = "{}", from direction: Direction = .fromCentralSystem)
        -> SessionLogLine
    {
        SessionLogLine(direction: direction, raw: "[3,\"\(id)\",\(payload)]")
    }

    static func refusal(_ id: String) -> SessionLogLine {
        SessionLogLine(direction: .fromCentralSystem, raw: "[4,\"\(id)\",\"InternalError\",\"\",{}]")
    }

    /// A StartTransaction; `meter` is JSON.
    static func start(_ id: String, _ connector: Int = 1, tag: String = "T1", meter: String = "100", at time: String)
        -> SessionLogLine
    {
        call(
            id, "StartTransaction",
            #"{"connectorId":\#(connector),"idTag":"\#(tag)","meterStart":\#(meter),"timestamp":"\#(full(time))"}"#)
    }

    /// The answer to a StartTransaction.
    static func started(_ id: String, _ transaction: Int64, _ status: String = "Accepted") -> SessionLogLine {
        result(id, #"{"idTagInfo":{"status":"\#(status)"},"transactionId":\#(transaction)}"#)
    }

    /// A StopTransaction; `more` are further members, each with a comma before it.
    static func stop(
        _ id: String, _ transaction: Int64, meter: String = "8100", at time: String,
        more: String = #","reason":"Local""#
    ) -> SessionLogLine {
        call(
            id, "StopTransaction",
            #"{"transactionId":\#(transaction),"meterStop":\#(meter),"timestamp":"\#(full(time))"\#(more)}"#)
    }

    /// A MeterValues of one instant.
    static func values(
        _ id: String, _ transaction: Int64?, _ connector: Int = 1, at time: String, _ samples: SessionLogSample...
    ) -> SessionLogLine {
        let transaction = transaction.map { #""transactionId":\#($0),"# } ?? ""
        return call(
            id, "MeterValues",
            #"{"connectorId":\#(connector),\#(transaction)"meterValue":[\#(instant(time, samples))]}"#)
    }

    static func instant(_ time: String, _ samples: [SessionLogSample]) -> String {
        #"{"timestamp":"\#(full(time))","sampledValue":[\#(samples.map(\.json).joined(separator: ","))]}"#
    }

    static func status(_ id: String, _ connector: Int, _ status: String, at time: String) -> SessionLogLine {
        call(
            id, "StatusNotification",
            #"{"connectorId":\#(connector),"errorCode":"NoError","status":"\#(status)","timestamp":"\#(full(time))"}"#)
    }
}

/// A sample in a meter value.
struct SessionLogSample: Sendable {
    let json: String

    init(_ json: String) { self.json = json }

    static func power(
        _ value: String, phase: String? = nil, unit: String = "W", measurand: String = "Power.Active.Import"
    ) -> SessionLogSample {
        let phase = phase.map { #","phase":"\#($0)""# } ?? ""
        return SessionLogSample(#"{"value":"\#(value)","measurand":"\#(measurand)","unit":"\#(unit)"\#(phase)}"#)
    }

    /// The measurand is left out: the energy register.
    static func register(_ value: String, unit: String = "Wh") -> SessionLogSample {
        SessionLogSample(#"{"value":"\#(value)","unit":"\#(unit)"}"#)
    }
}
