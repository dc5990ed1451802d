/// Turns the times of a log into UTC, and completes those without a year or a date, where somebody said when the log
/// begins. Nothing is guessed: what cannot be known stays unknown.
struct LogClock {
    /// Turns a local time, its digits taken as UTC, into UTC.
    let zone: (@Sendable (Timestamp) -> Timestamp?)?
    /// The year of the last time without one, and its month.
    private var year: (year: Int64, month: Int64)?
    /// The day of the last time of day, in days since 1970, and that time in milliseconds.
    private var day: (day: Int64, milliseconds: Int64)?

    private static let dayMilliseconds: Int64 = 86_400_000

    /// - Parameter start: the date on which the log begins, as its clock shows it; only its date counts.
    init(zone: (@Sendable (Timestamp) -> Timestamp?)?, start: Timestamp?) {
        self.zone = zone
        guard let start else { return }
        let calendar = start.calendar
        year = (calendar.year, calendar.month)
        day = (Timestamp.days(year: calendar.year, month: calendar.month, day: calendar.day), 0)
    }

    /// A time in UTC; `nil` where the zone, the year or the date is not known.
    mutating func utc(_ time: LogTime) -> Timestamp? {
        guard let local = completed(time) else { return nil }
        if let offset = time.offset { return local.adding(milliseconds: -offset * 60_000) }
        return zone?(local)
    }

    private mutating func completed(_ time: LogTime) -> Timestamp? {
        switch time.missing {
        case .nothing: return time.local
        case .year: return withYear(time.local)
        case .date: return withDate(time.local)
        }
    }

    /// The months of a log go on; one that goes back by more than half a year is the next year's.
    private mutating func withYear(_ local: Timestamp) -> Timestamp? {
        guard let last = year else { return nil }
        let calendar = local.calendar
        var found = last.year
        if last.month - calendar.month > 6 { found += 1 }
        // A line that came late, from before the new year.
        if calendar.month - last.month > 6 { found -= 1 }
        if found >= last.year { year = (found, calendar.month) }
        guard calendar.day <= LogTime.lastDay(ofMonth: calendar.month, year: found) else { return nil }
        let days = Timestamp.days(year: found, month: calendar.month, day: calendar.day)
        return Timestamp(milliseconds: days * Self.dayMilliseconds + local.milliseconds % Self.dayMilliseconds)
    }

    /// A clock that goes back by more than half a day has passed midnight.
    private mutating func withDate(_ local: Timestamp) -> Timestamp? {
        guard let last = day else { return nil }
        let milliseconds = local.milliseconds % Self.dayMilliseconds
        var found = last.day
        if last.milliseconds - milliseconds > Self.dayMilliseconds / 2 { found += 1 }
        day = (found, milliseconds)
        return Timestamp(milliseconds: found * Self.dayMilliseconds + milliseconds)
    }
}
