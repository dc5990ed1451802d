/// A charging session that a simulated charge point is told to run.
public struct SessionSpec: Sendable, Equatable {
    /// Counts from 1.
    public var connectorId: Int
    /// 1 to 20 characters.
    public var idTag: String
    /// The session ends when so much has been delivered, exactly. 1 Wh to 1,000 kWh.
    public var energyWattHours: Int64
    /// The most that the vehicle takes; at least 1 kW. `nil` leaves it to the connector.
    public var maximumWatts: Int64?
    /// The session ends after so long at the latest.
    public var durationMilliseconds: Int64?
    /// How long after the order (or the connector's last session) the vehicle is plugged in.
    public var delayMilliseconds: Int64
    /// The battery's state of charge at the beginning, in parts per million.
    public var charge: Int64
    public var battery: Battery

    /// - Parameter battery: `nil` takes one of 60 kWh, or larger where the energy asked for needs it.
    public init(
        connectorId: Int = 1, idTag: String = "SIMULATOR", energyWattHours: Int64 = 20_000, maximumWatts: Int64? = nil,
        durationMilliseconds: Int64? = nil, delayMilliseconds: Int64 = 0, charge: Int64 = 200_000,
        battery: Battery? = nil
    ) {
        self.connectorId = connectorId
        self.idTag = idTag
        self.energyWattHours = energyWattHours
        self.maximumWatts = maximumWatts
        self.durationMilliseconds = durationMilliseconds
        self.delayMilliseconds = delayMilliseconds
        self.charge = charge
        // The session shall end at 95 % at most.
        let needed = energyWattHours * 1_000_000 / max(1, 950_000 - charge) + 1
        self.battery = battery ?? Battery(capacityWattHours: max(60_000, needed))
    }
}

/// Why a text is no session; the text says it for people.
public struct SessionSpecError: Error, Sendable, CustomStringConvertible {
    public let description: String
}

extension SessionSpec {
    /// Reads `connector=1,idTag=TAG,energy=20kWh,power=50kW`, in any order; also `duration=30m`, `delay=10s`, `soc=20`
    /// (percent) and `capacity=60kWh`. What is left out has the initialiser's default.
    public init(parsing text: String) throws(SessionSpecError) {
        var values: [Substring: Substring] = [:]
        for item in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let mark = item.firstIndex(of: "=") else {
                throw SessionSpecError(description: "'\(item)' is not key=value")
            }
            let key = item[..<mark]
            guard SessionSpec.keys.contains(String(key)) else {
                throw SessionSpecError(
                    description: "unknown key '\(key)'; there are \(SessionSpec.keys.joined(separator: ", "))")
            }
            guard values.updateValue(item[item.index(after: mark)...], forKey: key) == nil else {
                throw SessionSpecError(description: "'\(key)' is given twice")
            }
        }
        func quantity(
            _ key: Substring, _ units: [(name: String, power: Int, factor: Int64)], _ range: ClosedRange<Int64>
        ) throws(SessionSpecError) -> Int64? {
            guard let value = values[key] else { return nil }
            for unit in units where value.lowercased().hasSuffix(unit.name) {
                let number = ExactDecimal(String(value.dropLast(unit.name.count)))?.shifted(by: unit.power).wholeNumber
                guard let number, range.contains(number) else { break }
                return number * unit.factor
            }
            let allowed = SessionSpec.allowed[String(key)] ?? ""
            throw SessionSpecError(description: "\(key)=\(value) is not \(allowed)")
        }
        let energyUnits = [(name: "kwh", power: 3, factor: Int64(1)), ("wh", 0, 1)]
        let timeUnits = [(name: "h", power: 0, factor: Int64(3_600_000)), ("m", 0, 60_000), ("s", 0, 1000)]
        let energy = try quantity("energy", energyUnits, 1...1_000_000)
        let soc = try quantity("soc", [("%", 4, 1), ("", 4, 1)], 0...940_000)
        let capacity = try quantity("capacity", energyUnits, 1...2_000_000)
        let idTag = values["idTag"].map(String.init) ?? "SIMULATOR"
        guard (1...20).contains(idTag.unicodeScalars.count) else {
            throw SessionSpecError(description: "idTag=\(idTag) has not 1 to 20 characters")
        }
        try self.init(
            connectorId: Int(quantity("connector", [("", 0, 1)], 1...1000) ?? 1), idTag: idTag,
            energyWattHours: energy ?? 20_000,
            maximumWatts: quantity("power", [("kw", 3, 1), ("w", 0, 1)], 1000...1_000_000),
            durationMilliseconds: quantity("duration", timeUnits, 1...1_000_000),
            delayMilliseconds: quantity("delay", timeUnits, 0...1_000_000) ?? 0,
            charge: soc ?? 200_000, battery: capacity.map { Battery(capacityWattHours: $0) })
        guard energyWattHours * 1_000_000 <= battery.capacityWattHours * (1_000_000 - charge) else {
            throw SessionSpecError(
                description: "\(energyWattHours) Wh do not fit a battery of \(battery.capacityWattHours) Wh"
                    + " at \(charge / 10_000) %")
        }
    }

    /// For people: what each number may be.
    private static let allowed = [
        "connector": "1 to 1000", "energy": "1Wh to 1000kWh, such as 20kWh", "power": "1kW to 1000kW, such as 50kW",
        "duration": "a time with its unit, such as 30m, 90s or 2h", "delay": "a time with its unit, such as 10s or 5m",
        "soc": "0 to 94 percent, such as 20", "capacity": "1Wh to 2000kWh, such as 60kWh",
    ]

    private static let keys = ["connector", "idTag", "energy", "power", "duration", "delay", "soc", "capacity"]
}
