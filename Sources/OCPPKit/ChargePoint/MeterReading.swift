/// What a connector's meter shows at one moment.
struct MeterReading: Sendable {
    let time: Timestamp
    let context: ReadingContext
    let supply: ConnectorModel.Supply
    let registerMillijoules: Int64
    let watts: Int64
    /// The battery's voltage; of no use over AC.
    let millivolts: Int64
    /// The vehicle's state of charge in percent; `nil` where it is not known.
    let stateOfCharge: Int64?

    /// What can be asked for, by the keys MeterValuesSampledData and StopTxnSampledData.
    static let measurands: [Measurand] = [
        .energyActiveImportRegister, .powerActiveImport, .currentImport, .voltage, .soC,
    ]

    /// The register in Wh, with three decimals at most; what is finer is cut.
    var energy: ExactDecimal {
        ExactDecimal(mantissa: registerMillijoules / (millijoulesPerWattHour / 1000), exponent: -3)
    }

    /// A MeterValue with the measurands given; `nil` where none of them is known of this connector now.
    func meterValue(_ measurands: [Measurand]) -> MeterValue? {
        let samples = measurands.flatMap(sampledValues)
        return samples.isEmpty ? nil : MeterValue(timestamp: time, samples: samples)
    }

    private func sampledValues(_ measurand: Measurand) -> [SampledValue] {
        switch (measurand, supply) {
        case (.energyActiveImportRegister, _): [value(energy, measurand, "Wh")]
        case (.powerActiveImport, .dc): [value(ExactDecimal(watts), measurand, "W")]
        case (.powerActiveImport, .ac):
            [value(ExactDecimal(watts), measurand, "W")]
                + phases.map { value(ExactDecimal($0.watts), measurand, "W", phase: $0.line) }
        case (.currentImport, .dc):
            [value(ExactDecimal(mantissa: watts * 100_000 / max(1, millivolts), exponent: -2), measurand, "A")]
        case (.currentImport, .ac(_, let volts)):
            phases.map {
                value(ExactDecimal(mantissa: $0.watts * 100 / volts, exponent: -2), measurand, "A", phase: $0.line)
            }
        case (.voltage, .dc): [value(ExactDecimal(mantissa: millivolts / 100, exponent: -1), measurand, "V")]
        case (.voltage, .ac(_, let volts)):
            phases.map { value(ExactDecimal(volts), measurand, "V", phase: $0.toNeutral) }
        case (.soC, .dc):
            stateOfCharge.map { [value(ExactDecimal($0), measurand, "Percent", location: .ev)] } ?? []
        default: []
        }
    }

    /// The phases of an AC connector, with the power of each in whole watts; they add up to the total.
    private var phases: [(line: Phase, toNeutral: Phase, watts: Int64)] {
        guard case .ac(let count, _) = supply else { return [] }
        let names: [(line: Phase, toNeutral: Phase)] = [(.l1, .l1N), (.l2, .l2N), (.l3, .l3N)]
        return names.prefix(count).enumerated().map { index, name in
            (name.line, name.toNeutral, watts / Int64(count) + (index < Int(watts) % count ? 1 : 0))
        }
    }

    private func value(
        _ value: ExactDecimal, _ measurand: Measurand, _ unit: String, phase: Phase? = nil, location: Location = .outlet
    ) -> SampledValue {
        SampledValue(value, measurand, unit: unit, phase: phase, context: context, location: location)
    }
}
