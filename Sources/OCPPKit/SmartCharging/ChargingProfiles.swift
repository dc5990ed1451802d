/// The charging profiles that a charge point has, and what they allow together (section 3.13).
public struct ChargingProfiles: Sendable {
    /// A profile and the connector that it was set for; 0 is the charge point.
    public struct Entry: Sendable, Equatable {
        public let connectorId: Int64
        public let profile: ChargingProfile
    }

    /// In the order in which they were set.
    public private(set) var entries: [Entry] = []

    public init() {}

    public var isEmpty: Bool { entries.isEmpty }

    /// Whether a profile of that purpose may stand at that connector; says why not.
    public static func objection(to profile: ChargingProfile, atConnector connectorId: Int64) -> String? {
        switch profile.purpose {
        case .chargePointMax where connectorId != 0: "a ChargePointMaxProfile is for connector 0"
        case .tx where connectorId == 0: "a TxProfile is for one connector, not for 0"
        default: nil
        }
    }

    /// Adds a profile. It takes the place of one with the same id, and of one with the same purpose and stack level at
    /// the same connector.
    public mutating func set(_ profile: ChargingProfile, atConnector connectorId: Int64) {
        entries.removeAll { entry in
            entry.profile.id == profile.id
                || (entry.connectorId == connectorId && entry.profile.purpose == profile.purpose
                    && entry.profile.stackLevel == profile.stackLevel)
        }
        entries.append(Entry(connectorId: connectorId, profile: profile))
    }

    /// Removes what matches every value that is given.
    ///
    /// - Returns: how many were removed.
    public mutating func clear(
        id: Int64? = nil, connectorId: Int64? = nil, purpose: ChargingProfile.Purpose? = nil, stackLevel: Int64? = nil
    ) -> Int {
        let before = entries.count
        entries.removeAll { entry in
            (id ?? entry.profile.id) == entry.profile.id
                && (connectorId ?? entry.connectorId) == entry.connectorId
                && (purpose ?? entry.profile.purpose) == entry.profile.purpose
                && (stackLevel ?? entry.profile.stackLevel) == entry.profile.stackLevel
        }
        return before - entries.count
    }

    /// The limit of the charge point as a whole.
    func chargePointMoment(at time: Timestamp) -> LimitMoment {
        prevailing(time, nil) { $0.profile.purpose == .chargePointMax }
    }

    /// The limit of a transaction on a connector, without that of the charge point: its TxProfile, else a
    /// TxDefaultProfile of the connector, else one of connector 0.
    func transactionMoment(ofConnector connectorId: Int64, at time: Timestamp, chargingStart: Timestamp) -> LimitMoment
    {
        var until: Timestamp?
        for (purpose, connector) in [
            (ChargingProfile.Purpose.tx, connectorId), (.txDefault, connectorId), (.txDefault, 0),
        ] {
            let moment = prevailing(time, chargingStart) {
                $0.profile.purpose == purpose && $0.connectorId == connector
            }
            until = earliest(until, moment.until)
            if moment.limit != nil { return LimitMoment(limit: moment.limit, until: until) }
        }
        return LimitMoment(until: until)
    }

    /// The highest stack level that says anything at the time; where one has nothing to say, the next lower one counts.
    private func prevailing(
        _ time: Timestamp, _ chargingStart: Timestamp?, where matches: (Entry) -> Bool
    ) -> LimitMoment {
        var until: Timestamp?
        for entry in entries.filter(matches).sorted(by: { $0.profile.stackLevel > $1.profile.stackLevel }) {
            let moment = entry.profile.moment(at: time, chargingStart: chargingStart)
            until = earliest(until, moment.until)
            if moment.limit != nil { return LimitMoment(limit: moment.limit, until: until) }
        }
        return LimitMoment(until: until)
    }
}

/// What all profiles allow together, for a while: the answer to GetCompositeSchedule (section 5.7).
public struct CompositeSchedule: Sendable, Equatable {
    public let start: Timestamp
    /// Seconds.
    public let duration: Int64
    public let unit: ChargingSchedule.Unit
    /// Neighbours differ.
    public let periods: [ChargingSchedule.Period]

    /// - Parameters:
    ///   - connectorId: 0 asks for the charge point as a whole.
    ///   - maximum: what the hardware can give; no period allows more.
    ///   - chargingStart: of the running transaction; without one, one that begins at `start` is meant.
    public init(
        of profiles: ChargingProfiles, connectorId: Int64, start: Timestamp, duration: Int64,
        unit: ChargingSchedule.Unit, maximum: PowerLimit, supply: GridSupply, chargingStart: Timestamp?
    ) {
        self.start = start
        self.duration = duration
        self.unit = unit
        let end = start.adding(milliseconds: duration * 1000)
        var periods: [ChargingSchedule.Period] = []
        var time = start
        while time < end, periods.count < 1000 {
            let whole = profiles.chargePointMoment(at: time)
            var moment = whole
            if connectorId != 0 {
                let own = profiles.transactionMoment(
                    ofConnector: connectorId, at: time, chargingStart: chargingStart ?? start)
                moment = LimitMoment(
                    limit: supply.lower(own.limit, whole.limit), until: earliest(own.until, whole.until))
            }
            let limit = supply.converted(supply.lower(moment.limit, maximum) ?? maximum, to: unit)
            let second = (time - start) / 1000
            if periods.last?.start == second { periods.removeLast() }
            if periods.last?.limit != limit {
                periods.append(ChargingSchedule.Period(start: second, limit: limit))
            }
            guard let until = moment.until else { break }
            time = until
        }
        self.periods = periods
    }
}

extension CompositeSchedule {
    /// The `chargingSchedule` of the answer.
    var json: JSONValue {
        .object([
            ("duration", .integer(duration)),
            ("startSchedule", .string(start.description)),
            ("chargingRateUnit", .string(unit.rawValue)),
            (
                "chargingSchedulePeriod",
                .array(
                    periods.map { period in
                        var json: JSONValue = .object([
                            ("startPeriod", .integer(period.start)), ("limit", .decimal(period.limit.value)),
                        ])
                        json["numberPhases"] = period.limit.phases.map { .integer($0) }
                        return json
                    })
            ),
        ])
    }
}
