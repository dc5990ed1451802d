import OCPPKit
import Testing

@Suite struct SessionSpecTests {
    @Test func everyKey() throws {
        let spec = try SessionSpec(
            parsing: "connector=2,idTag=T,energy=1.5kWh,power=22.5kW,duration=30m,delay=10s,soc=45%,capacity=80kWh")
        let expected = SessionSpec(
            connectorId: 2, idTag: "T", energyWattHours: 1500, maximumWatts: 22_500, durationMilliseconds: 1_800_000,
            delayMilliseconds: 10_000, charge: 450_000, battery: Battery(capacityWattHours: 80_000))
        #expect(spec == expected)
    }

    @Test func theBatteryGrowsWithTheEnergy() throws {
        #expect(try SessionSpec(parsing: "energy=300kWh").battery.capacityWattHours >= 400_000)
    }

    @Test(arguments: [
        "energy", "energy=", "energy=20", "energy=x kWh", "energy=0.5Wh", "energy=0kWh", "power=1W", "conector=1",
        "energy=1kWh,energy=2kWh", "idTag=", "idTag=123456789012345678901", "energy=60kWh,capacity=60kWh",
        "connector=0",
    ])
    func whatIsRefused(text: String) {
        #expect(throws: SessionSpecError.self) { try SessionSpec(parsing: text) }
    }
}
