import OCPPKit
import WebEndpoints

/// Which sessions a request asks for, and the answers to it.
struct SessionQuestion: Sendable {
    private let filter: SessionFilter
    /// A pattern with `*` and `?`; an id without them is one charge point.
    private let chargePoint: String?
    private let idTag: String?
    private let before: Int64?
    private let limit: Int

    private static let maximumLimit: Int64 = 500

    /// - Throws: a text for people where a parameter cannot be read.
    init(_ request: HTTPServerRequest) throws(SourceFailure) {
        func text(_ name: String) -> String? { request.parameter(name).flatMap { $0.isEmpty ? nil : $0 } }
        func time(_ name: String) throws(SourceFailure) -> Timestamp? {
            guard let given = text(name) else { return nil }
            guard let time = Timestamp(rfc3339: given) else {
                throw SourceFailure("\(name) is no time such as 2026-03-01T00:00:00Z")
            }
            return time
        }
        func number(_ name: String) throws(SourceFailure) -> Int64? {
            guard let given = text(name) else { return nil }
            guard let number = Int64(given), number >= 0 else { throw SourceFailure("\(name) is no number") }
            return number
        }
        chargePoint = text("chargePoint")
        idTag = text("idTag")?.lowercased()
        filter = SessionFilter(
            since: try time("since"), until: try time("until"), chargePoints: chargePoint.map { [$0] } ?? [])
        before = try number("before")
        limit = Int(min(Self.maximumLimit, max(1, try number("limit") ?? 50)))
    }

    private func matches(_ session: Session) -> Bool {
        if let idTag, session.idTag?.lowercased() != idTag { return false }
        return filter.matches(session)
    }

    /// `{"sessions":[…],"next":…}`: the newest first, and what to ask for as `before` for more; without it there are none.
    func page(of source: any DashboardSource) throws -> HTTPAnswer {
        let table = SessionTable()
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("sessions")
        writer.beginArray()
        var count = 0
        var last: Int64?
        var hasMore = false
        let exact = chargePoint.flatMap { NamePattern.isPattern($0) ? nil : $0 }
        try source.sessionsNewestFirst(before: before, of: exact) { number, session in
            guard matches(session) else { return true }
            guard count < limit else {
                hasMore = true
                return false
            }
            count += 1
            last = number
            writer.raw(table.jsonLine(session).dropLast())
            return true
        }
        writer.endArray()
        writer.member("next", hasMore ? last : nil)
        writer.endObject()
        return .json(writer.bytes)
    }

    /// The rows that `export-sessions` writes.
    func csv(of source: any DashboardSource, _ writer: StreamWriter) throws {
        let table = SessionTable()
        try writer.write(table.csvHeader)
        try source.sessions { session in
            if matches(session) { try writer.write(table.csvLine(session)) }
        }
    }

    /// `{"rows":[…]}` as `export-sessions --by` has them.
    func consumption(
        of source: any DashboardSource, by grouping: Consumption.Grouping, timezone: TimezoneOffset?
    ) throws -> HTTPAnswer {
        var consumption = Consumption(by: grouping, timezone: timezone)
        try source.sessions { session in
            if matches(session) { consumption.add(session) }
        }
        let table = ConsumptionTable(columns: grouping.columns)
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("rows")
        writer.beginArray()
        for row in consumption.rows { writer.raw(table.jsonLine(row).dropLast()) }
        writer.endArray()
        writer.endObject()
        return .json(writer.bytes)
    }
}
