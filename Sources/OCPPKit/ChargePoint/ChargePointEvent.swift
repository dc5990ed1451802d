/// What a simulated charge point is given.
public enum ChargePointInput: Sendable {
    /// The WebSocket is open.
    case connected
    /// The WebSocket is gone, or could not be opened.
    case disconnected
    /// A whole text message.
    case received([UInt8])
    /// `nextDeadline` has come; nothing else happened.
    case timer
    case order(Order)

    /// What the people at the charge point do.
    public enum Order: Sendable {
        /// Run a session as soon as the connector is free: plug in, present the tag, charge, stop, unplug.
        case run(SessionSpec)
        case plugIn(connectorId: Int)
        /// Starts a session, or stops the one that the same tag started. Without a cable it waits ConnectionTimeOut.
        case presentTag(connectorId: Int, idTag: String)
        /// The stop button.
        case stop(connectorId: Int)
        case unplug(connectorId: Int)
        /// What is broken; `nil` once it is repaired.
        case fault(connectorId: Int, errorCode: ChargePointErrorCode?)
        /// Sends a CALL as soon as the charge point is accepted; the payload is JSON text of an object.
        case call(action: String, payload: [UInt8])
    }
}

/// What a simulated charge point wants done.
public enum ChargePointEffect: Sendable, Equatable {
    /// A whole text message.
    case send([UInt8])
    /// Close the connection and open a new one: the charge point boots again.
    case reconnect
    case event(ChargePointEvent)
    case sessionFinished(SessionResult)
}

/// What happened, for people.
public enum ChargePointEvent: Sendable, Equatable {
    /// A Heartbeat, or the next try, follows after the interval.
    case booted(registration: RegistrationStatus, intervalSeconds: Int64)
    /// Connector 0 is the charge point itself.
    case status(connectorId: Int, status: ChargePointStatus)
    case sessionStarted(connectorId: Int, idTag: String, meterStart: Int64)
    case progress(SessionProgress)
    case sessionStopped(connectorId: Int, meterStop: Int64, reason: Reason)
    /// A command was answered: its action, and the answer's status or error code.
    case answered(action: String, outcome: String)
    /// What the charge point tells of a work or by an order, and what its answers say.
    case told(action: String, what: String)
    case timedOut(action: String)
    /// A transaction message was tried as often as TransactionMessageAttempts allows.
    case givenUp(action: String)
    case rebooting(ResetType)
    /// The central system broke the protocol.
    case breach(String)
}

/// How far a session has come.
public struct SessionProgress: Sendable, Equatable {
    public let connectorId: Int
    public let idTag: String
    /// Delivered so far, in Wh.
    public let energy: ExactDecimal
    /// Asked for, in Wh.
    public let targetWattHours: Int64
    public let watts: Int64
    /// The vehicle's state of charge in percent; `nil` over AC, where it is not told.
    public let stateOfCharge: Int64?
}

/// What became of a session that was ordered.
public struct SessionResult: Sendable, Equatable {
    public enum Outcome: String, Sendable {
        /// It delivered what was asked, or lasted as long as it was told to, and the stop was answered.
        case completed
        /// Something else ended it: a command, a fault, a cable pulled; `reason` says which.
        case cutShort
        /// The central system did not accept the tag.
        case refused
        /// The start or the stop was given up.
        case undelivered
    }

    public let connectorId: Int
    public let idTag: String
    public var outcome: Outcome
    /// `nil` where the start was never answered.
    public var transactionId: Int64?
    /// Both in Wh, 0 where charging never began.
    public var meterStart: Int64 = 0
    public var meterStop: Int64 = 0
    /// StopTransaction's reason; where charging never began, why.
    public var reason: String?
}

extension ChargePointEvent: CustomStringConvertible {
    public var description: String {
        switch self {
        case .booted(.accepted, let interval): "boot accepted, heartbeat every \(interval) s"
        case .booted(let registration, let interval):
            "boot \(registration.rawValue.lowercased()), again in \(interval) s"
        case .status(0, let status): "charge point \(status.rawValue)"
        case .status(let connector, let status): "connector \(connector) \(status.rawValue)"
        case .sessionStarted(let connector, let tag, let meter):
            "connector \(connector): \(tag) charges from \(meter) Wh"
        case .progress(let progress): progress.description
        case .sessionStopped(let connector, let meter, let reason):
            "connector \(connector): stopped at \(meter) Wh (\(reason.rawValue))"
        case .answered(let action, let outcome): "\(action) answered \(outcome)"
        case .told(let action, let what): "\(action): \(what)"
        case .timedOut(let action): "\(action) was not answered in time"
        case .givenUp(let action): "\(action) given up"
        case .rebooting(let kind): "\(kind.rawValue.lowercased()) reset"
        case .breach(let text): "protocol: \(text)"
        }
    }
}

extension SessionProgress: CustomStringConvertible {
    /// `connector 1: 12.5 of 20 kWh, 50 kW, 41 %`.
    public var description: String {
        let target = ExactDecimal(mantissa: targetWattHours, exponent: -3)
        let delivered = ExactDecimal(mantissa: (energy.shifted(by: 3).wholeNumber ?? 0) / 10_000, exponent: -2)
        let power = ExactDecimal(mantissa: watts / 100, exponent: -1)
        return "connector \(connectorId): \(delivered) of \(target) kWh, \(power) kW"
            + (stateOfCharge.map { ", \($0) %" } ?? "")
    }
}
