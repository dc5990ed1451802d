import OCPPKit
import Testing

@testable import Dashboard

@Suite struct DojotStationTests {
    @Test func attributesMakeAStation() {
        var station = DojotStation("CP1")
        func tell(_ second: Int64, _ values: [(label: String, value: JSONValue)]) {
            station.take(DeviceMessage(chargePointId: "CP1", time: Timestamp(seconds: second), values: values))
        }
        tell(10, [("online", .boolean(true)), ("vendor", .string("ABB")), ("model", .string("T54"))])
        tell(20, [("online", .boolean(true)), ("c2_status", .string("Available")), ("c1_status", .string("Faulted"))])
        tell(
            30,
            [
                ("c1_errorCode", .string("GroundFailure")), ("c1_status", .string("Faulted")),
                ("cx_status", .string("?")),
            ])
        tell(40, [("status", .string("Available")), ("c1_power_W", .integer(5)), ("unknown", .null)])
        let known = station.station
        #expect(known.isOnline && known.link?.connected == Timestamp(seconds: 10))
        #expect(known.boot?.vendor == "ABB" && known.boot?.model == "T54" && known.boot?.firmwareVersion == nil)
        #expect(known.connectors.map(\.connectorId) == [0, 1, 2])
        #expect(known.connectors.map(\.status) == ["Available", "Faulted", "Available"])
        #expect(known.connectors[1].errorCode == "GroundFailure")
        #expect(known.connectors.map(\.since) == [40, 20, 20].map { Timestamp(seconds: $0) })
        tell(50, [("online", .boolean(false))])
        #expect(!station.station.isOnline && station.station.link?.disconnected == Timestamp(seconds: 50))
    }
}
