/// Why a sample was taken (section 7.40).
public enum ReadingContext: String, Sendable, CaseIterable {
    case interruptionBegin = "Interruption.Begin"
    case interruptionEnd = "Interruption.End"
    case sampleClock = "Sample.Clock"
    case samplePeriodic = "Sample.Periodic"
    case transactionBegin = "Transaction.Begin"
    case transactionEnd = "Transaction.End"
    case trigger = "Trigger"
    case other = "Other"
}

/// How a sample's value is to be read (section 7.46).
public enum ValueFormat: String, Sendable, CaseIterable {
    /// A number in decimal notation.
    case raw = "Raw"
    /// Signed binary data in hexadecimal.
    case signedData = "SignedData"
}

/// What was measured (section 7.31). Import is towards the vehicle, export away from it.
public enum Measurand: String, Sendable, CaseIterable {
    case energyActiveExportRegister = "Energy.Active.Export.Register"
    case energyActiveImportRegister = "Energy.Active.Import.Register"
    case energyReactiveExportRegister = "Energy.Reactive.Export.Register"
    case energyReactiveImportRegister = "Energy.Reactive.Import.Register"
    case energyActiveExportInterval = "Energy.Active.Export.Interval"
    case energyActiveImportInterval = "Energy.Active.Import.Interval"
    case energyReactiveExportInterval = "Energy.Reactive.Export.Interval"
    case energyReactiveImportInterval = "Energy.Reactive.Import.Interval"
    case powerActiveExport = "Power.Active.Export"
    case powerActiveImport = "Power.Active.Import"
    /// The most that the vehicle may draw, not what it draws.
    case powerOffered = "Power.Offered"
    case powerReactiveExport = "Power.Reactive.Export"
    case powerReactiveImport = "Power.Reactive.Import"
    case powerFactor = "Power.Factor"
    case currentImport = "Current.Import"
    case currentExport = "Current.Export"
    case currentOffered = "Current.Offered"
    case voltage = "Voltage"
    case frequency = "Frequency"
    case temperature = "Temperature"
    /// The battery's state of charge in percent.
    case soC = "SoC"
    /// Fan speed.
    case rpm = "RPM"
}

/// Which phase a sample is of; absent, it is of all of them together (section 7.36).
public enum Phase: String, Sendable, CaseIterable {
    case l1 = "L1"
    case l2 = "L2"
    case l3 = "L3"
    case n = "N"
    case l1N = "L1-N"
    case l2N = "L2-N"
    case l3N = "L3-N"
    case l1L2 = "L1-L2"
    case l2L3 = "L2-L3"
    case l3L1 = "L3-L1"
}

/// Where it was measured (section 7.30).
public enum Location: String, Sendable, CaseIterable {
    case cable = "Cable"
    case ev = "EV"
    /// The charge point's side towards the grid.
    case inlet = "Inlet"
    /// The charge point's side towards the vehicle.
    case outlet = "Outlet"
    case body = "Body"
}
