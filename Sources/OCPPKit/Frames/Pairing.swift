/// Finds the CALL that an answer belongs to: the most recent earlier one with the same id, of the other direction,
/// not yet answered. In bounded memory: of each charge point and direction the newest 1,000 open CALLs are kept.
public struct Pairing: Sendable {
    /// A CALL that waits for its answer.
    public struct OpenCall: Sendable {
        public let messageId: String
        public let action: String
        /// Which way it went, where that is known.
        public let direction: Direction?
        /// When it was seen, where the log tells.
        public let timestamp: Timestamp?
        /// Counts the CALLs given to this pairing, from 0.
        public let number: Int
    }

    public static let maximumOpenCalls = 1000

    /// CALLs that have been given, and those of them that found no answer so far.
    public private(set) var unansweredCalls = 0
    private var callCount = 0
    private var queues: [Key: Queue] = [:]

    private struct Key: Hashable {
        let chargePointId: String?
        let direction: Direction?
    }

    fileprivate struct Queue {
        var byId: [String: [OpenCall]] = [:]
        var ids: [(messageId: String, number: Int)] = []
        var head = 0
        var count = 0
    }

    public init() {}

    /// Notes a CALL and returns its number.
    @discardableResult
    public mutating func call(
        _ messageId: String, action: String, chargePointId: String?, direction: Direction?, timestamp: Timestamp?
    ) -> Int {
        let call = OpenCall(
            messageId: messageId, action: action, direction: direction, timestamp: timestamp, number: callCount)
        callCount += 1
        unansweredCalls += 1
        queues[Key(chargePointId: chargePointId, direction: direction), default: Queue()].append(call)
        return call.number
    }

    /// Takes the CALL that an answer belongs to; `nil` for an orphan.
    ///
    /// - Parameter direction: the answer's own direction; an unknown one pairs with either.
    public mutating func answer(_ messageId: String, chargePointId: String?, direction: Direction?) -> OpenCall? {
        let candidates: [Direction?] =
            direction.map { [$0.opposite, nil] } ?? [.fromChargePoint, .fromCentralSystem, nil]
        let keys = candidates.map { Key(chargePointId: chargePointId, direction: $0) }
        let newest = keys.compactMap { key in queues[key]?.byId[messageId]?.last.map { (key, $0) } }
            .max { $0.1.number < $1.1.number }
        guard let (key, call) = newest else { return nil }
        queues[key]?.removeLast(messageId)
        unansweredCalls -= 1
        return call
    }
}

extension Pairing.Queue {
    fileprivate mutating func append(_ call: Pairing.OpenCall) {
        if count == Pairing.maximumOpenCalls { removeOldest() }
        byId[call.messageId, default: []].append(call)
        ids.append((call.messageId, call.number))
        count += 1
    }

    fileprivate mutating func removeLast(_ messageId: String) {
        byId[messageId]?.removeLast()
        if byId[messageId]?.isEmpty == true { byId[messageId] = nil }
        count -= 1
        // Answered ids stay in the line until their turn; it is cleared of them before it grows without bound.
        if count == 0 {
            ids.removeAll(keepingCapacity: true)
            head = 0
        } else if ids.count > 4 * Pairing.maximumOpenCalls {
            ids = ids[head...].filter { id in byId[id.messageId]?.contains { $0.number == id.number } == true }
            head = 0
        }
    }

    private mutating func removeOldest() {
        while head < ids.count {
            let (id, number) = ids[head]
            head += 1
            guard let index = byId[id]?.firstIndex(where: { $0.number == number }) else { continue }
            byId[id]?.remove(at: index)
            if byId[id]?.isEmpty == true { byId[id] = nil }
            count -= 1
            return
        }
    }
}
