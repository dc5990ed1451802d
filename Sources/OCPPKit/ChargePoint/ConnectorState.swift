/// A connector of a simulated charge point, with the session that runs on it.
struct ConnectorState: Sendable {
    /// A session that is being prepared or charges.
    struct Session: Sendable {
        enum Phase: Sendable {
            case authorizing
            case awaitingCable(until: Timestamp)
            case charging(ChargingSession)
        }

        let spec: SessionSpec
        /// The simulated driver pulls the cable by itself when it is over.
        let unplugsByItself: Bool
        var phase: Phase = .authorizing
    }

    struct ChargingSession: Sendable {
        let transaction: Int
        var charging: Charging
        let endsAt: Timestamp
        var nextSample: Timestamp?
        /// What StopTransaction's transactionData will hold.
        var transactionData: [MeterValue] = []
    }

    let id: Int
    let model: ConnectorModel
    /// The lifetime register in mJ, without what the running session has delivered.
    var registerMillijoules: Int64
    var isPluggedIn = false
    var isOperative = true
    /// Takes effect when the session is over.
    var scheduledOperative: Bool?
    var fault: ChargePointErrorCode?
    var session: Session?
    /// A session is over and the cable still in.
    var isFinishing = false
    var unplugAt: Timestamp?
    /// Sessions to run, and when the first of them may begin.
    var waiting: [SessionSpec] = []
    var nextStart: Timestamp?
    /// What the central system was last told.
    var reported: (status: ChargePointStatus, errorCode: ChargePointErrorCode)?

    init(id: Int, model: ConnectorModel, registerWattHours: Int64) {
        self.id = id
        self.model = model
        registerMillijoules = registerWattHours * millijoulesPerWattHour
    }

    var chargingSession: ChargingSession? {
        if case .charging(let charging) = session?.phase { charging } else { nil }
    }

    /// Whether nobody uses it and a session could begin.
    var isFree: Bool { session == nil && !isFinishing && isOperative && fault == nil }

    var status: ChargePointStatus {
        if fault != nil { return .faulted }
        if chargingSession != nil { return .charging }
        if !isOperative { return .unavailable }
        if session != nil { return .preparing }
        if isPluggedIn { return isFinishing ? .finishing : .preparing }
        return .available
    }

    /// What the meter shows; `charging` is that of the running session, brought up to the time.
    func sample(at time: Timestamp, context: ReadingContext) -> MeterReading {
        let charging = chargingSession?.charging
        return MeterReading(
            time: time, context: context, supply: model.supply,
            registerMillijoules: registerMillijoules + (charging?.delivered ?? 0),
            watts: charging?.watts ?? 0,
            millivolts: charging.map { $0.battery.millivolts(at: $0.charge) } ?? 0,
            stateOfCharge: charging.map { $0.charge / 10_000 })
    }
}

extension ConnectorState {
    mutating func advance(to time: Timestamp) {
        guard var charging = chargingSession else { return }
        charging.charging.advance(to: time)
        session?.phase = .charging(charging)
    }
}
