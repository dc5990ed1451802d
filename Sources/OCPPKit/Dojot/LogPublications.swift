/// Frames of a log folded into what `serve` would have published of them.
///
/// Frames without a charge point publish nothing. A start waits for its answer, which gives the transaction its id; so
/// does a command, whose answer is its result. Repetitions publish nothing. Memory is bounded: of each kind the newest
/// 10,000 are waited for or known.
public struct LogPublications: Sendable {
    private var folder = SessionFolder(keepingClosedPerChargePoint: CentralSystem.closedSessionsKept)
    private var connectors: [String: [Int64: String]] = [:]
    private var waiting = BoundedTable<CallKey, FrameRecord>(limit: 10_000)
    private var seen = BoundedTable<String, Void>(limit: 10_000)

    private struct CallKey: Hashable {
        let chargePointId: String
        let messageId: String
        let isCommand: Bool
    }

    public init() {}

    /// - Parameters:
    ///   - record: answers have the action of their CALL, as `LogReader` gives them.
    ///   - now: stands for the time of a frame where the log tells none.
    public mutating func take(_ record: FrameRecord, at now: Timestamp) -> [Publication] {
        guard let id = record.chargePointId else { return [] }
        let arrival = record.timestamp ?? now
        if record.frame.kind != .call { return answer(record, of: id, at: arrival) }
        if isCommand(record) {
            return wait(
                record, CallKey(chargePointId: id, messageId: record.frame.messageId, isCommand: true), at: arrival)
        }
        let publications = call(record, of: id, at: arrival)
        _ = folder.fold(record)
        return publications
    }

    /// A charge point came or went.
    public mutating func take(_ connection: LoggedConnection, at now: Timestamp) -> [Publication] {
        guard let id = connection.chargePointId else { return [] }
        return [
            Publication(
                chargePointId: id, timestamp: connection.timestamp ?? now,
                attributes: DojotAttributes.online(connection.event == .connected))
        ]
    }

    /// The log has ended: what waits for an answer is published without it.
    public mutating func finish(at now: Timestamp) -> [Publication] {
        waiting.removeAll().flatMap { given(up: $0, at: $0.timestamp ?? now) }
    }

    // MARK: -

    private func isCommand(_ record: FrameRecord) -> Bool {
        if let direction = record.direction { return direction == .fromCentralSystem }
        return record.frame.action.flatMap(Actions.named)?.sender == .centralSystem
    }

    private mutating func call(_ record: FrameRecord, of id: String, at arrival: Timestamp) -> [Publication] {
        let payload = record.frame.payload
        func publication(_ time: Timestamp?, _ attributes: DojotAttributes) -> Publication {
            Publication(
                chargePointId: id, timestamp: time.plausible(arrival: arrival), attributes: attributes)
        }
        func publications(_ values: [MeterValue], _ connector: Int64?, _ transactionId: Int64?) -> [Publication] {
            values.map {
                publication(
                    $0.timestamp,
                    DojotAttributes.meterValue($0, connector: connector, transactionId: transactionId))
            }.filter { !$0.attributes.isEmpty }
        }
        switch record.frame.action {
        case "BootNotification":
            return [publication(nil, DojotAttributes.boot(BootNotificationRequest(payload)))]
        case "StatusNotification":
            let request = StatusNotificationRequest(payload)
            guard let connector = request.connectorId, let status = request.status else { return [] }
            connectors[id, default: [:]][connector] = status.text
            return [
                publication(request.timestamp, DojotAttributes.status(request, ofAll: connectors[id] ?? [:]))
            ]
        case "MeterValues":
            let request = MeterValuesRequest(payload)
            guard isNew(ReplayKey.meterValues(id, time: nil, content: payload?.raw ?? []), of: id) else { return [] }
            return publications(request.meterValues, request.connectorId, request.transactionId)
        case "StartTransaction":
            let key = CallKey(chargePointId: id, messageId: record.frame.messageId, isCommand: false)
            return wait(record, key, at: arrival)
        case "StopTransaction":
            let request = StopTransactionRequest(payload)
            let key = ReplayKey.stop(id, transactionId: request.transactionId, content: payload?.raw ?? [])
            guard isNew(key, of: id) else { return [] }
            let connector = folder.session(of: record)?.connectorId
            return publications(request.transactionData, connector, request.transactionId)
                + [publication(request.timestamp, DojotAttributes.stopped(request, connector: connector))]
        default: return []
        }
    }

    private mutating func isNew(_ replayKey: String, of id: String) -> Bool {
        seen.insert((), for: "\(id.utf8.count):\(id)\(replayKey)").isNew
    }

    /// Keeps a CALL until its answer; one that had to go for it, or whose id it took, is published without.
    private mutating func wait(_ record: FrameRecord, _ key: CallKey, at arrival: Timestamp) -> [Publication] {
        let same = waiting.remove(key)
        let oldest = waiting.insert(record, for: key).oldest
        return [same, oldest].compactMap(\.self).flatMap { given(up: $0, at: $0.timestamp ?? arrival) }
    }

    private mutating func answer(_ record: FrameRecord, of id: String, at arrival: Timestamp) -> [Publication] {
        defer { _ = folder.fold(record) }
        // A charge point's answer is to a command, and the other way round; where the log does not tell, ids do.
        let kinds: [Bool] = record.direction.map { [$0 == .fromChargePoint] } ?? [true, false]
        for isCommand in kinds {
            let key = CallKey(chargePointId: id, messageId: record.frame.messageId, isCommand: isCommand)
            guard let call = waiting.remove(key) else { continue }
            return isCommand
                ? [Publication(chargePointId: id, timestamp: arrival, attributes: result(of: call, answer: record))]
                : started(call, of: id, answer: record, at: call.timestamp ?? arrival)
        }
        return []
    }

    private mutating func given(up call: FrameRecord, at arrival: Timestamp) -> [Publication] {
        guard let id = call.chargePointId else { return [] }
        return isCommand(call)
            ? [Publication(chargePointId: id, timestamp: arrival, attributes: result(of: call, answer: nil))]
            : started(call, of: id, answer: nil, at: arrival)
    }

    private mutating func started(
        _ call: FrameRecord, of id: String, answer: FrameRecord?, at arrival: Timestamp
    ) -> [Publication] {
        let request = StartTransactionRequest(call.frame.payload)
        let key = ReplayKey.start(
            id,
            [
                request.connectorId.map { "\($0)" }, request.idTag, call.frame.payload?["timestamp"]?.text,
                request.meterStart?.description,
            ])
        guard isNew(key, of: id) else { return [] }
        let transactionId = answer?.frame.payload.flatMap { StartTransactionResponse($0).transactionId }
        return [
            Publication(
                chargePointId: id, timestamp: request.timestamp.plausible(arrival: arrival),
                attributes: DojotAttributes.started(request, transactionId: transactionId))
        ]
    }

    private func result(of call: FrameRecord, answer: FrameRecord?) -> DojotAttributes {
        let status = answer.flatMap { $0.frame.error?.code ?? CommandOutcome.status(in: $0.frame.payload) }
        let outcome: CommandOutcome.Outcome =
            switch answer?.frame.kind {
            case nil: .unknown
            case .callError: .error
            default: CommandOutcome.outcome(of: status)
            }
        return DojotAttributes.command(
            CommandOutcome(
                ticket: 0, chargePointId: call.chargePointId ?? "", action: call.frame.action ?? "", outcome: outcome,
                status: status))
    }
}

extension Optional where Wrapped == Timestamp {
    /// The charge point's own time, or the arrival where its clock is not set or runs ahead of it by more than a day.
    func plausible(arrival: Timestamp) -> Timestamp {
        guard let self, !self.isOfUnsetClock, self - arrival < 86_400_000 else { return arrival }
        return self
    }
}

/// A dictionary that forgets its oldest entry beyond a limit.
struct BoundedTable<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private let limit: Int
    private var values: [Key: (value: Value, number: Int)] = [:]
    /// Keys in the order of their insertion; those that were removed meanwhile stay until their turn.
    private var order: [(key: Key, number: Int)] = []
    private var head = 0
    private var count = 0

    init(limit: Int) { self.limit = limit }

    /// Places in memory, those of removed entries included: at most five times the limit.
    var footprint: Int { order.count }

    /// - Returns: whether the key is new, and the value that had to go.
    mutating func insert(_ value: Value, for key: Key) -> (isNew: Bool, oldest: Value?) {
        if values[key] != nil { return (false, nil) }
        tidy()
        count += 1
        values[key] = (value, count)
        order.append((key, count))
        guard values.count > limit else { return (true, nil) }
        while head < order.count {
            let (oldest, number) = order[head]
            head += 1
            if values[oldest]?.number == number { return (true, values.removeValue(forKey: oldest)?.value) }
        }
        return (true, nil)
    }

    mutating func remove(_ key: Key) -> Value? {
        defer { tidy() }
        return values.removeValue(forKey: key)?.value
    }

    /// Empties the table; the values come in the order of their insertion.
    mutating func removeAll() -> [Value] {
        defer { self = BoundedTable(limit: limit) }
        return values.values.sorted { $0.number < $1.number }.map(\.value)
    }

    private mutating func tidy() {
        guard order.count > 4 * limit || head > limit else { return }
        order = order[head...].filter { values[$0.key]?.number == $0.number }
        head = 0
    }
}
