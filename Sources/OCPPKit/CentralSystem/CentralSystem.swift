/// A central system without I/O: what happens goes in, what is to be done comes out.
///
/// It authorises, follows transactions and status, and keeps one command at a time on its way to each charge point.
/// Time comes in with each input; ids come from the generator given. The transport, the store and the clock belong to
/// `CentralSystemService`.
public struct CentralSystem: Sendable {
    public internal(set) var configuration: Configuration
    var chargePoints = PlacedTable<String, ChargePoint>()
    /// The places of the charge points that the connections are of.
    var owners: [ConnectionID: Int] = [:]
    var folder: SessionFolder
    /// Sessions that no commit holds yet.
    var newSessions: Set<Int> = []
    var highestSession: Int
    var awaitingCommit: [UInt64: AwaitedCommit] = [:]
    var awaitingReplies: [UInt64: AwaitedReply] = [:]
    var awaitingTags: [UInt64: (ticket: UInt64, changes: [TagChange])] = [:]
    /// Charge points whose next command waits for the journal, by ticket.
    var journaling: [UInt64: String] = [:]
    var outstandingChargePoints: Set<String> = []
    /// Those with commands that wait for their turn, and not for ever.
    var waitingChargePoints: Set<String> = []
    /// Connections that wait for a sign of life of an older one, and whose they say they are.
    var challengers: [ConnectionID: String] = [:]
    /// Charge points whose connection has been pinged for a challenger's sake.
    var probed: Set<String> = []
    var open = OpenTransactions()
    /// The authorisation list of the store.
    var storedTags: TagList
    /// Messages that were no frames, since the start.
    public internal(set) var unreadableCount: UInt64 = 0
    /// What was answered, sent and found wrong, since the start.
    public internal(set) var counters = MessageCounters()
    var identifiers: IdentifierSource
    /// The store's own name, which begins the ids of events.
    let storeId: String
    var lastPublicationId: Int64
    var lastCommandId: Int64
    /// Commands of which the last run did not learn the outcome, until `begin` tells them.
    var openCommands: [StoredCommand]
    /// Charge points of which it was said that nothing is published.
    var unpublished: Set<String> = []
    /// Whether anybody reads the records of frames; else they are not made.
    public var tellsFrames = true
    /// Raw frames since they were last taken.
    public internal(set) var frames = FrameBlock()
    var effects: [Effect] = []
    var now = Timestamp(milliseconds: 0)
    /// With what is known of the charge points that booted.
    var quirks: Quirks?

    /// - Parameters:
    ///   - restored: what the store knows.
    ///   - seed: makes message ids of this run differ from those of any other.
    ///   - random: draws transaction ids; must not be predictable for charge points.
    public init(
        configuration: Configuration, restored: KnownState = KnownState(), seed: String,
        random: any RandomNumberGenerator & Sendable = SystemRandomNumberGenerator()
    ) {
        self.configuration = configuration
        quirks = configuration.quirks
        folder = SessionFolder(
            firstNumber: restored.nextSessionNumber, keepingClosedPerChargePoint: Self.closedSessionsKept)
        folder.restore(restored.sessions)
        highestSession = restored.nextSessionNumber - 1
        identifiers = IdentifierSource(seed: seed, random: random)
        storeId = restored.storeId
        lastPublicationId = restored.lastPublicationId
        lastCommandId = restored.lastCommandId
        openCommands = restored.openCommands
        storedTags = TagList(restored.tags)
        for row in restored.chargePoints {
            know(row.chargePointId) { $0.boot = row }
            quirks?.learn(
                row.chargePointId, vendor: row.vendor, model: row.model, firmware: row.firmwareVersion)
        }
        for row in restored.connectors { know(row.chargePointId) { $0.connectors[row.connectorId] = row } }
        for row in restored.links { know(row.chargePointId) { $0.link = row } }
        for row in restored.progress { know(row.chargePointId) { $0.progress[row.task] = row } }
        for row in restored.reservations {
            know(row.chargePointId) { $0.reservations[row.reservationId] = row }
        }
        for session in folder.sessions { open.note(session.number, OpenTransaction(session)) }
    }

    @discardableResult
    mutating func know(_ id: String, _ change: (inout ChargePoint) -> Void) -> Int {
        let place = chargePoints.place(of: id, orAdd: ChargePoint(id: id))
        change(&chargePoints.values[place])
        return place
    }

    /// Ended sessions of each charge point that stay in memory, for repetitions and late frames.
    public static let closedSessionsKept = 32

    /// Takes one input and returns what is to be done about it, in order.
    public mutating func handle(_ input: Input, at now: Timestamp) -> [Effect] {
        var effects: [Effect] = []
        handle(input, at: now, into: &effects)
        return effects
    }

    /// The same, with the memory of an array that is empty.
    public mutating func handle(_ input: Input, at now: Timestamp, into result: inout [Effect]) {
        self.now = now
        switch input {
        case .connected(let connection, let id, let peer, let subprotocol):
            connected(connection, id, peer, subprotocol)
        case .disconnected(let connection, let reason): disconnected(connection, reason)
        case .received(let connection, let bytes):
            if !keepMessage(bytes, of: connection) { received(bytes, on: connection) }
        case .answeredProbe(let connection): answeredProbe(connection)
        case .stored(let ticket, let outcome): stored(ticket, outcome)
        case .command(let request): enqueue(request)
        case .tagChanges(let ticket, let changes): change(changes, ticket)
        case .actuation(let chargePointId, let message): actuate(message, chargePointId)
        case .tick:
            expireProbes()
            expireCommands()
            expireReservations()
        }
        swap(&effects, &result)
    }

    /// Hands over the raw frames that came and went since the last time, to be stored; nobody waits for them.
    public mutating func takeFrames() -> FrameBlock {
        // The next one is likely to be as large.
        var next = FrameBlock(reservingCapacity: frames.bytes.count * 9 / 8)
        swap(&next, &frames)
        return next
    }

    /// Whether the charge point has booted here before, now or in an earlier run.
    public func isKnown(_ chargePointId: String) -> Bool { chargePoints[chargePointId]?.registration != nil }

    /// How many charge points are connected now, and how many are known.
    public var chargePointCounts: (online: Int, known: Int) { (owners.count, chargePoints.values.count) }

    /// The charge points that are connected now, by id.
    public var connectedChargePoints: [String] {
        owners.values.map { chargePoints.keys[$0] }.sorted()
    }
}

extension CentralSystem {
    /// What a store gives to a central system that starts.
    public struct KnownState: Sendable {
        public var nextSessionNumber: Int
        /// The newest of each charge point, and all that have not ended, by number.
        public var sessions: [Session]
        public var chargePoints: [StoredChargePoint]
        public var connectors: [StoredConnector] = []
        public var links: [StoredLink] = []
        public var progress: [StoredProgress] = []
        public var reservations: [StoredReservation] = []
        public var tags: [Tag] = []
        public var storeId = ""
        public var lastPublicationId: Int64 = 0
        public var lastCommandId: Int64 = 0
        /// Those without an outcome.
        public var openCommands: [StoredCommand] = []

        public init(
            nextSessionNumber: Int = 1, sessions: [Session] = [], chargePoints: [StoredChargePoint] = []
        ) {
            self.nextSessionNumber = nextSessionNumber
            self.sessions = sessions
            self.chargePoints = chargePoints
        }
    }
}

/// Draws message ids and transaction ids.
struct IdentifierSource: Sendable {
    let seed: String
    var random: any RandomNumberGenerator & Sendable
    private var count = 0
    var nextTicket: UInt64 = 0

    init(seed: String, random: any RandomNumberGenerator & Sendable) {
        self.seed = seed
        self.random = random
    }

    /// At most 36 characters; never the same twice.
    mutating func messageId() -> String {
        count += 1
        return "\(seed)-\(count)"
    }

    /// Positive and within 31 bits, which every charge point can hold; not to be guessed.
    mutating func transactionId() -> Int64 { Int64.random(in: 1...Int64(Int32.max), using: &random) }
}
