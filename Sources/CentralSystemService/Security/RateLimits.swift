/// Token buckets by a key, in bounded memory: a bucket that is full again is forgotten.
struct RateLimits {
    private struct Bucket {
        var level: Double
        var last: Int64
    }

    private let perSecond: Double
    private let burst: Double
    private let maximumCount: Int
    private var buckets: [String: Bucket] = [:]

    /// - Parameter burst: 0 is no limit.
    init(perSecond: Double, burst: Double, maximumCount: Int = 65_536) {
        self.perSecond = perSecond
        self.burst = burst
        self.maximumCount = maximumCount
    }

    /// Takes one.
    /// - Parameter now: milliseconds on a clock that does not go back.
    /// - Returns: false where there is none; nothing is taken then.
    mutating func take(_ key: String, now: Int64) -> Bool {
        guard burst > 0 else { return true }
        var bucket = current(key, now)
        guard bucket.level >= 1 else { return false }
        bucket.level -= 1
        if buckets[key] == nil, buckets.count >= maximumCount { sweep(now) }
        buckets[key] = bucket
        return true
    }

    func isEmpty(_ key: String, now: Int64) -> Bool { burst > 0 && current(key, now).level < 1 }

    /// Fills the bucket: what was counted as a failure was none.
    mutating func forgive(_ key: String) { buckets[key] = nil }

    var count: Int { buckets.count }

    private func current(_ key: String, _ now: Int64) -> Bucket {
        guard let bucket = buckets[key] else { return Bucket(level: burst, last: now) }
        let gained = Double(max(0, now - bucket.last)) / 1_000 * perSecond
        return Bucket(level: min(burst, bucket.level + gained), last: now)
    }

    /// Makes room: buckets that are full again; where there are none, half of all, so that memory stays bounded.
    private mutating func sweep(_ now: Int64) {
        buckets = buckets.filter { current($0.key, now).level < burst }
        guard buckets.count >= maximumCount else { return }
        for key in buckets.keys.prefix(maximumCount / 2) { buckets[key] = nil }
    }
}
