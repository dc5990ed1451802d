/// Durations in whole units of the caller's choice, counted in constant memory: exact below 1,024 units, above it to
/// within 0.8 %.
public struct DurationHistogram: Sendable {
    /// Each doubling above the exact range has so many buckets.
    private static let bucketsPerDoubling: Int64 = 128
    private static let exactRange: Int64 = 1024

    private var counts: [Int] = []
    public private(set) var count = 0
    /// Exact; `nil` where nothing was added.
    public private(set) var maximum: Int64?

    public init() {}

    /// - Parameter duration: not negative.
    public mutating func add(_ duration: Int64) {
        let bucket = DurationHistogram.bucket(of: max(0, duration))
        if bucket >= counts.count { counts += Array(repeating: 0, count: bucket + 1 - counts.count) }
        counts[bucket] += 1
        count += 1
        maximum = max(maximum ?? 0, duration)
    }

    /// The smallest duration that so many percent of all do not exceed (nearest rank); `nil` where nothing was added.
    public func percentile(_ percent: Int) -> Int64? {
        guard let maximum else { return nil }
        let rank = max(1, (count * percent + 99) / 100)
        var seen = 0
        for (bucket, inBucket) in counts.enumerated() {
            seen += inBucket
            if seen >= rank { return min(maximum, DurationHistogram.upperEdge(of: bucket)) }
        }
        return maximum
    }

    /// How many were no longer than this.
    public func count(notAbove duration: Int64) -> Int {
        guard duration >= 0 else { return 0 }
        return counts.prefix(DurationHistogram.bucket(of: duration) + 1).reduce(0, +)
    }

    private static func bucket(of value: Int64) -> Int {
        guard value >= exactRange else { return Int(value) }
        // Doublings above the exact range, and the next seven bits.
        let doubling = Int64(53 - value.leadingZeroBitCount)
        let step = (value >> (doubling + 3)) - bucketsPerDoubling
        return Int(exactRange + doubling * bucketsPerDoubling + step)
    }

    /// The largest value that a bucket counts.
    private static func upperEdge(of bucket: Int) -> Int64 {
        let bucket = Int64(bucket)
        guard bucket >= exactRange else { return bucket }
        let (doubling, step) = (bucket - exactRange).quotientAndRemainder(dividingBy: bucketsPerDoubling)
        // The last edge is one past what 64 bits hold with a sign.
        return Int64((UInt64(bucketsPerDoubling + step + 1) << UInt64(doubling + 3)) - 1)
    }
}
