/// What the frames of one charge point, or of several of a make, show of how they are to be read.
struct QuirkEvidence: Sendable {
    /// How often something was seen, and where first.
    struct Sightings: Sendable {
        var count = 0
        var first: FrameRecord.Source?
    }

    struct Violated: Sendable, Hashable {
        /// `StopTransaction.req`.
        var message: String
        var code: Violation.Code
        /// Without the numbers of elements: `$.meterValue[].timestamp`.
        var path: String
    }

    /// How far times lie ahead of their arrival, by the quarter of an hour.
    struct Clock: Sendable {
        var times = 0
        var quarters: [Int: Int] = [:]

        /// Minutes that nearly all of at least three times are ahead, within three minutes.
        var minutesAhead: Int? {
            guard let (quarter, count) = quarters.max(by: { ($0.value, $1.key) < ($1.value, $0.key) }) else {
                return nil
            }
            return count >= 3 && count * 10 >= times * 8 ? quarter * 15 : nil
        }
    }

    /// Different things that are counted of one kind; a hostile log has any number.
    static let limit = 500

    var chargePoints = 0
    var frames = 0
    var violations: [Violated: Sightings] = [:]
    var repairs: [String: Sightings] = [:]
    /// Times without a zone, and times with one.
    var local = Clock()
    var labelled = Clock()
    /// By field: texts that its enumeration does not have, and what they seem to mean.
    var values: [String: [String: String]] = [:]
    /// By message: unknown fields that stand where one field is missing.
    var fields: [String: [String: String]] = [:]
    /// Connectors of the transactions whose meter values name connector 0.
    var connectorsOfZero: [Int64: Int] = [:]
    var stops = 0
    var stopsBelowStart = 0

    mutating func merge(_ other: QuirkEvidence) {
        func add(_ one: Sightings, _ two: Sightings) -> Sightings {
            Sightings(count: one.count + two.count, first: one.first ?? two.first)
        }
        chargePoints += other.chargePoints
        frames += other.frames
        violations.merge(other.violations, uniquingKeysWith: add)
        repairs.merge(other.repairs, uniquingKeysWith: add)
        local.times += other.local.times
        local.quarters.merge(other.local.quarters, uniquingKeysWith: +)
        labelled.times += other.labelled.times
        labelled.quarters.merge(other.labelled.quarters, uniquingKeysWith: +)
        values.merge(other.values) { $0.merging($1) { first, _ in first } }
        fields.merge(other.fields) { $0.merging($1) { first, _ in first } }
        connectorsOfZero.merge(other.connectorsOfZero, uniquingKeysWith: +)
        stops += other.stops
        stopsBelowStart += other.stopsBelowStart
    }

    /// Whether there is anything to say.
    var isOdd: Bool { !violations.isEmpty || !repairs.isEmpty || !rules.isEmpty }

    /// The rules that the evidence speaks for, with what does, for people.
    var rules: [(name: QuirkRules.Name, value: JSONValue, why: String)] {
        var rules: [(name: QuirkRules.Name, value: JSONValue, why: String)] = []
        if let minutes = labelled.minutesAhead, minutes != 0 {
            let why = "\(labelled.times) times that name a zone lie \(minutes) minutes ahead of their arrival"
            rules.append((.timezone, .string(offset(minutes)), why))
            rules.append((.zoneLabels, .string("wrong"), why))
        } else if let minutes = local.minutesAhead {
            let why = "\(local.times) times without a zone lie \(minutes) minutes ahead of their arrival"
            rules.append((.timezone, .string(offset(minutes)), why))
        }
        if !fields.isEmpty {
            rules.append((.fields, nested(fields), "unknown fields where one of the same type is missing"))
        }
        if !values.isEmpty {
            rules.append((.values, nested(values), "texts that the specification has in other letters"))
        }
        if connectorsOfZero.count == 1, let (connector, count) = connectorsOfZero.first {
            rules.append(
                (
                    .connectors, .object([("0", .integer(connector))]),
                    "\(count) meter values of connector 0 name a transaction of connector \(connector)"
                ))
        }
        if stops >= 2, stopsBelowStart == stops {
            let why = "all \(stops) meter readings at a stop are below those at the start"
            rules.append((.register, .string(QuirkRules.Register.session.rawValue), why))
        }
        return rules
    }

    private func nested(_ tables: [String: [String: String]]) -> JSONValue {
        .object(
            tables.sorted { $0.key < $1.key }.map { table in
                let entries = table.value.sorted { $0.key < $1.key }
                return (table.key, .object(entries.map { ($0.key, .string($0.value)) }))
            })
    }

    private func offset(_ minutes: Int) -> String {
        func two(_ number: Int) -> String { (number < 10 ? "0" : "") + String(number) }
        return (minutes < 0 ? "-" : "+") + two(abs(minutes) / 60) + ":" + two(abs(minutes) % 60)
    }
}
