/// Power drawn at one instant, as far as its samples have come.
///
/// A sample of Power.Active.Import without phase is the total; only where there is none, the phases are added: those of
/// one location and context, and `L1`, `L1-N` and `L1-L2` never with each other. Offered power is not drawn.
struct PowerInstant: Sendable, Equatable {
    /// `nil` for samples whose time cannot be read: they are an instant of their own.
    let time: Timestamp?
    var total: ExactDecimal?
    var phases: [PhaseKey: ExactDecimal] = [:]

    struct PhaseKey: Sendable, Hashable {
        var phase: Phase
        var location: Open<Location>?
        var context: Open<ReadingContext>?
    }

    private struct Group: Hashable {
        var location: Open<Location>?
        var context: Open<ReadingContext>?
        var family: Family
    }

    private enum Family {
        case line, lineToNeutral, lineToLine
    }

    init(time: Timestamp?) { self.time = time }

    /// Takes the power among samples; the same again changes nothing.
    mutating func add(_ samples: [SampledValue]) {
        for index in samples.indices where samples[index].isPower { add(samples[index]) }
    }

    private mutating func add(_ sample: SampledValue) {
        guard let watts = PowerInstant.watts(sample) else { return }
        guard let text = sample.phase else {
            total = larger(total, watts)
            return
        }
        guard let phase = text.known else { return }
        let key = PhaseKey(phase: phase, location: sample.location, context: sample.context)
        // So many places and contexts there are not; they can be any text.
        guard phases[key] != nil || phases.count < 64 else { return }
        phases[key] = larger(phases[key], watts)
    }

    /// In W; `nil` without a sample that can be read.
    var watts: ExactDecimal? {
        if let total { return total }
        var sums: [Group: ExactDecimal?] = [:]
        for (key, watts) in phases {
            guard let family = PowerInstant.family(key.phase) else { continue }
            let group = Group(location: key.location, context: key.context, family: family)
            sums[group] = .some((sums[group] ?? ExactDecimal(0)).flatMap { $0 + watts })
        }
        return sums.values.compactMap(\.self).max()
    }

    private static func watts(_ sample: SampledValue) -> ExactDecimal? {
        guard let number = sample.number, sample.format != .known(.signedData) else { return nil }
        switch sample.unit?.lowercased() {
        case nil, "w": return number
        case "kw": return number.shifted(by: 3)
        default: return nil
        }
    }

    /// `nil` for the neutral conductor, which draws nothing of its own.
    private static func family(_ phase: Phase) -> Family? {
        switch phase {
        case .l1, .l2, .l3: .line
        case .l1N, .l2N, .l3N: .lineToNeutral
        case .l1L2, .l2L3, .l3L1: .lineToLine
        case .n: nil
        }
    }
}

extension SampledValue {
    /// Drawn, not offered.
    fileprivate var isPower: Bool { measurand == .known(.powerActiveImport) }
}

extension Session {
    /// The highest power drawn at one instant, in W, exactly; `nil` without samples of it.
    public var maxPowerW: ExactDecimal? { lastInstant?.watts.map { larger(highestPower, $0) } ?? highestPower }

    /// Takes the power of meter values. Those of one time are one instant, in one message or in several that follow one
    /// another: some charge points send each phase by itself.
    mutating func note(powerIn meterValues: [MeterValue]) {
        // Those before the last one; of nearly all messages none is looked at again.
        var earlier: [PowerInstant] = []
        for meterValue in meterValues where meterValue.samples.contains(where: { $0.isPower }) {
            let time = meterValue.timestamp
            if time != nil, lastInstant?.time == time {
                lastInstant?.add(meterValue.samples)
            } else if let time, let index = earlier.lastIndex(where: { $0.time == time }) {
                earlier[index].add(meterValue.samples)
            } else {
                var instant = PowerInstant(time: time)
                instant.add(meterValue.samples)
                guard instant.total != nil || !instant.phases.isEmpty else { continue }
                if let lastInstant { earlier.append(lastInstant) }
                lastInstant = instant
            }
        }
        for instant in earlier {
            if let watts = instant.watts { highestPower = larger(highestPower, watts) }
        }
    }
}

/// The larger of two; the second where there is no first.
func larger(_ first: ExactDecimal?, _ second: ExactDecimal) -> ExactDecimal {
    first.map { max($0, second) } ?? second
}
