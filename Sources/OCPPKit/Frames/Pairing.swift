/// Finds the CALL that an answer belongs to: the most recent earlier one with the same id, of the other direction,
/// not yet answered.
///
/// In bounded memory: of each charge point and direction the newest 1,000 open CALLs are kept, and of all together a
/// million; beyond that the charge point that has been silent longest loses its own. An open CALL takes 24 bytes: ids are
/// compared by a hash of 64 bits, with a seed that changes with each run.
public struct Pairing: Sendable {
    /// A CALL that waits for its answer.
    public struct OpenCall: Sendable {
        public let action: String
        /// Its place in `Actions.all`, where OCPP 1.6 has it.
        let definitionIndex: Int?
        /// Which way it went, where that is known.
        public let direction: Direction?
        /// When it was seen, where the log tells.
        public let timestamp: Timestamp?
        /// Counts the CALLs given to this pairing, from 0.
        public let number: Int
    }

    public static let maximumOpenCalls = 1000
    private let maximumOpenCallsOfAll: Int
    /// So many different actions are told apart, of so many bytes; a log of other texts has them from nowhere.
    private static let maximumActions = 4096
    private static let maximumActionBytes = 64

    /// CALLs that have been given, and those of them that found no answer so far.
    public private(set) var unansweredCalls = 0
    private var callCount = 0
    private var waitingCount = 0
    /// The queue of each direction of a charge point, in `queues`.
    private var queues: [Queue] = []
    private var places: [String?: Int] = [:]
    /// The charge point of the last frame: in most logs it is the next one's, too.
    private var last: (chargePointId: String?, place: Int)?
    /// Those of OCPP 1.6 at their places in `Actions.all`, then what else was seen; first of that the one that is not known.
    private var actions: [String] = Actions.all.map(\.name) + [""]
    private var otherActions: [String: UInt16] = [:]
    private static let unknownAction = UInt16(Actions.all.count)

    /// An open CALL as it is kept.
    fileprivate struct Entry {
        var hash: Int
        /// In milliseconds; the least integer where it is not known.
        var time: Int64
        var number: UInt32
        var action: UInt16
    }

    /// The open CALLs of a charge point and direction, the oldest first.
    fileprivate struct Queue {
        /// Entries before `head` have had to go.
        var entries: [Entry] = []
        /// A byte of each entry's hash: an answer of unknown id would else look at every entry.
        var tags: [UInt8] = []
        var head = 0
        var count: Int { entries.count - head }
    }

    public init() { self.init(maximumOpenCallsOfAll: 1_000_000) }

    init(maximumOpenCallsOfAll: Int) { self.maximumOpenCallsOfAll = maximumOpenCallsOfAll }

    /// How many charge points are remembered.
    var chargePointCount: Int { places.count }

    /// Notes a CALL and returns its number.
    @discardableResult
    public mutating func call(
        _ call: Frame, chargePointId: String?, direction: Direction?, timestamp: Timestamp?
    ) -> Int {
        let action = call.definitionIndex.map { UInt16(truncatingIfNeeded: $0) } ?? index(of: call.action ?? "")
        return self.call(
            call.messageIdHash, action: action, chargePointId: chargePointId, direction: direction,
            timestamp: timestamp)
    }

    /// The same, given the hash of its id, and its action's place in `Actions.all`.
    @discardableResult
    mutating func call(
        _ hash: Int, action: UInt16, chargePointId: String?, direction: Direction?, timestamp: Timestamp?
    ) -> Int {
        let number = callCount
        let entry = Entry(
            hash: hash, time: timestamp?.milliseconds ?? .min, number: UInt32(truncatingIfNeeded: number),
            action: action)
        callCount += 1
        unansweredCalls += 1
        if waitingCount >= maximumOpenCallsOfAll { forgetMostSilent() }
        let place = place(of: chargePointId) ?? newPlace(of: chargePointId)
        if queues[place + Pairing.offset(direction)].append(entry) { waitingCount += 1 }
        return number
    }

    /// Takes the CALL that an answer belongs to; `nil` for an orphan.
    ///
    /// - Parameter direction: the answer's own direction; an unknown one pairs with either.
    public mutating func answer(_ answer: Frame, chargePointId: String?, direction: Direction?) -> OpenCall? {
        guard let found = find(answer.messageIdHash, chargePointId: chargePointId, direction: direction) else {
            return nil
        }
        take(found)
        return found.call
    }

    /// A CALL that was found and not taken yet.
    struct Found {
        let call: OpenCall
        fileprivate let queue: Int
        fileprivate let index: Int
    }

    /// Finds the CALL that an answer belongs to, given the hash of its id.
    mutating func find(_ hash: Int, chargePointId: String?, direction: Direction?) -> Found? {
        guard let place = place(of: chargePointId) else { return nil }
        var newest: (direction: Direction?, index: Int, entry: Entry, age: UInt32)?
        for candidate in Pairing.directions where direction == nil || candidate != direction {
            guard let found = queues[place + Pairing.offset(candidate)].last(hash) else { continue }
            // Numbers may have begun anew after 2^32 CALLs.
            let age = UInt32(truncatingIfNeeded: callCount) &- found.entry.number
            if newest.map({ age < $0.age }) ?? true { newest = (candidate, found.index, found.entry, age) }
        }
        guard let (direction, index, entry, age) = newest else { return nil }
        let call = OpenCall(
            action: actions[Int(entry.action)],
            definitionIndex: entry.action < Pairing.unknownAction ? Int(entry.action) : nil, direction: direction,
            timestamp: entry.time == .min ? nil : Timestamp(milliseconds: entry.time), number: callCount - Int(age))
        return Found(call: call, queue: place + Pairing.offset(direction), index: index)
    }

    /// Takes what was found last: it has its answer.
    mutating func take(_ found: Found) {
        queues[found.queue].remove(at: found.index)
        waitingCount -= 1
        unansweredCalls -= 1
    }

    private static let directions: [Direction?] = [.fromChargePoint, .fromCentralSystem, nil]

    /// Where the queue of a direction stands among those of a charge point.
    private static func offset(_ direction: Direction?) -> Int {
        switch direction {
        case .fromChargePoint: 0
        case .fromCentralSystem: 1
        case nil: 2
        }
    }

    /// Where the queues of a charge point begin; `nil` for one that has sent nothing so far.
    private mutating func place(of chargePointId: String?) -> Int? {
        if let last, last.chargePointId == chargePointId { return last.place }
        guard let place = places[chargePointId] else { return nil }
        last = (chargePointId, place)
        return place
    }

    private mutating func newPlace(of chargePointId: String?) -> Int {
        if places.count >= 2 * maximumOpenCallsOfAll { forgetIdle() }
        let place = queues.count
        queues += Pairing.directions.map { _ in Queue() }
        places[chargePointId] = place
        last = (chargePointId, place)
        return place
    }

    /// Forgets charge points without open CALLs.
    private mutating func forgetIdle() {
        let (oldPlaces, oldQueues) = (places, queues)
        (places, queues, last) = ([:], [], nil)
        for (chargePointId, place) in oldPlaces {
            let own = oldQueues[place..<place + Pairing.directions.count]
            guard own.contains(where: { $0.count > 0 }) else { continue }
            places[chargePointId] = queues.count
            queues += own
        }
    }

    private mutating func index(of action: String) -> UInt16 {
        if let index = otherActions[action] { return index }
        guard !action.isEmpty, otherActions.count < Pairing.maximumActions,
            action.utf8.count <= Pairing.maximumActionBytes
        else { return Pairing.unknownAction }
        let index = UInt16(actions.count)
        actions.append(action)
        otherActions[action] = index
        return index
    }

    private mutating func forgetMostSilent() {
        var oldest: (index: Int, age: UInt32)?
        for (index, queue) in queues.enumerated() where queue.count > 0 {
            let age = UInt32(truncatingIfNeeded: callCount) &- queue.entries[queue.entries.count - 1].number
            if oldest.map({ age > $0.age }) ?? true { oldest = (index, age) }
        }
        guard let oldest else { return }
        waitingCount -= queues[oldest.index].count
        queues[oldest.index] = Queue()
    }
}

extension Pairing.Queue {
    /// Entries that have had to go are cleared away once there are so many more of them than may stay.
    private static let capacity = Pairing.maximumOpenCalls + 280

    /// - Returns: whether there is one more now; false where the oldest had to go.
    fileprivate mutating func append(_ entry: Pairing.Entry) -> Bool {
        let isFull = count == Pairing.maximumOpenCalls
        if isFull { head += 1 }
        if entries.count == Self.capacity {
            entries.removeFirst(head)
            tags.removeFirst(head)
            head = 0
        }
        entries.append(entry)
        tags.append(UInt8(truncatingIfNeeded: entry.hash))
        return !isFull
    }

    fileprivate func last(_ hash: Int) -> (index: Int, entry: Pairing.Entry)? {
        let tag = UInt8(truncatingIfNeeded: hash)
        var end = entries.count
        while let index = tags[head..<end].lastOffset(of: tag) {
            if entries[index].hash == hash { return (index, entries[index]) }
            end = index
        }
        return nil
    }

    fileprivate mutating func remove(at index: Int) {
        entries.remove(at: index)
        tags.remove(at: index)
    }
}
