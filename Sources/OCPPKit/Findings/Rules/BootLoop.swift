/// A charge point boots again and again.
struct BootLoop: FindingRule {
    static let code = "bootLoop"
    static let severity = Finding.Severity.error

    /// So many boots within so long.
    static let minimumCount = 3
    static let window: Int64 = 10 * 60_000

    private var boots: [(time: Timestamp, source: FrameRecord.Source?)] = []
    /// Boots before this one have been noted.
    private var isNoted = false
    /// A charge point that is not accepted yet repeats its BootNotification, as it should.
    private var isWaiting = false

    mutating func take(_ record: FrameRecord, _ found: inout FindingSink) {
        guard record.askedAction == "BootNotification" else { return }
        switch record.frame.kind {
        case .callResult: isWaiting = record.payload?["status"]?.text != "Accepted"
        case .callError: isWaiting = true
        case .call:
            defer { isWaiting = true }
            guard !isWaiting || boots.isEmpty, let time = record.timestamp else { return }
            boots.removeAll { time - $0.time > Self.window || time < $0.time }
            if boots.isEmpty { isNoted = false }
            boots.append((time, record.source))
            guard boots.count >= Self.minimumCount else { return }
            let new = isNoted ? boots.suffix(1) : boots[...]
            for boot in new { found.note(self, "booted again and again", at: boot.time, boot.source) }
            isNoted = true
            if boots.count > Self.minimumCount { boots.removeFirst() }
        }
    }
}
