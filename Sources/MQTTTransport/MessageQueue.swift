/// What `publish` was given and no PUBACK has answered.
struct PendingMessage: Sendable, Equatable {
    let topic: String
    let payload: [UInt8]
    let token: UInt64
}

/// A device's messages, in the order they were given: those in flight, then those that wait. Pure.
struct MessageQueue {
    private let maxInFlight: Int
    private let maxQueued: Int
    private var inFlight: [(packetID: Int32, message: PendingMessage)] = []
    /// `waiting[..<head]` has been sent already; the array is compacted now and then.
    private var waiting: [PendingMessage] = []
    private var head = 0

    init(maxInFlight: Int, maxQueued: Int) {
        self.maxInFlight = max(1, maxInFlight)
        self.maxQueued = max(1, maxQueued)
    }

    var count: Int { inFlight.count + waiting.count - head }
    var isEmpty: Bool { count == 0 }
    var hasInFlight: Bool { !inFlight.isEmpty }

    /// - Returns: the message that had to go because the queue is full: the oldest that is not in flight.
    mutating func append(_ message: PendingMessage) -> PendingMessage? {
        waiting.append(message)
        return count > maxQueued ? takeFirst() : nil
    }

    /// The next message to publish, `nil` when none waits or enough are in flight.
    var next: PendingMessage? {
        inFlight.count < maxInFlight && head < waiting.count ? waiting[head] : nil
    }

    /// `next` went out as the packet with this id.
    mutating func nextWasSent(packetID: Int32) {
        inFlight.append((packetID, takeFirst()))
    }

    /// `next` can never go out.
    mutating func removeNext() {
        _ = takeFirst()
    }

    /// - Returns: the message whose PUBACK this is; `nil` when the packet id is none of ours.
    mutating func acknowledge(packetID: Int32) -> PendingMessage? {
        guard let index = inFlight.firstIndex(where: { $0.packetID == packetID }) else { return nil }
        return inFlight.remove(at: index).message
    }

    /// Puts what was in flight back in front, in order: nobody can tell whether the broker has it.
    mutating func connectionLost() {
        waiting.replaceSubrange(..<head, with: inFlight.map(\.message))
        head = 0
        inFlight.removeAll()
    }

    mutating func removeAll() -> [PendingMessage] {
        connectionLost()
        defer { waiting.removeAll() }
        return waiting
    }

    private mutating func takeFirst() -> PendingMessage {
        let message = waiting[head]
        head += 1
        if head == waiting.count || head >= 256 {
            waiting.removeFirst(head)
            head = 0
        }
        return message
    }
}
