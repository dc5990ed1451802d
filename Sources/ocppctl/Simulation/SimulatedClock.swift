import Glibc
import OCPPKit

/// Simulated time: begins now and runs at its own speed. Steps of the system's clock do not move it.
struct SimulatedClock: Sendable {
    let speed: Double
    let start: Timestamp
    private let monotonicStart: Int64

    init(speed: Double) {
        self.speed = speed
        start = Timestamp(milliseconds: SimulatedClock.milliseconds(CLOCK_REALTIME))
        monotonicStart = SimulatedClock.milliseconds(CLOCK_MONOTONIC)
    }

    var now: Timestamp { start.adding(milliseconds: Int64(Double(realMilliseconds) * speed)) }

    /// Since the start, on the wall.
    var realMilliseconds: Int64 { SimulatedClock.milliseconds(CLOCK_MONOTONIC) - monotonicStart }

    /// How long to wait for a simulated time, on the wall; never too short.
    func realMilliseconds(until time: Timestamp) -> Int {
        max(0, Int((Double(time - now) / speed).rounded(.up)))
    }

    private static func milliseconds(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        unsafe clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }
}
