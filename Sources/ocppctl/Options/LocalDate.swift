import ArgumentParser
import OCPPKit

/// A date as somebody's clock shows it: `2026-11-22`.
struct LocalDate: ExpressibleByArgument, Sendable {
    /// Its beginning, the digits taken as UTC.
    let midnight: Timestamp

    init?(argument: String) {
        guard argument.utf8.count == 10, let time = Timestamp(rfc3339: argument + "T00:00:00Z") else { return nil }
        midnight = time
    }
}
