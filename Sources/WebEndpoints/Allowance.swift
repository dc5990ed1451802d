/// A token bucket that may be overdrawn by what cannot be split: it fills at a rate, up to a burst.
struct Allowance {
    private let perSecond: Double
    private let burst: Double
    private var level: Double
    private var last: UInt64

    /// - Parameter now: on a clock in milliseconds that never goes back, as in all of these.
    init(perSecond: Int, burstSeconds: Int, now: UInt64) {
        self.perSecond = Double(perSecond)
        burst = Double(perSecond) * Double(max(1, burstSeconds))
        level = burst
        last = now
    }

    /// Takes `amount`, all the same.
    /// - Returns: milliseconds until the bucket is not overdrawn any more; 0 where it is not.
    mutating func spend(_ amount: Int, now: UInt64) -> Int {
        guard perSecond > 0 else { return 0 }
        level = min(burst, level + Double(now - last) / 1_000 * perSecond) - Double(amount)
        last = now
        return level >= 0 ? 0 : Int((-level / perSecond * 1_000).rounded(.up))
    }
}
