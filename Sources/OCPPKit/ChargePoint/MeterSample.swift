/// What a connector's meter shows at one moment.
struct MeterSample: Sendable {
    let time: Timestamp
    /// Sample.Periodic, Transaction.Begin, Transaction.End or Trigger.
    let context: String
    let supply: ConnectorModel.Supply
    let registerMillijoules: Int64
    let watts: Int64
    /// The battery's voltage; of no use over AC.
    let millivolts: Int64
    /// The vehicle's state of charge in percent; `nil` where it is not known.
    let stateOfCharge: Int64?

    /// What can be asked for, by the keys MeterValuesSampledData and StopTxnSampledData.
    static let measurands = [
        "Energy.Active.Import.Register", "Power.Active.Import", "Current.Import", "Voltage", "SoC",
    ]

    /// The register in Wh, with three decimals at most; what is finer is cut.
    var energy: ExactDecimal { ExactDecimal(mantissa: registerMillijoules / (millijoulesPerWattHour / 1000), exponent: -3) }

    /// A MeterValue with the measurands given; `nil` where none of them is known of this connector now.
    func meterValue(_ measurands: [String]) -> JSONValue? {
        let values = measurands.flatMap(sampledValues)
        return values.isEmpty ? nil : [("timestamp", .string(time.description)), ("sampledValue", .array(values))].object
    }

    private func sampledValues(_ measurand: String) -> [JSONValue] {
        switch (measurand, supply) {
        case ("Energy.Active.Import.Register", _): [value(energy, measurand, unit: "Wh")]
        case ("Power.Active.Import", .dc): [value(ExactDecimal(watts), measurand, unit: "W")]
        case ("Power.Active.Import", .ac(let phases, _)):
            [value(ExactDecimal(watts), measurand, unit: "W")]
                + (1...phases).map { value(ExactDecimal(watts(ofPhase: $0, phases)), measurand, phase: "L\($0)", unit: "W") }
        case ("Current.Import", .dc):
            [value(ExactDecimal(mantissa: watts * 100_000 / max(1, millivolts), exponent: -2), measurand, unit: "A")]
        case ("Current.Import", .ac(let phases, let volts)):
            (1...phases).map {
                let centiamperes = watts(ofPhase: $0, phases) * 100 / volts
                return value(ExactDecimal(mantissa: centiamperes, exponent: -2), measurand, phase: "L\($0)", unit: "A")
            }
        case ("Voltage", .dc): [value(ExactDecimal(mantissa: millivolts / 100, exponent: -1), measurand, unit: "V")]
        case ("Voltage", .ac(let phases, let volts)):
            (1...phases).map { value(ExactDecimal(volts), measurand, phase: "L\($0)-N", unit: "V") }
        case ("SoC", .dc): stateOfCharge.map { [value(ExactDecimal($0), measurand, location: "EV", unit: "Percent")] } ?? []
        default: []
        }
    }

    /// Whole watts; the phases add up to the total.
    private func watts(ofPhase phase: Int64, _ phases: Int64) -> Int64 {
        watts / phases + (phase <= watts % phases ? 1 : 0)
    }

    private func value(
        _ value: ExactDecimal, _ measurand: String, phase: String? = nil, location: String = "Outlet", unit: String
    ) -> JSONValue {
        var members: [(String, JSONValue)] = [
            ("value", .string(value.description)), ("context", .string(context)), ("format", .string("Raw")),
            ("measurand", .string(measurand)),
        ]
        if let phase { members.append(("phase", .string(phase))) }
        return (members + [("location", .string(location)), ("unit", .string(unit))]).object
    }
}

extension [(String, JSONValue)] {
    /// A JSON object with these members.
    var object: JSONValue { .object(self.map { (name: $0.0, value: $0.1) }) }
}
