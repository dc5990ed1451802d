import OCPPKit
import WebEndpoints

/// A charge point under load: where it stands, and what it sends next. Its frames are written as text, since a load
/// generator must cost less than what it measures.
struct LoadStation {
    enum Phase {
        case offline, connecting
        /// Boots, or begins the transaction whose meter values it sends.
        case preparing
        case idle
        /// A CALL of the load is on its way.
        case busy
    }

    let id: String
    let number: Int
    var phase = Phase.offline
    var client: WebSocketClient?
    /// What the answer on its way answers, and when the CALL went out or should have, in microseconds.
    var messageId = ""
    var sent: Int64 = 0
    var delayMilliseconds = LoadStation.firstDelayMilliseconds
    /// When its connection was lost, in microseconds; 0 while it never was.
    var lost: Int64 = 0

    private var count = 0
    private var meter = 1000
    /// Whether it has asked to start the transaction whose meter values it sends.
    private(set) var hasStarted = false
    private var transactionId: Int64 = 0
    /// Whether the answer on its way brings a transaction's id.
    private var readsAnswer = false
    /// Where it is in its session.
    private var step = 0

    static let firstDelayMilliseconds = 200
    static let longestDelayMilliseconds = 5000

    init(id: String, number: Int) {
        self.id = id
        self.number = number
    }

    // MARK: What it sends

    mutating func boot() -> [UInt8] {
        call("BootNotification", #"{"chargePointVendor":"ocppctl","chargePointModel":"load"}"#)
    }

    mutating func start(at time: String) -> [UInt8] {
        hasStarted = true
        return call(
            "StartTransaction", #"{"connectorId":1,"idTag":"LOAD","meterStart":\#(meter),"timestamp":"\#(time)"}"#)
    }

    /// The next message of the load.
    mutating func next(_ message: LoadMessage, at time: String) -> [UInt8] {
        switch message {
        case .heartbeat: return call("Heartbeat", "{}")
        case .meterValues: return meterValues(at: time)
        case .session:
            defer { step = (step + 1) % 6 }
            switch step {
            case 0: return call("Authorize", #"{"idTag":"LOAD"}"#)
            case 1: return start(at: time)
            case 2...4: return meterValues(at: time)
            default: return stop(at: time)
            }
        }
    }

    /// After a new connection a transaction begins anew.
    mutating func forgetTransaction() {
        step = 0
        hasStarted = false
    }

    private mutating func stop(at time: String) -> [UInt8] {
        call(
            "StopTransaction", #"{"transactionId":\#(transactionId),"meterStop":\#(meter),"timestamp":"\#(time)"}"#)
    }

    private mutating func meterValues(at time: String) -> [UInt8] {
        meter += 7
        return call(
            "MeterValues",
            """
            {"connectorId":1,"transactionId":\(transactionId),"meterValue":[{"timestamp":"\(time)","sampledValue":[\
            {"value":"\(meter)","measurand":"Energy.Active.Import.Register","unit":"Wh"},\
            {"value":"16.1","measurand":"Current.Import","phase":"L1","unit":"A"},\
            {"value":"230.4","measurand":"Voltage","phase":"L1-N","unit":"V"}]}]}
            """)
    }

    private mutating func call(_ action: String, _ payload: String) -> [UInt8] {
        count += 1
        messageId = "\(number)-\(count)"
        readsAnswer = action == "StartTransaction"
        return Array(#"[2,"\#(messageId)","\#(action)",\#(payload)]"#.utf8)
    }

    // MARK: What it gets

    enum Received {
        case answer
        /// A CALL of the central system, with its message id.
        case call(String)
        /// A CALLERROR's code, or what else is no answer to the CALL on its way.
        case error(String)
    }

    mutating func read(_ message: [UInt8]) -> Received {
        // Most answers need no more than a look at their id.
        if phase == .busy, !readsAnswer, message.starts(with: #"[3,"\#(messageId)","#.utf8) { return .answer }
        guard let frame = try? Frame.read(message) else { return .error("no frame") }
        switch frame.kind {
        case .call: return .call(frame.messageId)
        case .callError: return .error(frame.error?.code ?? "")
        case .callResult:
            guard frame.messageId == messageId else { return .error("an answer that nobody waits for") }
            if let id = frame.payload?["transactionId"]?.integer { transactionId = id }
            if let status = frame.payload?["status"]?.text, status != "Accepted" {
                return .error("BootNotification \(status)")
            }
            return .answer
        }
    }
}
