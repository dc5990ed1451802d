/// A CALL that waits to be sent, or for its answer.
struct QueuedCall: Sendable {
    /// What the answer means to the charge point; `transaction` is the charge point's own number of it.
    enum Purpose: Sendable, Equatable {
        case boot, heartbeat, sample
        case status(connectorId: Int)
        case authorize(connectorId: Int)
        case start(transaction: Int)
        case meterValues(transaction: Int)
        case stop(transaction: Int)
        /// A status that must reach the central system, though not for a transaction.
        case report(notification: String, status: String)
        /// Whatever else is told; nothing follows from its answer.
        case notice
        /// What somebody ordered, by its number.
        case ordered(Int)

        /// Of a message that must not be lost: its transaction.
        var transaction: Int? {
            switch self {
            case .boot, .heartbeat, .status, .sample, .authorize, .report, .notice, .ordered: nil
            case .start(let number), .meterValues(let number), .stop(let number): number
            }
        }
    }

    let purpose: Purpose
    let action: String
    /// Without `transactionId`, which may not be known before the message is sent.
    let payload: any Payload
    /// Whether it may go while the charge point is not accepted: a boot, or what a trigger asks for.
    var goesBeforeAcceptance = false
    /// Counts all CALLs, so that the two lines of a `CallQueue` keep one order.
    fileprivate(set) var number = 0
    /// How often it was sent without success; losing the connection does not count.
    var failures: Int64 = 0
    /// The ids under which it was sent.
    var messageIds: [String] = []
    /// When it may be sent again.
    var notBefore: Timestamp?
}

/// The CALLs that a charge point has to send, one at a time.
///
/// Messages of transactions stand in a line of their own, which outlives the connection; a message leaves it only when
/// it is answered or given up.
struct CallQueue: Sendable {
    private(set) var transactional: [QueuedCall] = []
    private(set) var ordinary: [QueuedCall] = []
    /// The CALL that waits for its answer, and since when. A transactional one is still the first of its line.
    private(set) var outstanding: (call: QueuedCall, messageId: String, since: Timestamp)?
    private var count = 0

    var isEmpty: Bool { transactional.isEmpty && ordinary.isEmpty && outstanding == nil }

    mutating func append(_ call: QueuedCall) {
        var call = call
        count += 1
        call.number = count
        if call.purpose.transaction == nil { ordinary.append(call) } else { transactional.append(call) }
    }

    func contains(_ purpose: QueuedCall.Purpose) -> Bool {
        outstanding?.call.purpose == purpose || ordinary.contains { $0.purpose == purpose }
    }

    /// When the first transactional message may be tried again; `nil` where it need not wait.
    var retryTime: Timestamp? { outstanding == nil ? transactional.first?.notBefore : nil }

    /// Takes the next CALL that may go now and makes it the outstanding one.
    mutating func takeNext(
        at now: Timestamp, sentAt sendTime: Timestamp, isAccepted: Bool, messageId: String
    ) -> QueuedCall? {
        guard outstanding == nil else { return nil }
        let due = isAccepted ? transactional.first.flatMap { ($0.notBefore ?? now) <= now ? $0 : nil } : nil
        let index = ordinary.firstIndex { isAccepted || $0.goesBeforeAcceptance }
        var call: QueuedCall
        if let due, index.map({ due.number < ordinary[$0].number }) ?? true {
            transactional[0].messageIds.append(messageId)
            call = transactional[0]
        } else if let index {
            call = ordinary.remove(at: index)
            call.messageIds = [messageId]
        } else {
            return nil
        }
        outstanding = (call, messageId, sendTime)
        return call
    }

    /// Takes the CALL that a CALLRESULT completes: the outstanding one, or a transactional one whose answer is late and
    /// which therefore is not sent again.
    mutating func complete(_ messageId: String) -> QueuedCall? {
        if let first = transactional.first, first.messageIds.contains(messageId) {
            if outstanding?.call.number == first.number { outstanding = nil }
            return transactional.removeFirst()
        }
        guard let (call, id, _) = outstanding, id == messageId else { return nil }
        outstanding = nil
        return call
    }

    /// Takes the outstanding CALL as failed. A transactional one stays in its line until `attempts` are used up.
    ///
    /// - Parameter retryInterval: milliseconds, times the number of failures (section 9.1.25).
    mutating func fail(at now: Timestamp, attempts: Int64, retryInterval: Int64) -> (call: QueuedCall, isGivenUp: Bool)?
    {
        guard let call = outstanding?.call else { return nil }
        outstanding = nil
        guard call.purpose.transaction != nil else { return (call, true) }
        transactional[0].failures += 1
        let failures = transactional[0].failures
        if failures >= attempts { return (transactional.removeFirst(), true) }
        transactional[0].notBefore = now.adding(milliseconds: retryInterval * failures)
        return (call, false)
    }

    /// The connection is gone: what is not transactional goes with it and is returned.
    mutating func disconnect() -> [QueuedCall] {
        let dropped = (outstanding.map { $0.call.purpose.transaction == nil ? [$0.call] : [] } ?? []) + ordinary
        outstanding = nil
        ordinary = []
        if !transactional.isEmpty { transactional[0].notBefore = nil }
        return dropped
    }
}
