/// Limits to charge by, as a charge point keeps them (section 7.8).
public struct ChargingProfile: Sendable, Equatable {
    public enum Purpose: String, Sendable, CaseIterable {
        /// For the charge point as a whole, at connector 0.
        case chargePointMax = "ChargePointMaxProfile"
        /// For every transaction that has no profile of its own.
        case txDefault = "TxDefaultProfile"
        /// For one transaction; goes with it.
        case tx = "TxProfile"
    }

    public enum Kind: String, Sendable, CaseIterable {
        /// From `startSchedule` on.
        case absolute = "Absolute"
        /// From `startSchedule` on, again each day or week.
        case recurring = "Recurring"
        /// From the start of charging on.
        case relative = "Relative"
    }

    public enum Recurrency: String, Sendable, CaseIterable {
        case daily = "Daily"
        case weekly = "Weekly"

        var milliseconds: Int64 { self == .daily ? 86_400_000 : 7 * 86_400_000 }
    }

    public let id: Int64
    public let transactionId: Int64?
    /// Of the profiles of one purpose that are in effect, the highest level counts.
    public let stackLevel: Int64
    public let purpose: Purpose
    public let kind: Kind
    public let recurrency: Recurrency?
    public let validFrom: Timestamp?
    public let validTo: Timestamp?
    public let schedule: ChargingSchedule

    /// Reads a ChargingProfile that the action's table allows, and checks the rules that the table cannot know.
    ///
    /// - Throws: which rule it breaks; a charge point answers `Rejected`.
    public init(_ node: JSONNode) throws(ChargingProfileError) {
        var reader = PayloadReader(node)
        guard let id = reader.integer("chargingProfileId"), let level = reader.integer("stackLevel"),
            let purpose = reader.text("chargingProfilePurpose").flatMap(Purpose.init),
            let kind = reader.text("chargingProfileKind").flatMap(Kind.init),
            let schedule = reader.object("chargingSchedule")
        else { throw ChargingProfileError("a field is missing or of the wrong type") }
        self.id = id
        self.purpose = purpose
        self.kind = kind
        stackLevel = level
        transactionId = reader.integer("transactionId")
        recurrency = reader.text("recurrencyKind").flatMap(Recurrency.init)
        validFrom = reader.time("validFrom")
        validTo = reader.time("validTo")
        self.schedule = try ChargingSchedule(schedule)
        guard level >= 0 else { throw ChargingProfileError("stackLevel is negative") }
        guard transactionId == nil || purpose == .tx else {
            throw ChargingProfileError("transactionId belongs to a TxProfile")
        }
        if let validFrom, let validTo, validTo <= validFrom {
            throw ChargingProfileError("validTo is not after validFrom")
        }
        switch kind {
        case .recurring:
            guard recurrency != nil, self.schedule.start != nil else {
                throw ChargingProfileError("a Recurring profile needs recurrencyKind and startSchedule")
            }
        case .relative:
            guard self.schedule.start == nil else {
                throw ChargingProfileError("a Relative profile has no startSchedule")
            }
        case .absolute: break
        }
    }
}

/// A schedule of limits (section 7.13).
public struct ChargingSchedule: Sendable, Equatable {
    public enum Unit: String, Sendable, CaseIterable {
        /// Of each phase.
        case amperes = "A"
        case watts = "W"
    }

    public struct Period: Sendable, Equatable {
        /// Seconds from the start of the schedule.
        public let start: Int64
        public let limit: PowerLimit
    }

    /// Seconds; `nil` goes on for ever.
    public let duration: Int64?
    public let start: Timestamp?
    public let unit: Unit
    /// In the order of their starts, the first of which is 0.
    public let periods: [Period]

    /// A hundred years, in seconds: what is longer is a mistake.
    private static let longest: Int64 = 100 * 365 * 86_400

    init(_ node: JSONNode) throws(ChargingProfileError) {
        var reader = PayloadReader(node)
        guard let unit = reader.text("chargingRateUnit").flatMap(Unit.init) else {
            throw ChargingProfileError("chargingRateUnit is neither A nor W")
        }
        self.unit = unit
        duration = reader.integer("duration")
        guard duration.map({ (0...Self.longest).contains($0) }) ?? true else {
            throw ChargingProfileError("duration is negative or more than a hundred years")
        }
        start = reader.time("startSchedule")
        var periods: [Period] = []
        for element in reader.elements("chargingSchedulePeriod") {
            var period = PayloadReader(element)
            guard let start = period.integer("startPeriod"), let limit = period.decimal("limit") else {
                throw ChargingProfileError("a period without startPeriod or limit")
            }
            guard let tenths = limit.shifted(by: 1).wholeNumber, (0...1_000_000_000).contains(tenths) else {
                throw ChargingProfileError("limit \(limit) is negative, too large, or has more than one decimal")
            }
            guard start <= Self.longest else { throw ChargingProfileError("startPeriod is more than a hundred years") }
            guard start > periods.last?.start ?? -1 else {
                throw ChargingProfileError("startPeriod \(start) is not after the one before")
            }
            periods.append(
                Period(
                    start: start, limit: PowerLimit(tenths: tenths, unit: unit, phases: period.integer("numberPhases")))
            )
        }
        guard periods.first?.start == 0 else { throw ChargingProfileError("the first startPeriod is not 0") }
        self.periods = periods
    }
}

/// Which rule a charging profile breaks, for people.
public struct ChargingProfileError: Error, Sendable, Equatable, CustomStringConvertible {
    public let description: String

    init(_ description: String) { self.description = description }
}

/// What a profile or several of them say at one moment.
struct LimitMoment: Sendable, Equatable {
    /// `nil` where nothing limits.
    var limit: PowerLimit?
    /// When that may change; always later than the moment. `nil` for never.
    var until: Timestamp?
}

extension ChargingProfile {
    /// What the profile says at a time.
    ///
    /// - Parameter chargingStart: of the transaction, for schedules that begin with it.
    func moment(at time: Timestamp, chargingStart: Timestamp?) -> LimitMoment {
        if let validFrom, time < validFrom { return LimitMoment(until: validFrom) }
        if let validTo, time >= validTo { return LimitMoment() }
        var begin = kind == .relative ? chargingStart : schedule.start ?? chargingStart
        guard let first = begin else { return LimitMoment() }
        guard first <= time else { return LimitMoment(until: earliest(first, validTo)) }
        var end = schedule.duration.map { first.adding(milliseconds: $0 * 1000) }
        var next: Timestamp?
        if kind == .recurring, let interval = recurrency?.milliseconds {
            let start = first.adding(milliseconds: (time - first) / interval * interval)
            begin = start
            next = start.adding(milliseconds: interval)
            end = schedule.duration.map { start.adding(milliseconds: $0 * 1000) }
        }
        guard let start = begin else { return LimitMoment() }
        if let end, time >= end { return LimitMoment(until: earliest(next, validTo)) }
        let elapsed = (time - start) / 1000
        let following = schedule.periods.first { $0.start > elapsed }.map {
            start.adding(milliseconds: $0.start * 1000)
        }
        return LimitMoment(
            limit: schedule.periods.last { $0.start <= elapsed }?.limit,
            until: earliest(following, end, next, validTo))
    }
}

func earliest(_ times: Timestamp?...) -> Timestamp? { times.compactMap { $0 }.min() }
