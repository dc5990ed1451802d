import ArgumentParser
import Foundation
import OCPPKit

/// A time zone by its name (`Europe/Berlin`), `UTC`, or a fixed offset (`+02:00`).
struct LocalZone: ExpressibleByArgument, Sendable {
    private let zone: TimeZone

    init?(argument: String) {
        if let seconds = LocalZone.fixedOffset(argument), let zone = TimeZone(secondsFromGMT: seconds) {
            self.zone = zone
        } else if let zone = TimeZone(identifier: argument) {
            self.zone = zone
        } else {
            return nil
        }
    }

    /// Turns a local time, its digits taken as UTC, into UTC. Of a time that the clock showed twice, the first; a time
    /// that it skipped counts from before the change.
    func utc(ofLocal local: Timestamp) -> Timestamp {
        func offset(at time: Timestamp) -> Int64 { Int64(offsetSeconds(at: time)) * 1000 }
        // The offset half a day earlier is the one before a change, if there is one near.
        let before = local.adding(milliseconds: -offset(at: local.adding(milliseconds: -43_200_000)))
        if offset(at: before) == local - before { return before }
        let after = local.adding(milliseconds: -offset(at: before))
        return offset(at: after) == local - after ? after : before
    }

    /// Minutes that the zone is ahead of UTC, rounded down: RFC 3339 has no seconds, which only times before 1972 need.
    func offsetMinutes(at time: Timestamp) -> Int { Int((Double(offsetSeconds(at: time)) / 60).rounded(.down)) }

    private func offsetSeconds(at time: Timestamp) -> Int {
        zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(time.milliseconds) / 1000))
    }

    /// Seconds of `+02:00`, `-0330`, `+02`.
    private static func fixedOffset(_ text: String) -> Int? {
        guard let sign = text.first, sign == "+" || sign == "-" else { return nil }
        let digits = text.dropFirst().filter { $0 != ":" }
        guard digits.count == 2 || digits.count == 4, digits.allSatisfy(\.isNumber),
            let hours = Int(digits.prefix(2)), let minutes = Int(digits.count == 4 ? digits.suffix(2) : "0"),
            hours <= 14, minutes < 60
        else { return nil }
        return (hours * 3600 + minutes * 60) * (sign == "-" ? -1 : 1)
    }
}
