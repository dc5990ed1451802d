/// Something in the traffic of a charge point that a person should look at: the `finding` record.
public struct Finding: Sendable {
    public enum Severity: String, Sendable, CaseIterable, Comparable {
        /// Somebody cannot charge, or an energy value cannot be trusted.
        case error
        /// Something works, and not as it should.
        case warning
        /// Worth knowing where something else is looked for.
        case info

        public static func < (left: Severity, right: Severity) -> Bool {
            allCases.firstIndex(of: left)! < allCases.firstIndex(of: right)!
        }
    }

    /// As `docs/findings.md` lists them.
    public let code: String
    public let severity: Severity
    public let chargePointId: String?
    /// `nil` where it is about the charge point as a whole.
    public let connectorId: Int64?
    /// What is wrong, for people.
    public let message: String
    /// How often it was seen.
    public internal(set) var count = 0
    /// When it was seen, the log's time; `nil` where the log has none.
    public internal(set) var firstTimestamp: Timestamp?
    public internal(set) var lastTimestamp: Timestamp?
    /// Where it was seen: the first places.
    public internal(set) var evidence: [FrameRecord.Source] = []

    /// So many places are kept.
    public static let maximumEvidence = 10

    mutating func note(_ times: [Timestamp?], _ sources: [FrameRecord.Source?]) {
        count += 1
        for time in times.compactMap({ $0 }) {
            firstTimestamp = min(firstTimestamp ?? time, time)
            lastTimestamp = max(lastTimestamp ?? time, time)
        }
        evidence += sources.compactMap { $0 }.prefix(Finding.maximumEvidence - evidence.count)
    }

    /// Writes the record as one line, its newline included.
    public func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("record", "finding")
        writer.member("code", code)
        writer.member("severity", severity.rawValue)
        writer.member("chargePointId", chargePointId)
        writer.member("connectorId", connectorId)
        writer.member("firstTimestamp", firstTimestamp)
        writer.member("lastTimestamp", lastTimestamp)
        writer.member("count", count)
        writer.member("message", message)
        writer.key("evidence")
        writer.beginArray()
        for source in evidence {
            writer.beginObject()
            writer.member("file", source.file)
            writer.member("line", source.line)
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
        writer.endLine()
    }
}
