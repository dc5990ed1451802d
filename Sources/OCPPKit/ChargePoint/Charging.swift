/// One watt-hour in the unit of the simulated meters: watts × milliseconds.
let millijoulesPerWattHour: Int64 = 3_600_000

/// A vehicle's battery.
public struct Battery: Sendable, Equatable {
    /// 1 to 2,000,000 Wh.
    public var capacityWattHours: Int64
    /// The voltage rises evenly from empty to full.
    public var emptyVolts: Int64
    public var fullVolts: Int64

    public init(capacityWattHours: Int64, emptyVolts: Int64 = 410, fullVolts: Int64 = 470) {
        self.capacityWattHours = capacityWattHours
        self.emptyVolts = emptyVolts
        self.fullVolts = fullVolts
    }

    /// Up to this charge the battery takes what it gets.
    static let taperPartsPerMillion: Int64 = 800_000

    func millivolts(at charge: Int64) -> Int64 {
        emptyVolts * 1000 + (fullVolts - emptyVolts) * charge / 1000
    }

    /// The share of the power that the battery takes at a state of charge, both in parts per million: all of it up to
    /// the taper, then down to a tenth on a smooth curve.
    func acceptance(at charge: Int64) -> Int64 {
        let million: Int64 = 1_000_000
        guard charge > Battery.taperPartsPerMillion else { return million }
        let x = min(
            million, (charge - Battery.taperPartsPerMillion) * million / (million - Battery.taperPartsPerMillion))
        let smooth = x * x / million * (3 * million - 2 * x) / million
        return million - smooth * 9 / 10
    }
}

/// Energy flowing from a connector into a battery, in whole numbers, so that the same times give the same energies
/// however often they are asked for.
///
/// Power is constant within each second counted from the beginning.
struct Charging: Sendable {
    let begin: Timestamp
    let connector: ConnectorModel
    let battery: Battery
    /// What the session asks for; the connector and the battery may allow less.
    private(set) var limitWatts: Int64
    private let storedAtBegin: Int64
    private let target: Int64

    private(set) var delivered: Int64 = 0
    /// When the energy asked for was reached.
    private(set) var completion: Timestamp?
    /// What flows now; 0 once completed.
    private(set) var watts: Int64 = 0
    private var time: Timestamp
    private var stepEnd: Timestamp

    /// - Parameter charge: the battery's at the beginning, in parts per million.
    init(
        begin: Timestamp, connector: ConnectorModel, battery: Battery, charge: Int64, limitWatts: Int64,
        energyWattHours: Int64
    ) {
        self.begin = begin
        self.connector = connector
        self.battery = battery
        self.limitWatts = limitWatts
        storedAtBegin = battery.capacityWattHours * charge * 18 / 5  // 3,600,000 mJ/Wh over 1,000,000 ppm
        target = energyWattHours * millijoulesPerWattHour
        time = begin
        stepEnd = begin
        beginStep()
    }

    /// The battery's state of charge in parts per million.
    var charge: Int64 {
        min(1_000_000, (storedAtBegin + delivered) * 5 / (18 * battery.capacityWattHours))
    }

    mutating func advance(to end: Timestamp) {
        while completion == nil, time < end {
            if time == stepEnd { beginStep() }
            let span = min(end, stepEnd) - time
            if watts > 0, watts * span >= target - delivered {
                completion = time.adding(milliseconds: (target - delivered + watts - 1) / watts)
                delivered = target
                watts = 0
            } else {
                delivered += watts * span
                time = time.adding(milliseconds: span)
            }
        }
    }

    /// When the energy asked for will be reached; `nil` where that is not so soon.
    func predictedCompletion(within milliseconds: Int64) -> Timestamp? {
        var future = self
        let end = time.adding(milliseconds: milliseconds)
        while future.completion == nil, future.time < end {
            future.advance(to: future.stepEnd.adding(milliseconds: 1000))
        }
        return future.completion
    }

    /// Allows another power from now on; 0 suspends.
    mutating func setLimit(_ watts: Int64) {
        limitWatts = watts
        if completion == nil { beginStep() }
    }

    private mutating func beginStep() {
        stepEnd = time.adding(milliseconds: 1000)
        let possible =
            switch connector.supply {
            case .dc: connector.maximumAmperes * battery.millivolts(at: charge) / 1000
            case .ac(let phases, let volts): Int64(phases) * volts * connector.maximumAmperes
            }
        let offered = min(limitWatts, connector.maximumWatts, possible)
        watts = offered == 0 ? 0 : max(1, offered * battery.acceptance(at: charge) / 1_000_000)
    }
}
