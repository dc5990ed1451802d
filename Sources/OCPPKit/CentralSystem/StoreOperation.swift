/// What one message asks the store to keep, all of it in one commit or none of it.
public struct StoreRequest: Sendable {
    /// Given back with the outcome.
    public let ticket: UInt64
    /// In this order.
    public var operations: [StoreOperation]

    public init(ticket: UInt64, operations: [StoreOperation]) {
        self.ticket = ticket
        self.operations = operations
    }
}

/// What became of a `StoreRequest`.
public enum StoreOutcome: Sendable {
    /// Durable: an fsync that covers it has returned.
    case committed
    /// The request's `TransactionEvent` was stored under its other key: its replay key is there with another payload.
    case conflict
    /// The request's `TransactionEvent` was stored before, under the same replay key, and answered so. Nothing of the
    /// request was added but its frames and the sessions that are not new.
    case replayed(reply: [UInt8])
    /// Nothing of the request is in the store: its StartTransaction has an id that another one was answered with.
    case transactionIdTaken
    /// Nothing of the request is in the store. The text is for the log.
    case failed(String)

    /// Whether all of the request was added.
    public var isKept: Bool {
        switch self {
        case .committed, .conflict: true
        case .replayed, .transactionIdTaken, .failed: false
        }
    }
}

/// One thing to keep.
public enum StoreOperation: Sendable {
    /// Raw frames as they went over the wire.
    case frames(FrameBlock)
    case event(TransactionEvent)
    case session(StoredSession)
    case chargePoint(StoredChargePoint)
    case connector(StoredConnector)
    /// A charge point came or went.
    case link(StoredLink)
    case progress(StoredProgress)
    case reservation(StoredReservation)
    /// A reservation that was cancelled, used or has expired; nothing where there is none.
    case endedReservation(chargePointId: String, reservationId: Int64)
    /// Changes the authorisation list.
    case tag(TagChange)
    case localList(LocalListUpdate)
    /// Something to be published; not kept with an event that was kept before.
    case publication(StoredPublication)
    /// The platform's broker has acknowledged these.
    case published(ids: [Int64], at: Timestamp)
    /// A command that is about to be sent.
    case command(StoredCommand)
    /// What became of the command with this id.
    case commandEnded(id: Int64, CommandOutcome, at: Timestamp)
}

/// A frame as it went over the wire; kept for as long as `--keep-frames` says.
public struct StoredFrame: Sendable, Equatable {
    public var chargePointId: String
    public var direction: Direction
    public var arrival: Timestamp
    public var raw: [UInt8]

    public init(chargePointId: String, direction: Direction, arrival: Timestamp, raw: [UInt8]) {
        self.chargePointId = chargePointId
        self.direction = direction
        self.arrival = arrival
        self.raw = raw
    }
}

/// Values of a charge point on their way to a platform: a row of the outbox.
public struct StoredPublication: Sendable, Equatable {
    /// Counts the store's publications from 1: later ones of a charge point are published later.
    public var id: Int64
    public var chargePointId: String
    /// The MQTT payload, JSON text of an object.
    public var payload: [UInt8]

    public init(id: Int64, chargePointId: String, payload: [UInt8]) {
        self.id = id
        self.chargePointId = chargePointId
        self.payload = payload
    }
}

/// A StartTransaction, StopTransaction, MeterValues or SecurityEventNotification: kept for ever, once, whatever its
/// form.
public struct TransactionEvent: Sendable, Equatable {
    public enum Kind: String, Sendable, CaseIterable {
        case start, stop, meterValues, securityEvent
        /// A StartTransaction or StopTransaction of a transaction that was started or stopped before, with other content.
        case conflict
    }

    /// What the event becomes where its replay key is there with another payload: two messages that are no repetition
    /// of each other. Nothing of it is kept where this key is there, too.
    public struct Alternative: Sendable, Equatable {
        public var kind: Kind
        public var replayKey: String

        public init(kind: Kind, replayKey: String) {
            self.kind = kind
            self.replayKey = replayKey
        }
    }

    public var kind: Kind
    public var chargePointId: String
    public var connectorId: Int64?
    /// The id that the charge point gave, or that a start was answered with; `nil` where there is none.
    public var transactionId: Int64?
    public var arrival: Timestamp
    /// The same for the same content sent again, whatever its message id; unique in the store.
    public var replayKey: String
    /// `nil` where the replay key tells the content already.
    public var alternative: Alternative?
    /// The request's payload, JSON text of an object, as it came.
    public var payload: [UInt8]
    /// The answer's payload, given again to a repetition.
    public var reply: [UInt8]

    public init(
        kind: Kind, chargePointId: String, connectorId: Int64?, transactionId: Int64?, arrival: Timestamp,
        replayKey: String, alternative: Alternative? = nil, payload: [UInt8], reply: [UInt8]
    ) {
        self.kind = kind
        self.chargePointId = chargePointId
        self.connectorId = connectorId
        self.transactionId = transactionId
        self.arrival = arrival
        self.replayKey = replayKey
        self.alternative = alternative
        self.payload = payload
        self.reply = reply
    }
}

/// A charging session as the folding code left it; replaces the one of the same number.
public struct StoredSession: Sendable, Equatable {
    /// Counts the sessions in the order of their first frames.
    public var number: Int
    public var chargePointId: String
    /// Whether no commit holds it yet. A new session that came with a replayed event is not written.
    public var isNew: Bool
    /// Whether its end is known; the store numbers the ends in the order in which it learnt them.
    public var isEnded: Bool
    /// The folding code's own JSON text.
    public var state: [UInt8]

    public init(number: Int, chargePointId: String, isNew: Bool, isEnded: Bool, state: [UInt8]) {
        self.number = number
        self.chargePointId = chargePointId
        self.isNew = isNew
        self.isEnded = isEnded
        self.state = state
    }
}

/// What a charge point said of itself in its last BootNotification; replaces what was known.
public struct StoredChargePoint: Sendable, Equatable {
    public var chargePointId: String
    public var vendor: String?
    public var model: String?
    public var serialNumber: String?
    public var firmwareVersion: String?
    /// `Accepted`, `Pending` or `Rejected`.
    public var registration: String
    public var lastBoot: Timestamp

    public init(
        chargePointId: String, vendor: String?, model: String?, serialNumber: String?, firmwareVersion: String?,
        registration: String, lastBoot: Timestamp
    ) {
        self.chargePointId = chargePointId
        self.vendor = vendor
        self.model = model
        self.serialNumber = serialNumber
        self.firmwareVersion = firmwareVersion
        self.registration = registration
        self.lastBoot = lastBoot
    }
}

/// The last StatusNotification of a connector; replaces the one before. Connector 0 is the charge point itself.
public struct StoredConnector: Sendable, Equatable {
    public var chargePointId: String
    public var connectorId: Int64
    public var status: String
    public var errorCode: String
    /// The notification's own time, or its arrival.
    public var since: Timestamp

    public init(chargePointId: String, connectorId: Int64, status: String, errorCode: String, since: Timestamp) {
        self.chargePointId = chargePointId
        self.connectorId = connectorId
        self.status = status
        self.errorCode = errorCode
        self.since = since
    }
}
