// What a session that has not ended shows of itself.
extension Session {
    /// The power at the last instant that was sampled, in W; `nil` without samples of it, and once the session has ended.
    public var lastPowerW: ExactDecimal? { isEnded ? nil : lastInstant?.watts }

    /// The charge point's time of the last sample of power or of the energy register.
    public var lastSampleTime: Timestamp? {
        [lastInstant?.time, lastReading?.time].compactMap(\.self).max()
    }

    /// The energy since the start by the last reading of the register, in Wh; `nil` where either is unknown.
    public var energySoFarWh: ExactDecimal? {
        guard let start = meterStartWh, let last = lastReading?.energy else { return nil }
        return last - start
    }
}
