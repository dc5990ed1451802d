import OCPPKit

/// What a load came to: the `summary` record of `simulate --load`.
struct LoadSummary {
    let chargePoints: Int
    let message: LoadMessage
    var connected = 0
    /// From the first attempt until all had booted, in microseconds; `nil` where some never did.
    var connecting: Int64?
    /// How long messages were sent, in microseconds.
    var duration: Int64 = 0
    /// CALLs that were answered with a CALLRESULT.
    var messages = 0
    /// Handshakes that were refused or failed, each try.
    var refusedConnections = 0
    var lostConnections = 0
    /// The longest time from a lost connection until the charge point had booted again, in microseconds.
    var longestOutage: Int64 = 0
    /// CALLERRORs and other answers that are none, by what they say.
    var errors: [String: Int] = [:]
    /// CALLs that were not answered within their time.
    var timeouts = 0
    /// In microseconds.
    var responses = DurationHistogram()

    static let maximumErrorKinds = 100

    mutating func addError(_ text: String) {
        let key = errors[text] != nil || errors.count < Self.maximumErrorKinds ? text : "other"
        errors[key, default: 0] += 1
    }

    var errorCount: Int { errors.values.reduce(0, +) }

    var messagesPerSecond: Int64 { duration > 0 ? Int64(Double(messages) * 1_000_000 / Double(duration)) : 0 }

    /// Upper edges of the histogram's bars, in microseconds.
    private static let edges: [Int64] = [
        100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000, 200_000, 500_000, 1_000_000, 2_000_000,
        5_000_000, 10_000_000,
    ]

    /// Writes the record as one line, its newline included.
    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("record", "summary")
        writer.member("message", message.rawValue)
        writer.member("chargePoints", chargePoints)
        writer.member("connected", connected)
        writer.member("connectMilliseconds", connecting.map(Self.milliseconds))
        writer.member("durationMilliseconds", Self.milliseconds(duration))
        writer.member("messages", messages)
        writer.member("messagesPerSecond", messagesPerSecond)
        writer.member("errors", errorCount)
        writer.key("errorCodes")
        writer.beginObject()
        for (code, count) in errors.sorted(by: { $0.key < $1.key }) {
            writer.key(code)
            writer.integer(count)
        }
        writer.endObject()
        writer.member("timeouts", timeouts)
        writer.member("refusedConnections", refusedConnections)
        writer.member("lostConnections", lostConnections)
        writer.member("longestOutageMilliseconds", Self.milliseconds(longestOutage))
        writer.key("responseMilliseconds")
        writer.beginObject()
        writer.member("p50", responses.percentile(50).map(Self.milliseconds))
        writer.member("p90", responses.percentile(90).map(Self.milliseconds))
        writer.member("p99", responses.percentile(99).map(Self.milliseconds))
        writer.member("max", responses.maximum.map(Self.milliseconds))
        writer.endObject()
        writer.key("histogram")
        writer.beginArray()
        var below = 0
        for edge in Self.edges {
            let count = responses.count(notAbove: edge)
            guard count > below else { continue }
            writer.beginObject()
            writer.member("upToMilliseconds", Self.milliseconds(edge))
            writer.member("count", count - below)
            writer.endObject()
            below = count
        }
        writer.endArray()
        writer.endObject()
        writer.endLine()
    }

    private static func milliseconds(_ microseconds: Int64) -> ExactDecimal {
        ExactDecimal(mantissa: microseconds, exponent: -3)
    }
}
