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
        /// When it is over as things stand, or when to look again.
        var endsAt: Timestamp
        /// When it is over whatever has been delivered.
        let stopsAt: Timestamp?
        /// When a charging profile allows something else.
        var limitUntil: Timestamp?
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
    /// Kept for a tag by its own id.
    var isReserved = false
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
        if let charging = chargingSession?.charging { return charging.limitWatts == 0 ? .suspendedEVSE : .charging }
        if !isOperative { return .unavailable }
        if session != nil { return .preparing }
        if isPluggedIn { return isFinishing ? .finishing : .preparing }
        return isReserved ? .reserved : .available
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

    /// Whether a charging profile holds the session back.
    var isLimited: Bool { chargingSession.map { $0.charging.limitWatts < wantedWatts } ?? false }

    private var wantedWatts: Int64 { session?.spec.maximumWatts ?? model.maximumWatts }

    /// - Parameter watts: what charging profiles allow; `nil` for no limit.
    mutating func limit(toWatts watts: Int64?, until: Timestamp?, at now: Timestamp) {
        guard var charging = chargingSession else { return }
        charging.limitUntil = until
        let limit = min(wantedWatts, watts ?? wantedWatts)
        if limit != charging.charging.limitWatts {
            charging.charging.setLimit(limit)
            charging.foresee(at: now)
        }
        session?.phase = .charging(charging)
    }
}

extension ConnectorState.ChargingSession {
    /// How far ahead the end is looked for: a session that gets no power has none.
    static let foresight: Int64 = 86_400_000

    /// Works out `endsAt`.
    mutating func foresee(at now: Timestamp) {
        let completion = charging.predictedCompletion(within: Self.foresight)
        endsAt = earliest(completion ?? now.adding(milliseconds: Self.foresight), stopsAt) ?? now
    }
}
