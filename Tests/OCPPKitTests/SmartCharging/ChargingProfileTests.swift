@testable import OCPPKit
import Testing

/// Row by row: what a profile may be, and what several of them allow together.
@Suite struct ChargingProfileTests {
    static let noon = Timestamp(rfc3339: "2026-03-02T12:00:00Z")!

    static func profile(
        id: Int = 1, level: Int = 0, purpose: String = "TxDefaultProfile", kind: String = "Absolute", more: String = "",
        schedule: String
    ) -> String {
        #"{"chargingProfileId":\#(id),"stackLevel":\#(level),"chargingProfilePurpose":"\#(purpose)""#
            + #","chargingProfileKind":"\#(kind)"\#(more),"chargingSchedule":\#(schedule)}"#
    }

    static func schedule(_ periods: String, unit: String = "W", more: String = "") -> String {
        #"{"chargingRateUnit":"\#(unit)"\#(more),"chargingSchedulePeriod":[\#(periods)]}"#
    }

    static func read(_ text: String) throws -> ChargingProfile { try ChargingProfile(JSONTree(parsing: text).root) }

    static let flat = #"{"startPeriod":0,"limit":11000.0}"#

    @Test(arguments: [
        (profile(schedule: schedule(flat)), nil),
        (profile(schedule: schedule("")), "the first startPeriod is not 0"),
        (profile(schedule: schedule(#"{"startPeriod":60,"limit":1}"#)), "the first startPeriod is not 0"),
        (
            profile(schedule: schedule(flat + #",{"startPeriod":0,"limit":1}"#)),
            "startPeriod 0 is not after the one before"
        ),
        (
            profile(schedule: schedule(#"{"startPeriod":0,"limit":6.25}"#)),
            "limit 6.25 is negative, too large, or has more than one decimal"
        ),
        (
            profile(schedule: schedule(#"{"startPeriod":0,"limit":-1}"#)),
            "limit -1 is negative, too large, or has more than one decimal"
        ),
        (profile(level: -1, schedule: schedule(flat)), "stackLevel is negative"),
        (profile(more: #","transactionId":5"#, schedule: schedule(flat)), "transactionId belongs to a TxProfile"),
        (
            profile(kind: "Recurring", more: #","recurrencyKind":"Daily""#, schedule: schedule(flat)),
            "a Recurring profile needs recurrencyKind and startSchedule"
        ),
        (
            profile(kind: "Relative", schedule: schedule(flat, more: #","startSchedule":"2026-03-02T10:00:00Z""#)),
            "a Relative profile has no startSchedule"
        ),
        (
            profile(
                more: #","validFrom":"2026-03-02T10:00:00Z","validTo":"2026-03-02T10:00:00Z""#, schedule: schedule(flat)
            ),
            "validTo is not after validFrom"
        ),
    ])
    func rules(text: String, expected: String?) {
        var said: String?
        do { _ = try Self.read(text) } catch { said = "\(error)" }
        #expect(said == expected)
    }

    @Test(arguments: [
        ("ChargePointMaxProfile", 0, true), ("ChargePointMaxProfile", 1, false), ("TxDefaultProfile", 0, true),
        ("TxDefaultProfile", 2, true), ("TxProfile", 0, false), ("TxProfile", 1, true),
    ])
    func purposesAndConnectors(purpose: String, connector: Int64, isAllowed: Bool) throws {
        let profile = try Self.read(Self.profile(purpose: purpose, schedule: Self.schedule(Self.flat)))
        #expect((ChargingProfiles.objection(to: profile, atConnector: connector) == nil) == isAllowed)
    }

    /// `seconds:limit` of each period.
    static func composite(
        _ entries: [(connector: Int64, text: String)], connector: Int64 = 1, unit: ChargingSchedule.Unit = .watts,
        duration: Int64 = 7200, chargingStart: Timestamp? = nil, maximum: Int64 = 22_000
    ) throws -> String {
        var profiles = ChargingProfiles()
        for entry in entries { profiles.set(try read(entry.text), atConnector: entry.connector) }
        return CompositeSchedule(
            of: profiles, connectorId: connector, start: noon, duration: duration, unit: unit,
            maximum: .watts(maximum), supply: GridSupply(volts: 230, phases: 3), chargingStart: chargingStart
        ).periods.map { "\($0.start):\($0.limit.value)" }.joined(separator: " ")
    }

    static let steps = #"{"startPeriod":0,"limit":7000},{"startPeriod":1800,"limit":3500.5}"#

    @Test func nothingLimits() throws { #expect(try Self.composite([]) == "0:22000") }

    @Test func theHardwareIsTheMost() throws {
        #expect(
            try Self.composite([(0, Self.profile(schedule: Self.schedule(#"{"startPeriod":0,"limit":99000}"#)))])
                == "0:22000")
    }

    @Test func aDefaultRelativeToTheStartOfCharging() throws {
        let text = Self.profile(kind: "Relative", schedule: Self.schedule(Self.steps, more: #","duration":3600"#))
        #expect(try Self.composite([(0, text)]) == "0:7000 1800:3500.5 3600:22000")
        let start = Self.noon.adding(milliseconds: -900_000)
        #expect(try Self.composite([(0, text)], chargingStart: start) == "0:7000 900:3500.5 2700:22000")
    }

    @Test func theConnectorsOwnDefaultComesFirst() throws {
        let common = Self.profile(id: 1, level: 5, schedule: Self.schedule(Self.flat))
        let own = Self.profile(id: 2, schedule: Self.schedule(#"{"startPeriod":0,"limit":4000}"#))
        #expect(try Self.composite([(0, common), (1, own)]) == "0:4000")
        #expect(try Self.composite([(0, common), (1, own)], connector: 2) == "0:11000")
    }

    @Test func aTxProfileTakesThePlaceOfTheDefaultWhileItLasts() throws {
        let common = Self.profile(id: 1, schedule: Self.schedule(#"{"startPeriod":0,"limit":4000}"#))
        let own = Self.profile(
            id: 2, purpose: "TxProfile", kind: "Relative",
            schedule: Self.schedule(#"{"startPeriod":0,"limit":9000}"#, more: #","duration":600"#))
        #expect(try Self.composite([(0, common), (1, own)]) == "0:9000 600:4000")
    }

    @Test func stackLevelsFallBack() throws {
        let low = Self.profile(id: 1, level: 1, schedule: Self.schedule(#"{"startPeriod":0,"limit":5000}"#))
        let high = Self.profile(
            id: 2, level: 2, more: #","validFrom":"2026-03-02T12:10:00Z","validTo":"2026-03-02T12:20:00Z""#,
            schedule: Self.schedule(
                #"{"startPeriod":0,"limit":2000}"#, more: #","startSchedule":"2026-03-02T00:00:00Z""#))
        #expect(try Self.composite([(0, low), (0, high)]) == "0:5000 600:2000 1200:5000")
    }

    @Test func theChargePointsLimitIsTheUpperOne() throws {
        let own = Self.profile(id: 1, schedule: Self.schedule(Self.flat))
        let whole = Self.profile(
            id: 2, purpose: "ChargePointMaxProfile",
            schedule: Self.schedule(
                #"{"startPeriod":0,"limit":10.0},{"startPeriod":3600,"limit":32}"#, unit: "A",
                more: #","startSchedule":"2026-03-02T12:00:00Z""#))
        #expect(try Self.composite([(1, own), (0, whole)]) == "0:6900 3600:11000")
        #expect(try Self.composite([(1, own), (0, whole)], unit: .amperes) == "0:10 3600:15.9")
        #expect(try Self.composite([(1, own), (0, whole)], connector: 0) == "0:6900 3600:22000")
    }

    @Test func recurringDaily() throws {
        let night = Self.profile(
            kind: "Recurring", more: #","recurrencyKind":"Daily""#,
            schedule: Self.schedule(
                #"{"startPeriod":0,"limit":3000}"#,
                more: #","duration":3600,"startSchedule":"2026-02-01T13:00:00Z""#))
        #expect(
            try Self.composite([(0, night)], duration: 2 * 86_400)
                == "0:22000 3600:3000 7200:22000 90000:3000 93600:22000")
    }

    @Test func weeklyAndPhases() throws {
        let week = Self.profile(
            kind: "Recurring", more: #","recurrencyKind":"Weekly""#,
            schedule: Self.schedule(
                #"{"startPeriod":0,"limit":16,"numberPhases":1}"#, unit: "A",
                more: #","duration":60,"startSchedule":"2026-02-23T12:30:00Z""#))
        #expect(try Self.composite([(0, week)]) == "0:22000 1800:3680 1860:22000")
    }

    @Test func profilesReplaceAndAreCleared() throws {
        var profiles = ChargingProfiles()
        let text = Self.schedule(Self.flat)
        profiles.set(try Self.read(Self.profile(id: 1, schedule: text)), atConnector: 0)
        profiles.set(try Self.read(Self.profile(id: 2, schedule: text)), atConnector: 0)
        #expect(profiles.entries.map(\.profile.id) == [2], "the same purpose and level at the same connector")
        profiles.set(try Self.read(Self.profile(id: 2, level: 3, schedule: text)), atConnector: 1)
        #expect(profiles.entries.map(\.connectorId) == [1], "the same id")
        profiles.set(try Self.read(Self.profile(id: 4, level: 4, schedule: text)), atConnector: 1)
        #expect(profiles.clear(id: 9) == 0)
        #expect(profiles.clear(connectorId: 1, stackLevel: 4) == 1)
        #expect(profiles.clear(purpose: .txDefault) == 1)
        #expect(profiles.isEmpty)
    }
}
