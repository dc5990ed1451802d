/// A kind of charge point as data: what it says of itself and what its connectors can do.
public struct ChargePointModel: Sendable {
    /// The name that `--model` takes: `abb-terra-54`.
    public var name: String
    /// BootNotification's `chargePointVendor` and `chargePointModel`: at most 20 characters each.
    public var vendor: String
    public var model: String
    /// At most 25 characters.
    public var serialNumber: String
    /// At most 50 characters.
    public var firmwareVersion: String
    /// At most 25 characters.
    public var meterType: String
    /// In the order of their ids, which count from 1.
    public var connectors: [ConnectorModel]

    public init(
        name: String, vendor: String, model: String, serialNumber: String, firmwareVersion: String, meterType: String,
        connectors: [ConnectorModel]
    ) {
        self.name = name
        self.vendor = vendor
        self.model = model
        self.serialNumber = serialNumber
        self.firmwareVersion = firmwareVersion
        self.meterType = meterType
        self.connectors = connectors
    }

    /// Every model that there is.
    public static let all: [ChargePointModel] = [.abbTerra54]

    /// ABB Terra 54: 50 kW over CCS or CHAdeMO, and 43 kW three-phase over a fixed Type 2 cable.
    public static let abbTerra54 = ChargePointModel(
        name: "abb-terra-54", vendor: "ABB", model: "Terra 54 CJG", serialNumber: "T54-IT1-4219-003",
        firmwareVersion: "5.3.1.0", meterType: "internal",
        connectors: [
            ConnectorModel(label: "CCS", supply: .dc, maximumWatts: 50_000, maximumAmperes: 125),
            ConnectorModel(label: "CHAdeMO", supply: .dc, maximumWatts: 50_000, maximumAmperes: 125),
            ConnectorModel(label: "AC", supply: .ac(phases: 3, volts: 230), maximumWatts: 43_000, maximumAmperes: 63),
        ])
}

/// One connector of a `ChargePointModel`.
public struct ConnectorModel: Sendable {
    public enum Supply: Sendable, Equatable {
        /// The vehicle's battery sets the voltage.
        case dc
        /// 1 to 3 phases of so many volts between phase and neutral.
        case ac(phases: Int, volts: Int64)
    }

    /// For people: `CCS`.
    public var label: String
    public var supply: Supply
    public var maximumWatts: Int64
    /// For AC, of each phase.
    public var maximumAmperes: Int64
    /// Whether UnlockConnector has a lock to open.
    public var hasLock: Bool

    public init(
        label: String, supply: Supply, maximumWatts: Int64, maximumAmperes: Int64, hasLock: Bool = true
    ) {
        self.label = label
        self.supply = supply
        self.maximumWatts = maximumWatts
        self.maximumAmperes = maximumAmperes
        self.hasLock = hasLock
    }
}
