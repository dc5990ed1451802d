/// The highest power drawn at one instant of a message, in W; `nil` without a readable Power.Active.Import.
///
/// Meter values of the same time are one instant. There, a sample without phase is the total; only where there is none,
/// the phases are added: those of one location and context, and `L1`, `L1-N` and `L1-L2` never with each other. Offered
/// power is not drawn.
func highestPower(in meterValues: [MeterValue]) -> ExactDecimal? {
    var timed: [Timestamp: InstantPower] = [:]
    var highest: ExactDecimal?
    for meterValue in meterValues {
        var instant = meterValue.timestamp.flatMap { timed[$0] } ?? InstantPower()
        for sample in meterValue.samples where sample.measurand == .known(.powerActiveImport) {
            if let watts = watts(sample) { instant.add(watts, of: sample) }
        }
        if let time = meterValue.timestamp {
            timed[time] = instant
        } else if let watts = instant.watts {
            highest = larger(highest, watts)
        }
    }
    for watts in timed.values.compactMap(\.watts) { highest = larger(highest, watts) }
    return highest
}

private func watts(_ sample: SampledValue) -> ExactDecimal? {
    guard let number = sample.number, sample.format != .known(.signedData) else { return nil }
    switch sample.unit?.lowercased() {
    case nil, "w": return number
    case "kw": return number.shifted(by: 3)
    default: return nil
    }
}

/// Power samples of one instant.
private struct InstantPower {
    private var total: ExactDecimal?
    private var groups: [Group: [Phase: ExactDecimal]] = [:]

    private struct Group: Hashable {
        var location: Open<Location>?
        var context: Open<ReadingContext>?
        var family: Family
    }

    private enum Family {
        case line, lineToNeutral, lineToLine
    }

    mutating func add(_ watts: ExactDecimal, of sample: SampledValue) {
        guard let text = sample.phase else {
            total = larger(total, watts)
            return
        }
        guard let phase = text.known, let family = InstantPower.family(phase) else { return }
        let group = Group(location: sample.location, context: sample.context, family: family)
        groups[group, default: [:]][phase] = larger(groups[group]?[phase], watts)
    }

    var watts: ExactDecimal? {
        if let total { return total }
        return groups.values.compactMap { phases in
            phases.values.reduce(ExactDecimal(0) as ExactDecimal?) { sum, watts in sum.flatMap { $0 + watts } }
        }.max()
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

/// The larger of two; the second where there is no first.
func larger(_ first: ExactDecimal?, _ second: ExactDecimal) -> ExactDecimal {
    first.map { max($0, second) } ?? second
}
