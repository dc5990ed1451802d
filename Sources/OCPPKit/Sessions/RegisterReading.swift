/// A reading of a session's energy register, kept to notice when the register falls.
struct RegisterReading: Sendable, Equatable {
    /// Energy in Wh.
    var energy: ExactDecimal
    /// How coarsely it was given, in Wh: 100 for 12.3 kWh.
    var resolution: ExactDecimal
    /// The charge point's time of it.
    var time: Timestamp?

    init(energy: ExactDecimal, resolution: ExactDecimal = ExactDecimal(1), time: Timestamp?) {
        self.energy = energy
        self.resolution = resolution
        self.time = time
    }

    /// A sample of Energy.Active.Import.Register at the outlet, without phase; `nil` for any other. Registers elsewhere
    /// count something else, and so do many of those sampled by the clock.
    init?(_ sample: SampledValue, time: Timestamp?) {
        guard sample.measurand ?? .known(SampledValue.defaultMeasurand) == .known(.energyActiveImportRegister),
            sample.phase == nil, sample.location ?? .known(.outlet) == .known(.outlet),
            sample.context != .known(.sampleClock), sample.format != .known(.signedData), let number = sample.number
        else { return nil }
        switch sample.unit?.lowercased() {
        case nil, "wh": self.init(energy: number, time: time)
        case "kwh":
            self.init(
                energy: number.shifted(by: 3),
                resolution: ExactDecimal(mantissa: 1, exponent: min(number.exponent, 0) + 3), time: time)
        default: return nil
        }
    }

    /// Whether the register stands lower here than at `earlier`, by more than rounding explains.
    func isFall(from earlier: RegisterReading) -> Bool {
        guard let fall = earlier.energy - energy else { return energy < earlier.energy }
        return fall > max(resolution, earlier.resolution)
    }
}

extension Session {
    /// Takes a reading that follows the last one; older ones, delivered late or again, are left out.
    mutating func note(_ reading: RegisterReading) {
        if let last = lastReading {
            if let time = reading.time, let lastTime = last.time, time < lastTime { return }
            if reading.isFall(from: last) { noted.insert(.registerReset) }
        }
        lastReading = reading
    }

    /// Takes the register of a start or stop, in Wh.
    mutating func note(register: ExactDecimal?, at time: Timestamp?) {
        if let register { note(RegisterReading(energy: register, time: time)) }
    }

    /// Without the values of later times than its stop's: some charge points keep a transaction's id when it is over.
    func untilStop(_ meterValues: [MeterValue]) -> [MeterValue] {
        guard let stop = stopEvent?.trustedTime else { return meterValues }
        return meterValues.filter { $0.timestamp.map { $0 <= stop } ?? true }
    }

    /// Takes samples of the session; whether they say what was not known.
    mutating func take(_ meterValues: [MeterValue], breaksSchema: Bool) -> Bool {
        let before = (lastReading, lastInstant, highestPower, noted.count)
        note(untilStop(meterValues))
        if breaksSchema { noted.insert(.invalidFrames) }
        return before != (lastReading, lastInstant, highestPower, noted.count)
    }

    /// Takes samples of the session.
    mutating func note(_ meterValues: [MeterValue]) {
        note(powerIn: meterValues)
        for meterValue in meterValues {
            for index in meterValue.samples.indices {
                if let reading = RegisterReading(meterValue.samples[index], time: meterValue.timestamp) {
                    note(reading)
                }
            }
        }
    }
}
