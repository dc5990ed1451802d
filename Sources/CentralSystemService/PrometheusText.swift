import OCPPKit

/// Metrics in Prometheus's text format, version 0.0.4.
struct PrometheusText {
    private(set) var text = ""

    enum Kind: String { case counter, gauge, histogram }

    /// Begins a family; its samples follow.
    mutating func family(_ name: String, _ kind: Kind, _ help: String) {
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n"
    }

    /// - Parameter labels: names and values; a value may be any text.
    mutating func sample(_ name: String, _ labels: [(name: String, value: String)] = [], _ value: some BinaryInteger) {
        line(name, labels, "\(value)")
    }

    mutating func sample(seconds milliseconds: Int64, _ name: String, _ labels: [(name: String, value: String)] = []) {
        line(name, labels, Self.seconds(milliseconds))
    }

    /// One family that has one sample.
    mutating func single(_ name: String, _ kind: Kind, _ help: String, _ value: some BinaryInteger) {
        family(name, kind, help)
        sample(name, [], value)
    }

    /// A whole family.
    mutating func histogram(_ name: String, _ help: String, _ counter: LatencyCounter) {
        family(name, .histogram, help)
        var count: UInt64 = 0
        for (bucket, inBucket) in counter.counts.enumerated() {
            count += inBucket
            let bounds = LatencyCounter.bounds
            line("\(name)_bucket", [("le", bucket < bounds.count ? Self.seconds(bounds[bucket]) : "+Inf")], "\(count)")
        }
        line("\(name)_sum", [], Self.seconds(counter.sum))
        line("\(name)_count", [], "\(count)")
    }

    private mutating func line(_ name: String, _ labels: [(name: String, value: String)], _ value: String) {
        text += name
        if !labels.isEmpty {
            text += "{" + labels.map { "\($0.name)=\"\(Self.escaped($0.value))\"" }.joined(separator: ",") + "}"
        }
        text += " \(value)\n"
    }

    private static func escaped(_ value: String) -> String {
        value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    }

    /// Exactly: 1500 is 1.5.
    private static func seconds(_ milliseconds: Int64) -> String {
        let (whole, rest) = milliseconds.quotientAndRemainder(dividingBy: 1000)
        if rest == 0 { return "\(whole)" }
        var digits = "\(1000 + rest)".dropFirst()
        while digits.last == "0" { digits.removeLast() }
        return "\(whole).\(digits)"
    }
}
