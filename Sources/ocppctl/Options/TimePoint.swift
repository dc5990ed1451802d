import ArgumentParser
import OCPPKit

/// A time as people give it: `2026-03-01T10:00:00Z`, `2026-03-01`, `today`, `yesterday`, `7d`.
enum TimePoint: ExpressibleByArgument {
    case instant(Timestamp)
    /// A date, or a time without a zone: its digits taken as UTC.
    case local(Timestamp)
    /// Midnight at the beginning of the day so many days ago.
    case daysAgo(Int64)
    case ago(Duration)

    init?(argument: String) {
        switch argument {
        case "today": self = .daysAgo(0)
        case "yesterday": self = .daysAgo(1)
        default:
            if let last = argument.utf8.last, last >= UInt8(ascii: "a"), let duration = Duration(argument: argument) {
                self = .ago(duration)
            } else if let midnight = Timestamp(rfc3339: argument + "T00:00:00Z") {
                self = .local(midnight)
            } else if let (time, repairs) = Timestamp.read(argument), repairs.isEmpty || repairs == [.missingZone] {
                self = repairs.isEmpty ? .instant(time) : .local(time)
            } else {
                return nil
            }
        }
    }

    /// - Parameter zone: whose days are meant; `nil` for those of UTC.
    func resolved(now: Timestamp, in zone: LocalZone?) -> Timestamp {
        switch self {
        case .instant(let time): return time
        case .local(let digits): return zone?.utc(ofLocal: digits) ?? digits
        case .daysAgo(let days):
            let day: Int64 = 86_400_000
            let local = now.milliseconds + Int64(zone?.offsetMinutes(at: now) ?? 0) * 60_000
            let midnight = (local >= 0 ? local : local - day + 1) / day * day
            return TimePoint.local(Timestamp(milliseconds: midnight - days * day)).resolved(now: now, in: zone)
        case .ago(let duration): return now.adding(milliseconds: -duration.milliseconds)
        }
    }
}
