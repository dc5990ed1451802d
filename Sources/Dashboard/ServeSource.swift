import Dispatch
import Glibc
public import OCPPKit
import Storage
import Synchronization
import WebEndpoints

/// A running `serve`: who is connected comes through its control socket, everything else is read from its store, so
/// that looking costs the server nothing for each message.
///
/// Where no server runs the store is shown, with nobody online, and the server is looked for again and again.
public final class ServeSource: DashboardSource {
    public let abilities = DashboardAbilities(name: "serve", commands: true, frames: true)
    private let controlPath: String
    /// `nil` takes the running server's.
    private let chosenStore: String?
    private let defaultStore: String
    private let now: @Sendable () -> Timestamp
    /// The store that is read now.
    private let storePath: Mutex<String>

    private static let patienceMilliseconds = 10_000

    /// - Parameters:
    ///   - store: the store's file; `nil` asks the server.
    ///   - defaultStore: where no server says otherwise.
    public init(
        controlPath: String, store: String?, defaultStore: String, now: @escaping @Sendable () -> Timestamp
    ) {
        self.controlPath = controlPath
        chosenStore = store
        self.defaultStore = defaultStore
        self.now = now
        storePath = Mutex(store ?? defaultStore)
    }

    // MARK: Live

    public func start(isWatched: @escaping @Sendable () -> Bool, _ tell: @escaping @Sendable (SourceNews) -> Void) {
        DispatchQueue(label: "dashboard-source").async { [self] in
            let poll = StorePoll(now: now, tell: tell)
            while true {
                let link = follow(poll, isWatched)
                poll.connected = nil
                poll.link = link
                poll.read(storePath.withLock { $0 }, isForced: true)
                _ = Glibc.poll(nil, 0, 1_000)
            }
        }
    }

    /// Follows the server for as long as it lives.
    ///
    /// - Returns: why that has ended.
    private func follow(_ poll: StorePoll, _ isWatched: () -> Bool) -> SourceLink {
        do throws(LineClientError) {
            var client = try LineClient(path: controlPath)
            try client.send(ControlRequest.store(number: 1).line)
            // Connections alone: a record for each message would cost the server something.
            try client.send(ControlRequest.watch(number: 2, WatchFilter(kind: .connections)).line)
            try client.send(ControlRequest.chargePoints(number: 3).line)
            var (began, took) = (Int64.min / 2, Int64(0))
            var nextList = monotonicMilliseconds() + 60_000
            while true {
                if case .line(let line) = try client.next(orInputOn: nil, timeoutMilliseconds: 200) { take(line, poll) }
                // A large store is read less often, and so is one that nobody looks at.
                let pause = max(isWatched() ? 1_000 : 5_000, took * 10)
                guard poll.connected != nil, monotonicMilliseconds() - began >= pause else { continue }
                poll.link = SourceLink(isLive: true)
                began = monotonicMilliseconds()
                poll.read(storePath.withLock { $0 }, isForced: false)
                took = monotonicMilliseconds() - began
                if began >= nextList {
                    try client.send(ControlRequest.chargePoints(number: 3).line)
                    nextList = began + 60_000
                }
            }
        } catch {
            return switch error {
            case .notListening: SourceLink(isLive: false, reason: .noServer, message: controlPath)
            case .closed: SourceLink(isLive: false, reason: .serverEnded)
            case .permissionDenied(let text), .other(let text): SourceLink(isLive: false, message: text)
            case .timedOut, .lineTooLong:
                SourceLink(isLive: false, message: "\(controlPath): what answers there is no ocppctl serve")
            }
        }
    }

    private func take(_ line: [UInt8], _ poll: StorePoll) {
        switch ControlReply(line: line) {
        case .store(_, let path): if chosenStore == nil { storePath.withLock { $0 = path } }
        case .chargePoints(_, let ids): poll.connected = Set(ids)
        case .record(_, let line):
            guard let record = try? JSONTree(parsing: line).root, let id = record["chargePointId"]?.text else { return }
            if record["event"]?.isText("connected") == true { poll.connected?.insert(id) }
            if record["event"]?.isText("disconnected") == true { poll.connected?.remove(id) }
        default: break
        }
    }

    // MARK: Questions

    private func reader() throws -> SQLiteStoreReader { try SQLiteStoreReader(path: storePath.withLock { $0 }) }

    public func sessionsNewestFirst(
        before number: Int64?, of chargePointId: String?, _ body: (Int64, Session) throws -> Bool
    ) throws {
        try reader().sessionsNewestFirst(before: number, of: chargePointId) { row in
            guard let session = Session(row.session) else { return true }
            return try body(Int64(session.number), session)
        }
    }

    public func sessions(_ body: (Session) throws -> Void) throws {
        try reader().sessions { row in
            if let session = Session(row.session) { try body(session) }
        }
    }

    public func recentFrames(
        of chargePointId: String, afterBlock block: Int64, limit: Int
    ) throws -> (frames: [StoredFrame], lastBlock: Int64) {
        try reader().recentFrames(of: chargePointId, afterBlock: block, limit: limit, maximumBytes: 32 << 20)
    }

    public func send(_ request: CommandRequest) throws -> CommandOutcome {
        do throws(LineClientError) {
            var client = try LineClient(path: controlPath)
            try client.send(ControlRequest.send(number: 1, request).line)
            let patience = Int(request.timeoutMilliseconds) + Self.patienceMilliseconds
            while true {
                switch ControlReply(line: try client.receiveLine(timeoutMilliseconds: patience)) {
                case .outcome(_, let outcome): return outcome
                case .error(_, let message): throw LineClientError.other(message)
                default: continue
                }
            }
        } catch {
            throw switch error {
            case .notListening(let text), .permissionDenied(let text), .other(let text): SourceFailure(text)
            case .closed: SourceFailure("the server has ended; whether the command was sent is not known")
            case .timedOut, .lineTooLong: SourceFailure("the server gave no answer")
            }
        }
    }
}

/// Reads the store again and again. One thread.
private final class StorePoll {
    private let now: @Sendable () -> Timestamp
    private let tell: @Sendable (SourceNews) -> Void
    private var path: String?
    private var reader: SQLiteStoreReader?
    private var lastChange: Int64?
    private var shownConnected: Set<String>?
    private var version: Int64 = 0
    private var toldLink: SourceLink?
    /// Who is connected; `nil` while no server says so.
    var connected: Set<String>?
    var link = SourceLink(isLive: false)

    init(now: @escaping @Sendable () -> Timestamp, tell: @escaping @Sendable (SourceNews) -> Void) {
        self.now = now
        self.tell = tell
    }

    /// Tells what is new, if anything is.
    ///
    /// - Parameter isForced: the file may be another one than before.
    func read(_ path: String, isForced: Bool) {
        do {
            if isForced || path != self.path { (reader, lastChange, self.path) = (nil, nil, path) }
            let reader = try self.reader ?? SQLiteStoreReader(path: path)
            self.reader = reader
            let change = try reader.changeCounter()
            guard change != lastChange || shownConnected != connected else { return tellLink() }
            if change != lastChange { version += 1 }
            try tellFleet(reader)
            (lastChange, shownConnected) = (change, connected)
        } catch {
            reader = nil
            link = SourceLink(isLive: false, message: "\(error)")
        }
        tellLink()
    }

    private func tellFleet(_ reader: SQLiteStoreReader) throws {
        let running = try reader.openSessions().compactMap { Session($0) }
            .filter { Station.OpenTransaction($0) != nil }
        var stations = try reader.stations(at: now(), openSessions: running)
        for index in stations.indices {
            stations[index].isOnline = connected?.contains(stations[index].chargePointId) ?? false
        }
        tell(.fleet(Fleet(stations: stations, running: running, sessionsVersion: version)))
    }

    private func tellLink() {
        guard link != toldLink else { return }
        toldLink = link
        tell(.link(link))
    }
}

extension Session {
    /// `nil` where the state cannot be read.
    init?(_ stored: StoredSession) {
        guard let state = try? JSONTree(parsing: stored.state).root else { return nil }
        self.init(state: state)
    }
}

/// Milliseconds on a clock that never steps.
func monotonicMilliseconds() -> Int64 {
    var time = timespec()
    _ = unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
}
