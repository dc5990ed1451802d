/// One charging session, as far as its frames have told: the columns of a row, and what folding needs to go on.
public struct Session: Sendable, Equatable {
    /// Counts the sessions in the order of their first frames; unique in a folder and never used again.
    public let number: Int
    /// `nil` where the log does not tell.
    public let chargePointId: String?
    /// As the charge point gave it; never guessed, so `nil` where only a stop was seen.
    public internal(set) var connectorId: Int64?
    /// When its first frame was seen; `nil` where the log does not tell.
    public let firstArrival: Timestamp?
    /// `nil` where the start was not seen.
    public internal(set) var startEvent: Event?
    /// The first stop; later ones are taken for repetitions. `nil` while none was seen.
    public internal(set) var stopEvent: Event?

    /// A StartTransaction or a StopTransaction.
    public struct Event: Sendable, Equatable {
        /// The charge point's own time; `nil` where it cannot be read.
        public var time: Timestamp?
        /// When the first frame of it was seen; `nil` where the log does not tell.
        public var arrival: Timestamp?
        /// The register in Wh, as it was sent.
        public var meter: ExactDecimal?
        public var idTag: String?
        /// A stop's: the id that it names.
        public var transactionId: Int64?
        /// A stop's: as it was sent; `nil` means Local.
        public var reason: String?

        /// The own time, where the clock that gave it was set.
        var trustedTime: Timestamp? { time.flatMap { $0.isOfWrongClock ? nil : $0 } }

        var isLate: Bool {
            guard let arrival, let trustedTime else { return false }
            return arrival - trustedTime > Session.lateAfterMilliseconds
        }
    }

    /// What the central system said to a start.
    struct StartAnswer: Sendable, Equatable {
        var transactionId: Int64?
        var isAccepted: Bool
    }

    /// The transaction id that meter values or a stop named, where no start was seen.
    var namedTransactionId: Int64?
    /// One for each answered start frame; repeated starts may have been given different ids.
    var startAnswers: [StartAnswer] = []
    /// Start and stop frames of it whose answers were not seen yet.
    var pending: [PendingAnswer] = []
    /// What a repeated start or stop is known by.
    var keys: [String] = []
    /// The highest power of instants that are over, in W.
    var highestPower: ExactDecimal?
    /// The last instant with power; more of it may come.
    var lastInstant: PowerInstant?
    /// The last reading of the energy register.
    var lastReading: RegisterReading?
    /// Flags that stay once they were found; the others follow from the data.
    var noted: Set<SessionFlag> = []

    static let lateAfterMilliseconds: Int64 = 5 * 60 * 1000

    init(number: Int, chargePointId: String?, connectorId: Int64?, firstArrival: Timestamp?) {
        self.number = number
        self.chargePointId = chargePointId
        self.connectorId = connectorId
        self.firstArrival = firstArrival
    }
}

// The columns that are worked out.
extension Session {
    public var status: SessionStatus {
        if startEvent == nil { return stopEvent == nil ? .open : .stopOnly }
        if startAnswers.isEmpty { return .startUnanswered }
        return stopEvent == nil ? .open : .complete
    }

    /// Whether a stop was seen.
    public var isEnded: Bool { stopEvent != nil }

    /// The id that the start was answered with; of several, the one that the stop names, else the first. Without a
    /// start, the id that the charge point named.
    public var transactionId: Int64? {
        startEvent == nil ? namedTransactionId : decisiveAnswer?.transactionId
    }

    private var decisiveAnswer: StartAnswer? {
        guard startAnswers.count > 1 else { return startAnswers.first }
        return startAnswers.first { $0.transactionId != nil && $0.transactionId == stopEvent?.transactionId }
            ?? startAnswers.first
    }

    /// The tag of the start; where none was seen, the stop's.
    public var idTag: String? { startEvent == nil ? stopEvent?.idTag : startEvent?.idTag }
    /// The charge point's own time of the start.
    public var start: Timestamp? { startEvent?.time }
    /// The charge point's own time of the stop.
    public var stop: Timestamp? { stopEvent?.time }
    public var meterStartWh: ExactDecimal? { startEvent?.meter }
    public var meterStopWh: ExactDecimal? { stopEvent?.meter }

    /// Stop minus start, in whole seconds, truncated; negative where the stop is before the start. Where either has no
    /// time of a clock that was set, by their arrivals; `nil` where these are unknown too.
    public var durationSeconds: Int64? {
        guard let startEvent, let stopEvent else { return nil }
        if let start = startEvent.trustedTime, let stop = stopEvent.trustedTime { return (stop - start) / 1000 }
        guard let start = startEvent.arrival, let stop = stopEvent.arrival else { return nil }
        return (stop - start) / 1000
    }

    /// The meter at the stop minus the meter at the start, in Wh, exactly; `nil` unless both are known.
    public var energyWh: ExactDecimal? {
        guard let meterStartWh, let meterStopWh else { return nil }
        return meterStopWh - meterStartWh
    }

    /// Why it stopped, as the charge point said; `Local` where a stop gives no reason.
    public var reason: String? { stopEvent.map { $0.reason ?? "Local" } }

    /// In alphabetical order.
    public var flags: [SessionFlag] {
        var flags = noted
        flags.remove(.stopMissing)
        func set(_ flag: SessionFlag, _ applies: Bool?) {
            if applies == true { flags.insert(flag) }
        }
        let events = [startEvent, stopEvent].compactMap(\.self)
        set(.clockNotSet, events.contains { $0.time != nil && $0.trustedTime == nil })
        set(.deliveredLate, events.contains(where: \.isLate))
        set(.energyNegative, energyWh.map { $0 < ExactDecimal(0) })
        set(.idTagNotAccepted, decisiveAnswer.map { !$0.isAccepted })
        set(.reasonDefaulted, stopEvent.map { $0.reason == nil })
        set(.startMissing, startEvent == nil)
        set(.startUnanswered, status == .startUnanswered)
        set(.stopMissing, status == .open && noted.contains(.stopMissing))
        if let start = startEvent?.trustedTime, let stop = stopEvent?.trustedTime {
            set(.stopBeforeStart, stop < start)
        }
        return flags.sorted()
    }

    /// The time that filters and days go by: the start's, else the stop's, of clocks that were set; else the first
    /// arrival; else whatever the charge point said.
    public var moment: Timestamp? {
        startEvent?.trustedTime ?? stopEvent?.trustedTime ?? firstArrival ?? start ?? stop
    }
}
