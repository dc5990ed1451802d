public import OCPPKit

/// Where the page's content comes from: a running server and its store, or DOJOT.
///
/// `start` is called once. The others block, and are called from threads where that harms nobody, several at a time.
public protocol DashboardSource: Sendable {
    /// What the page may offer.
    var abilities: DashboardAbilities { get }

    /// Begins to tell what is known, from a thread of the source's own.
    ///
    /// - Parameters:
    ///   - isWatched: whether anybody looks; where nobody does, news may take longer.
    func start(isWatched: @escaping @Sendable () -> Bool, _ tell: @escaping @Sendable (SourceNews) -> Void)

    /// Sessions with lower numbers than `number` (`nil`: all), the newest first, until the closure returns false.
    ///
    /// - Parameters:
    ///   - chargePointId: of one charge point, where only those are wanted.
    ///   - body: is given each one's number, too.
    func sessionsNewestFirst(
        before number: Int64?, of chargePointId: String?, _ body: (Int64, Session) throws -> Bool
    ) throws

    /// All sessions, in the order of their first frames.
    func sessions(_ body: (Session) throws -> Void) throws

    /// The last frames of a charge point, oldest first, that were kept after `block`.
    func recentFrames(
        of chargePointId: String, afterBlock block: Int64, limit: Int
    ) throws -> (frames: [StoredFrame], lastBlock: Int64)

    /// Sends a command and waits for what becomes of it.
    func send(_ request: CommandRequest) throws -> CommandOutcome
}

/// What a source can do beside telling what is.
public struct DashboardAbilities: Sendable {
    /// `serve` or `dojot`.
    public var name: String
    public var commands: Bool
    public var frames: Bool

    public init(name: String, commands: Bool, frames: Bool) {
        self.name = name
        self.commands = commands
        self.frames = frames
    }
}

/// What a source has to say.
public enum SourceNews: Sendable {
    case fleet(Fleet)
    case link(SourceLink)
}

/// Everything that the page shows at one moment.
public struct Fleet: Sendable {
    /// In the order of their ids.
    public var stations: [Station]
    /// The sessions that have not ended.
    public var running: [Session]
    /// Another value where the table of sessions may have changed.
    public var sessionsVersion: Int64

    public init(stations: [Station], running: [Session], sessionsVersion: Int64) {
        self.stations = stations
        self.running = running
        self.sessionsVersion = sessionsVersion
    }
}

/// Whether what the page shows is what is.
public struct SourceLink: Sendable, Equatable {
    /// Why it is not live, where the page has words of its own for it.
    public enum Reason: String, Sendable {
        case noServer, serverEnded
    }

    public var isLive: Bool
    public var reason: Reason?
    /// For people, where it is not.
    public var message: String?

    public init(isLive: Bool, reason: Reason? = nil, message: String? = nil) {
        self.isLive = isLive
        self.reason = reason
        self.message = message
    }
}

/// Why a source cannot do what it was asked.
public struct SourceFailure: Error, Sendable, CustomStringConvertible {
    /// For people.
    public var description: String
    public init(_ description: String) { self.description = description }
}
