/// A charge point sends the same message again and again.
struct RetransmissionStorm: FindingRule {
    static let code = "retransmissionStorm"
    static let severity = Finding.Severity.warning

    /// So many times the same, each within so long of the one before.
    static let minimumCount = 5
    static let window: Int64 = 10 * 60_000
    private static let maximumKept = 16

    private struct Seen {
        let hash: Int
        var count = 1
        var last: Timestamp?
        var places: [(time: Timestamp?, source: FrameRecord.Source?)]
    }

    /// The last ones, the newest at the end.
    private var seen: [Seen] = []

    mutating func take(_ record: FrameRecord, _ found: inout FindingSink) {
        guard record.frame.kind == .call, record.direction != .fromCentralSystem, let action = record.askedAction,
            let payload = record.frame.payload, payload.raw.count > 2
        else { return }
        var hasher = Hasher()
        hasher.combine(action)
        for byte in payload.raw { hasher.combine(byte) }
        let hash = hasher.finalize()
        guard let index = seen.firstIndex(where: { $0.hash == hash }) else {
            if seen.count == Self.maximumKept { seen.removeFirst() }
            seen.append(Seen(hash: hash, last: record.timestamp, places: [(record.timestamp, record.source)]))
            return
        }
        var one = seen.remove(at: index)
        if let last = one.last, let time = record.timestamp, time - last > Self.window {
            one = Seen(hash: hash, count: 0, places: [])
        }
        one.count += 1
        one.last = record.timestamp
        if one.count <= Self.minimumCount { one.places.append((record.timestamp, record.source)) }
        if one.count == Self.minimumCount {
            for place in one.places { found.note(self, "\(action) came again and again", at: place.time, place.source) }
        } else if one.count > Self.minimumCount {
            found.note(self, "\(action) came again and again", record)
        }
        seen.append(one)
    }
}
