/// When to try again: a random time below a bound that doubles with each failure, so that devices which were
/// cut together do not come back together.
struct RetryDelay {
    private let shortest: Int
    private let longest: Int
    private var bound: Int

    init(shortestMilliseconds: Int, longestMilliseconds: Int) {
        shortest = max(1, shortestMilliseconds)
        longest = max(shortest, longestMilliseconds)
        bound = shortest
    }

    mutating func nextMilliseconds() -> Int {
        bound = min(longest, bound * 2)
        return Int.random(in: shortest...bound)
    }

    mutating func reset() {
        bound = shortest
    }
}
