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
        func offset(at time: Timestamp) -> Int64 {
            let date = Date(timeIntervalSince1970: Double(time.milliseconds) / 1000)
            return Int64(zone.secondsFromGMT(for: date)) * 1000
        }
        // The offset half a day earlier is the one before a change, if there is one near.
        let before = local.adding(milliseconds: -offset(at: local.adding(milliseconds: -43_200_000)))
        if offset(at: before) == local - before { return before }
        let after = local.adding(milliseconds: -offset(at: before))
        return offset(at: after) == local - after ? after : before
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
