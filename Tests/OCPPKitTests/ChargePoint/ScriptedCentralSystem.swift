import OCPPKit

/// A central system in a few lines, and the clock: runs a `SimulatedChargePoint` through simulated time.
struct ScriptedCentralSystem {
    /// Answers the charge point's CALLs; `nil` stays silent.
    typealias Answer = (_ action: String, _ payload: JSONNode) -> String?

    var chargePoint: SimulatedChargePoint
    var now: Timestamp
    var isConnected = false
    var answer: Answer?
    /// All frames of both sides, in order.
    private(set) var frames: [(time: Timestamp, direction: Direction, frame: Frame)] = []
    private(set) var events: [ChargePointEvent] = []
    private(set) var results: [SessionResult] = []
    private(set) var reconnects = 0
    /// In what ways the charge point broke the specification.
    private(set) var violations: [Violation] = []
    private var lastCommand = ""
    private var lastTransactionId = 100

    static let start = Timestamp(rfc3339: "2026-11-22T08:00:00Z")!

    init(_ adjust: (inout SimulatedChargePoint.Options) -> Void = { _ in }) {
        var options = SimulatedChargePoint.Options()
        adjust(&options)
        now = ScriptedCentralSystem.start
        chargePoint = SimulatedChargePoint(options: options, start: now) { "m\($0)" }
    }

    /// Connected and accepted, with everything said that is said after a boot.
    static func booted(_ adjust: (inout SimulatedChargePoint.Options) -> Void = { _ in }) -> ScriptedCentralSystem {
        var system = ScriptedCentralSystem(adjust)
        system.connect()
        system.run(seconds: 1)
        return system
    }

    mutating func connect() {
        isConnected = true
        give(.connected)
    }

    mutating func disconnect() {
        isConnected = false
        give(.disconnected)
    }

    mutating func order(_ order: ChargePointInput.Order) { give(.order(order)) }

    /// Lets time pass, deadline by deadline.
    mutating func run(seconds: Int64) {
        let end = now.adding(milliseconds: seconds * 1000)
        while let due = chargePoint.nextDeadline, due <= end {
            now = max(now, due)
            give(.timer)
        }
        now = end
        give(.timer)
    }

    /// Sends a CALL and returns the answer.
    mutating func command(_ action: String, _ payload: String) -> Frame? {
        lastCommand = action
        give(.received(Array("[2,\"c\(frames.count)\",\"\(action)\",\(payload)]".utf8)))
        return frames.last { $0.direction == .fromChargePoint && $0.frame.kind != .call }?.frame
    }

    mutating func give(_ input: ChargePointInput) {
        if case .received(let bytes) = input, let frame = try? Frame.read(bytes) {
            frames.append((now, .fromCentralSystem, frame))
        }
        for effect in chargePoint.handle(input, at: now) {
            switch effect {
            case .event(let event): events.append(event)
            case .sessionFinished(let result): results.append(result)
            case .reconnect:
                reconnects += 1
                give(.disconnected)
                give(.connected)
            case .send(let bytes):
                guard let frame = try? Frame.read(bytes) else { preconditionFailure("no frame: \(bytes)") }
                frames.append((now, .fromChargePoint, frame))
                violations += Validator.violations(of: frame, answering: lastCommand)
                guard frame.kind == .call, isConnected, let reply = reply(to: frame) else { continue }
                give(.received(Array(reply.utf8)))
            }
        }
    }

    private mutating func reply(to frame: Frame) -> String? {
        let action = frame.action ?? ""
        let payload: String?
        if let answer {
            guard let scripted = answer(action, frame.payload!) else { return nil }
            if scripted.hasPrefix("[") { return scripted }
            payload = scripted.isEmpty ? nil : scripted
        } else {
            payload = nil
        }
        return "[3,\"\(frame.messageId)\",\(payload ?? standardAnswer(action))]"
    }

    private mutating func standardAnswer(_ action: String) -> String {
        switch action {
        case "BootNotification": return #"{"status":"Accepted","currentTime":"\#(now)","interval":300}"#
        case "Heartbeat": return #"{"currentTime":"\#(now)"}"#
        case "Authorize": return #"{"idTagInfo":{"status":"Accepted"}}"#
        case "StartTransaction":
            lastTransactionId += 1
            return #"{"transactionId":\#(lastTransactionId),"idTagInfo":{"status":"Accepted"}}"#
        default: return "{}"
        }
    }

    /// The charge point's CALLs of these actions, in order; without any, all of them.
    func calls(_ actions: String...) -> [(time: Timestamp, action: String, payload: JSONNode)] {
        frames.filter { $0.direction == .fromChargePoint && $0.frame.kind == .call }
            .map { ($0.time, $0.frame.action!, $0.frame.payload!) }
            .filter { actions.isEmpty || actions.contains($0.action) }
    }

    /// The statuses that a connector reported, in order.
    func statuses(ofConnector connectorId: Int64) -> [String] {
        calls("StatusNotification").filter { $0.payload["connectorId"]?.integer == connectorId }
            .compactMap { $0.payload["status"]?.text }
    }

    var breaches: [String] {
        events.compactMap { if case .breach(let text) = $0 { text } else { nil } }
    }
}

extension JSONNode {
    /// The value of a measurand in a MeterValues payload, the one without a phase or of the phase given.
    func sampled(_ measurand: String, phase: String? = nil) -> ExactDecimal? {
        let samples = self["meterValue"]?.elements.flatMap { $0["sampledValue"]?.elements.map { $0 } ?? [] } ?? []
        return samples.first { $0["measurand"]?.text == measurand && $0["phase"]?.text == phase }?["value"]?.text
            .flatMap { ExactDecimal($0) }
    }
}
