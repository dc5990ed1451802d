import Testing

@testable import OCPPKit

@Suite("Times")
struct TimestampTests {
    @Test(arguments: [
        ("1970-01-01T00:00:00Z", 0), ("1970-01-01T00:00:00.001Z", 1), ("1969-12-31T23:59:59.999Z", -1),
        ("1969-12-31T00:00:00Z", -86_400_000), ("2000-02-29T12:00:00Z", 951_825_600_000),
        ("2026-11-22T09:45:19.146Z", 1_795_340_719_146), ("2026-11-22t09:45:19.146z", 1_795_340_719_146),
        ("2026-11-22T12:45:19.146+03:00", 1_795_340_719_146), ("2026-11-22T06:15:19.146-03:30", 1_795_340_719_146),
        ("2026-11-22T09:45:19.146-00:00", 1_795_340_719_146), ("2026-11-22T09:45:19.146999999Z", 1_795_340_719_146),
        ("2026-11-22T09:45:19.1Z", 1_795_340_719_100), ("2026-11-22T09:45:19.14Z", 1_795_340_719_140),
        ("2026-11-22T09:45:19.1461234567890123456789012Z", 1_795_340_719_146),
        ("2016-12-31T23:59:60Z", 1_483_228_800_000),
        ("2017-01-01T01:59:60+02:00", 1_483_228_800_000), ("0001-01-01T00:00:00Z", -62_135_596_800_000),
        ("9999-12-31T23:59:59.999Z", 253_402_300_799_999), ("2026-01-01T00:00:00+23:59", 1_767_139_260_000),
    ])
    func exactOnes(_ text: String, _ milliseconds: Int64) {
        #expect(Timestamp(rfc3339: text)?.milliseconds == milliseconds)
    }

    @Test(
        arguments: [
            ("2026-11-22T09:45:19", .missingZone, "2026-11-22T09:45:19.000Z"),
            ("2026-11-22T09:45:19.5", .missingZone, "2026-11-22T09:45:19.500Z"),
            ("2026-11-22T09:45:19+03", .shortOffset, "2026-11-22T06:45:19.000Z"),
            ("2026-11-22T09:45:19-0330", .shortOffset, "2026-11-22T13:15:19.000Z"),
            ("2026-11-22 09:45:19Z", .blankForT, "2026-11-22T09:45:19.000Z"),
            ("22222-11-22T09:45:19Z", .longYear, "22222-11-22T09:45:19.000Z"),
            ("2026-11-22T09:45:60Z", .misplacedLeapSecond, "2026-11-22T09:46:00.000Z"),
        ] as [(String, Timestamp.Repair, String)])
    func nearMisses(_ text: String, _ repair: Timestamp.Repair, _ read: String) throws {
        let (time, repairs) = try #require(Timestamp.read(text))
        #expect(repairs == [repair])
        #expect(time.description == read)
        #expect(Timestamp(rfc3339: text) == nil)
    }

    @Test(arguments: [
        "", "0", "tomorrow", "AnyStringHere100", "2026-11-22", "2026-11-22T09:45Z", "2026-11-22T09:45:Z",
        "26-11-22T09:45:19Z",
        "2026-13-22T09:45:19Z", "2026-00-22T09:45:19Z", "2026-11-31T09:45:19Z", "2026-11-00T09:45:19Z",
        "2026-02-29T09:45:19Z",
        "1900-02-29T00:00:00Z", "2026-11-22T24:00:00Z", "2026-11-22T09:60:19Z", "2026-11-22T09:45:61Z",
        "2026-11-22T09:45:19.Z",
        "2026-11-22T09:45:19,5Z", "2026-11-22T09:45:19ZZ", "2026-11-22T09:45:19Z ", " 2026-11-22T09:45:19Z",
        "2026-11-22T09:45:19+24:00", "2026-11-22T09:45:19+03:60", "2026-11-22T09:45:19+3:00", "2026-11-22T09:45:19+03:",
        "2026-11-22T9:45:19Z", "2026-1-22T09:45:19Z", "-026-11-22T09:45:19Z", "+2026-11-22T09:45:19Z",
        "20261122T094519Z",
        "1234567-01-01T00:00:00Z", "2026-11-22T09:45:19 +03:00", "2026–11–22T09:45:19Z", "２０２６-11-22T09:45:19Z",
    ])
    func noTimes(_ text: String) {
        #expect(Timestamp.read(text) == nil)
    }

    /// Messages may hold any number for a time.
    @Test func timesBeyondAllClocks() {
        let (first, last) = (Timestamp(milliseconds: .min), Timestamp(milliseconds: .max))
        #expect(last - first == .max && first - last == .min && last - last == 0)
        #expect(last.adding(milliseconds: 1) == last && first.adding(milliseconds: -1) == first)
        #expect(last.adding(milliseconds: -1).milliseconds == .max - 1)
        #expect(last.description.hasSuffix("Z") && first.description.hasPrefix("-"))
    }

    @Test func leapYears() {
        for (year, isLeap) in [
            (1600, true), (1900, false), (2000, true), (2024, true), (2026, false), (2100, false), (2400, true),
        ] {
            #expect((Timestamp(rfc3339: "\(year)-02-29T00:00:00Z") != nil) == isLeap, "\(year)")
            let length =
                Timestamp.days(year: Int64(year) + 1, month: 1, day: 1)
                - Timestamp.days(year: Int64(year), month: 1, day: 1)
            #expect(length == (isLeap ? 366 : 365), "\(year)")
        }
    }

    /// Every day of 800 years and a stride far beyond them, counted by hand.
    @Test func daysFollowEachOther() {
        var (year, month, day) = (Int64(1600), Int64(1), Int64(1))
        var expected = Timestamp.days(year: 1600, month: 1, day: 1)
        while year < 2400 {
            let found = Timestamp.days(year: year, month: month, day: day)
            let calendar = Timestamp(seconds: expected * 86_400 + 86_399).calendar
            guard found == expected, calendar.year == year, calendar.month == month, calendar.day == day,
                calendar.hour == 23, calendar.minute == 59, calendar.second == 59
            else {
                Issue.record("\(year)-\(month)-\(day)")
                return
            }
            let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
            let length: Int64 = month == 2 ? (isLeap ? 29 : 28) : [4, 6, 9, 11].contains(month) ? 30 : 31
            day += 1
            if day > length { (day, month) = (1, month + 1) }
            if month > 12 { (month, year) = (1, year + 1) }
            expected += 1
        }
    }

    @Test func whatIsWrittenIsReadAgain() {
        for milliseconds in stride(from: Int64(-62_135_596_800_000), through: 253_402_300_799_999, by: 86_399_999 * 97)
        {
            let time = Timestamp(milliseconds: milliseconds)
            guard Timestamp(rfc3339: time.description) == time else {
                Issue.record("\(milliseconds): \(time)")
                return
            }
        }
    }

    @Test func yearsBeforeTheFirstAreWrittenWithASign() throws {
        #expect(
            try #require(Timestamp.read("0000-01-01T00:00:00+01:00")).time.description == "-0001-12-31T23:00:00.000Z")
    }

    @Test func arithmetic() throws {
        let start = try #require(Timestamp(rfc3339: "2026-03-14T08:05:09Z"))
        let stop = start.adding(milliseconds: 1500)
        #expect(stop - start == 1500 && start - stop == -1500 && start < stop)
        #expect(stop.description == "2026-03-14T08:05:10.500Z")
        #expect(Timestamp(seconds: 2) == Timestamp(milliseconds: 2000))
    }
}
