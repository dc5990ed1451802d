/// Counts over frames and broken frames: the `summary` record, in bounded memory.
public struct DecodeSummary: Sendable {
    public private(set) var frames = 0
    public private(set) var calls = 0
    public private(set) var results = 0
    public private(set) var errors = 0
    public private(set) var unreadable = 0
    /// CALLs by action.
    public var actions: [String: Int] { actionPlaces.mapValues { actionCounts[$0] } }
    private var actionPlaces: [String: Int] = [:]
    private var actionCounts: [Int] = []
    /// Where actions of OCPP 1.6 that have been seen are counted, by their place in `Actions.all`; -1 for the others.
    private var knownPlaces = [Int](repeating: -1, count: Actions.all.count)
    public private(set) var violations: [Violation.Code: Int] = [:]
    /// The earliest and the latest time of a frame.
    public private(set) var firstTimestamp: Timestamp?
    public private(set) var lastTimestamp: Timestamp?
    /// Of answers that found their CALL, where both have a time.
    public private(set) var responseTimes = DurationHistogram()
    /// Hashes of them: of a million charge points, two have the same with a probability of 3 in 100 million.
    private var chargePoints: Set<Int> = []
    private var lastChargePointId: String?

    /// So many different actions are counted under their names, and those beyond under `otherActions`.
    public static let maximumActions = 1000
    public static let otherActions = "(other)"

    public init() {}

    public mutating func add(_ item: LogItem) {
        switch item {
        case .frame(let record):
            if record.frame.kind == .call { actionCounts[place(ofActionOf: record.frame)] += 1 }
            for violation in record.violations { violations[violation.code, default: 0] += 1 }
            add(record.frame.kind, record.chargePointId, record.timestamp, record.responseMilliseconds)
        case .sound(let record):
            if record.kind == .call, let action = record.frame.action { actionCounts[place(ofAction: action)] += 1 }
            add(record.kind, record.chargePointId, record.timestamp, record.responseMilliseconds)
        case .unreadable: unreadable += 1
        case .connection, .record: break
        }
    }

    private mutating func add(
        _ kind: Frame.Kind, _ chargePointId: String?, _ timestamp: Timestamp?, _ responseMilliseconds: Int64?
    ) {
        frames += 1
        switch kind {
        case .call: calls += 1
        case .callResult: results += 1
        case .callError: errors += 1
        }
        if let chargePointId, chargePointId != lastChargePointId {
            chargePoints.insert(chargePointId.hashValue)
            lastChargePointId = chargePointId
        }
        if let timestamp {
            firstTimestamp = min(firstTimestamp ?? timestamp, timestamp)
            lastTimestamp = max(lastTimestamp ?? timestamp, timestamp)
        }
        if let responseMilliseconds { responseTimes.add(responseMilliseconds) }
    }

    private mutating func place(ofActionOf call: Frame) -> Int {
        if let known = call.definitionIndex { return place(ofAction: known) }
        return place(ofAction: call.action ?? "").place
    }

    /// - Parameter known: its place in `Actions.all`.
    private mutating func place(ofAction known: Int) -> Int {
        if knownPlaces[known] >= 0 { return knownPlaces[known] }
        let (place, isCounted) = place(ofAction: Actions.all[known].name)
        if isCounted { knownPlaces[known] = place }
        return place
    }

    /// Where an action is counted, and whether under its own name.
    private mutating func place(ofAction action: String) -> (place: Int, isCounted: Bool) {
        if let place = actionPlaces[action] { return (place, true) }
        let isCounted = actionPlaces.count < DecodeSummary.maximumActions
        let name = isCounted ? action : DecodeSummary.otherActions
        let place = actionPlaces[name] ?? actionCounts.count
        if place == actionCounts.count {
            actionCounts.append(0)
            actionPlaces[name] = place
        }
        return (place, isCounted)
    }

    /// Writes the record as one line, its newline included. What is not known is `null`.
    ///
    /// - Parameters:
    ///   - unansweredCalls: as the reader counted them.
    ///   - orphanResults: as the reader counted them.
    public func write(to writer: inout JSONWriter, unansweredCalls: Int, orphanResults: Int) {
        writer.beginObject()
        writer.member("record", "summary")
        writer.member("frames", frames)
        writer.member("calls", calls)
        writer.member("results", results)
        writer.member("errors", errors)
        writer.member("unreadable", unreadable)
        writer.key("actions")
        writer.beginObject()
        for (action, count) in actions.sorted(by: { $0.key < $1.key }) {
            writer.key(action)
            writer.integer(count)
        }
        writer.endObject()
        writer.key("violations")
        writer.beginObject()
        for code in Violation.Code.allCases {
            guard let count = violations[code] else { continue }
            writer.key(code.rawValue)
            writer.integer(count)
        }
        writer.endObject()
        writer.member("unansweredCalls", unansweredCalls)
        writer.member("orphanResults", orphanResults)
        writer.member("chargePoints", chargePoints.count)
        writer.member("firstTimestamp", orNull: firstTimestamp?.description)
        writer.member("lastTimestamp", orNull: lastTimestamp?.description)
        writer.key("responseMilliseconds")
        writer.beginObject()
        writer.member("p50", orNull: responseTimes.percentile(50))
        writer.member("p99", orNull: responseTimes.percentile(99))
        writer.member("max", orNull: responseTimes.maximum)
        writer.endObject()
        writer.endObject()
        writer.endLine()
    }
}

extension JSONWriter {
    fileprivate mutating func member(_ name: StaticString, orNull value: String?) {
        key(name)
        if let value { string(value) } else { null() }
    }

    fileprivate mutating func member(_ name: StaticString, orNull value: Int64?) {
        key(name)
        if let value { integer(value) } else { null() }
    }
}
