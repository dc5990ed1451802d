public import OCPPKit

/// Where a central system keeps what must outlive it. One at a time writes; `StoreWriter` gives it a thread.
///
/// An implementation passes the conformance tests, which say in code what is written here in words.
public protocol CentralStore {
    /// Reads what `commit` has kept.
    var reader: any StoreReader { get }

    /// Keeps all requests in one transaction, in this order, and returns an outcome for each, in the same order.
    ///
    /// When it returns, whatever is `committed` or `replayed` survives a loss of power. A request that cannot be kept
    /// for a reason of its own fails alone; when the transaction fails, all of them do.
    func commit(_ requests: [StoreRequest]) -> [StoreOutcome]

    /// Removes up to `limit` rows of what is past `time`, and returns how many they were: fewer than `limit` when none is
    /// left. Of frames the rows are blocks, and the oldest go first; a block stays while one of its frames has to.
    func prune(_ what: Prunable, before time: Timestamp, limit: Int) throws(StoreError) -> Int

    /// Writes durably and changes nothing, to show that writing works.
    func touch() throws(StoreError)

    /// Ends the use of the store. Nothing may be called after it.
    func close()
}

/// What is kept for a time only.
public enum Prunable: Sendable {
    /// Raw frames, since their arrival.
    case frames
    /// Publications, since a broker has acknowledged them.
    case outbox
    /// Commands, since they have ended.
    case commands
}

/// What can be asked of a store. A query sees what was committed when it began.
///
/// The queries that take a closure call it once a row, in constant memory; an error that it throws ends the query and
/// is thrown on. Their own errors are `StoreError`.
public protocol StoreReader {
    /// All sessions, in the order of their numbers.
    func sessions(_ body: (SessionRow) throws -> Void) throws

    /// The sessions of which the end was learnt after that of number `endSequence` (0 for all), in the order in which
    /// the ends were learnt.
    func sessions(afterEndSequence endSequence: Int64, _ body: (SessionRow) throws -> Void) throws

    /// The events of these kinds after that of number `sequence` (0 for all), with their numbers, in the order in which
    /// they were kept.
    func events(
        kinds: Set<TransactionEvent.Kind>, afterSequence sequence: Int64,
        _ body: (_ sequence: Int64, TransactionEvent) throws -> Void
    ) throws

    /// Frames in the order in which they were kept: of one charge point or of all, that arrived in the half-open range.
    func frames(
        of chargePointId: String?, from start: Timestamp?, before end: Timestamp?, _ body: (StoredFrame) throws -> Void
    ) throws

    /// Publications that no broker has acknowledged: of one charge point, with higher ids than `id`, the first `limit`.
    func unsentPublications(of chargePointId: String, after id: Int64, limit: Int) throws(StoreError)
        -> [StoredPublication]

    /// The charge points that have publications which no broker has acknowledged.
    func chargePointsWithUnsentPublications() throws(StoreError) -> [String]

    /// Publications that were acknowledged in the half-open range of time, in the order of their ids.
    func sentPublications(
        from start: Timestamp?, before end: Timestamp?, _ body: (StoredPublication) throws -> Void) throws

    /// How many publications no broker has acknowledged, and the lowest id of them.
    func unsentCount() throws(StoreError) -> (count: Int, first: Int64?)

    /// The highest id that a publication ever had; 0 before the first.
    func lastPublicationId() throws(StoreError) -> Int64

    /// Tells this store from others: 8 hexadecimal digits, drawn when it was made.
    func storeId() throws(StoreError) -> String

    /// The commands of the journal that have no outcome, in the order of their ids.
    func openCommands() throws(StoreError) -> [StoredCommand]

    /// The highest id of a command in the journal; 0 where there is none.
    func lastCommandId() throws(StoreError) -> Int64

    /// All charge points, in the order of the bytes of their ids.
    func chargePoints() throws(StoreError) -> [StoredChargePoint]

    /// All connectors, in the order of the bytes of their charge points' ids, then of their numbers.
    func connectors() throws(StoreError) -> [StoredConnector]

    /// The last connection of each charge point, in the order of the bytes of their ids.
    func links() throws(StoreError) -> [StoredLink]

    /// In the order of the bytes of their charge points' ids, then of their tasks.
    func progress() throws(StoreError) -> [StoredProgress]

    /// All that have not ended, expired ones among them; in the order of the bytes of their charge points' ids, then of
    /// their own.
    func reservations() throws(StoreError) -> [StoredReservation]

    /// The authorisation list, in the order of the idTags without their case.
    func tags() throws(StoreError) -> [Tag]

    /// The local lists of charge points, in the order of the bytes of their ids.
    func localLists() throws(StoreError) -> [StoredLocalList]

    /// The number of the end that was learnt last; 0 before the first.
    func lastEndSequence() throws(StoreError) -> Int64

    /// Whether a StartTransaction was answered with this id.
    func isTransactionIdTaken(_ id: Int64) throws(StoreError) -> Bool

    /// What a central system needs to go on: of each charge point the newest sessions, this many, and all that have
    /// not ended.
    func restoredState(sessionsPerChargePoint count: Int) throws(StoreError) -> RestoredState
}

/// A session, and the number that the store gave to its end.
public struct SessionRow: Sendable, Equatable {
    public var session: StoredSession
    /// From 1, in the order in which the ends were learnt; `nil` before the end.
    public var endSequence: Int64?

    public init(session: StoredSession, endSequence: Int64?) {
        self.session = session
        self.endSequence = endSequence
    }
}

/// What a central system that starts again goes on from.
public struct RestoredState: Sendable, Equatable {
    /// One more than the highest number of a session; 1 in an empty store.
    public var nextSessionNumber: Int
    /// In the order of their numbers.
    public var sessions: [StoredSession]
    public var chargePoints: [StoredChargePoint]

    public init(nextSessionNumber: Int, sessions: [StoredSession], chargePoints: [StoredChargePoint]) {
        self.nextSessionNumber = nextSessionNumber
        self.sessions = sessions
        self.chargePoints = chargePoints
    }
}
