/// Which way a frame went.
public enum Direction: String, Sendable, Hashable, CaseIterable {
    case fromChargePoint = "cp-to-csms"
    case fromCentralSystem = "csms-to-cp"

    public var opposite: Direction {
        self == .fromChargePoint ? .fromCentralSystem : .fromChargePoint
    }
}
