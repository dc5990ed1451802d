/// The most that may flow, as a schedule says it: with one decimal, in watts or in amperes of each phase.
public struct PowerLimit: Sendable, Equatable {
    public let tenths: Int64
    public let unit: ChargingSchedule.Unit
    /// How many phases the amperes are of; `nil` for all that there are.
    public let phases: Int64?

    public init(tenths: Int64, unit: ChargingSchedule.Unit, phases: Int64? = nil) {
        self.tenths = tenths
        self.unit = unit
        self.phases = phases
    }

    public static func watts(_ watts: Int64) -> PowerLimit { PowerLimit(tenths: watts * 10, unit: .watts) }

    /// With at most one decimal.
    public var value: ExactDecimal { ExactDecimal(mantissa: tenths, exponent: -1) }
}

/// The grid's side of a connector, which turns amperes into watts.
public struct GridSupply: Sendable, Equatable {
    /// Between phase and neutral.
    public let volts: Int64
    public let phases: Int64

    public init(volts: Int64, phases: Int64) {
        self.volts = volts
        self.phases = phases
    }

    /// A limit in tenths of a watt.
    func tenthsOfWatts(_ limit: PowerLimit) -> Int64 {
        limit.unit == .watts ? limit.tenths : limit.tenths * volts * min(phases, max(1, limit.phases ?? phases))
    }

    /// Whole watts that keep to the limit.
    public func watts(_ limit: PowerLimit) -> Int64 { tenthsOfWatts(limit) / 10 }

    /// The limit in another unit; cut, so that it never allows more.
    func converted(_ limit: PowerLimit, to unit: ChargingSchedule.Unit) -> PowerLimit {
        guard limit.unit != unit else { return limit }
        let watts = tenthsOfWatts(limit)
        return unit == .watts
            ? PowerLimit(tenths: watts, unit: .watts)
            : PowerLimit(tenths: watts / (volts * phases), unit: .amperes)
    }

    /// The one that allows less.
    func lower(_ left: PowerLimit?, _ right: PowerLimit?) -> PowerLimit? {
        guard let left, let right else { return left ?? right }
        return tenthsOfWatts(right) < tenthsOfWatts(left) ? right : left
    }
}
