import Testing

@testable import OCPPKit

/// A central system with charge points, a store and a clock around it, all in memory: things happen by name, and what
/// came out is kept in order.
///
///     var scenario = Scenario()
///     scenario.boot("CP1")
///     scenario.ask("CP1", "Authorize", #"{"idTag":"T"}"#)?["idTagInfo"]?["status"]
struct Scenario {
    static let beginning = Timestamp(rfc3339: "2026-11-22T08:00:00Z")!

    var core: CentralSystem
    var store = MemoryStore()
    var now = Scenario.beginning
    /// Whether store requests are answered at once; else they wait in `waiting`.
    var commitsAtOnce = true
    var waiting: [StoreRequest] = []
    /// What the store answers in place of keeping a request with an event, a command or a publication.
    var storeFailure: StoreOutcome?

    private(set) var sent: [(connection: ConnectionID, bytes: [UInt8])] = []
    private(set) var closed: [(connection: ConnectionID, code: UInt16, reason: String)] = []
    private(set) var probes: [ConnectionID] = []
    private(set) var records: [Record] = []
    private(set) var outcomes: [CommandOutcome] = []
    private(set) var notices: [String] = []
    private(set) var tagAnswers: [(ticket: UInt64, failure: String?)] = []
    private(set) var wakes: [Timestamp] = []
    private(set) var signed: [String] = []

    /// The last connection of each charge point.
    private(set) var connection: [String: ConnectionID] = [:]
    private var lastConnection: ConnectionID = 0
    private var lastMessage = 0
    private let configuration: CentralSystem.Configuration

    init(
        _ configure: (inout CentralSystem.Configuration) -> Void = { _ in },
        random: any RandomNumberGenerator & Sendable = SystemRandomNumberGenerator()
    ) {
        var configuration = CentralSystem.Configuration()
        configure(&configuration)
        self.configuration = configuration
        core = CentralSystem(configuration: configuration, seed: "s", random: random)
    }

    /// As after a kill: connections and all that was not committed are gone.
    mutating func restart() {
        core = CentralSystem(configuration: configuration, restored: store.knownState, seed: "r\(lastMessage)")
        connection = [:]
        waiting = []
    }

    // MARK: Things that happen

    @discardableResult
    mutating func connect(_ id: String = "CP1") -> ConnectionID {
        lastConnection += 1
        connection[id] = lastConnection
        give(.connected(lastConnection, chargePointId: id, peer: "192.0.2.1", subprotocol: "ocpp1.6"))
        return lastConnection
    }

    mutating func disconnect(_ id: String = "CP1") {
        guard let gone = connection.removeValue(forKey: id) else { return }
        give(.disconnected(gone, reason: "gone"))
    }

    mutating func pass(seconds: Int64) {
        now = now.adding(milliseconds: seconds * 1000)
        give(.tick)
    }

    mutating func give(_ input: Input) {
        perform(core.handle(input, at: now))
    }

    /// As `serve` does when it has started.
    mutating func begin() { perform(core.begin(at: now)) }

    private mutating func perform(_ effects: [Effect]) {
        for effect in effects {
            switch effect {
            case .send(let connection, let bytes): sent.append((connection, bytes))
            case .close(let connection, let code, let reason): closed.append((connection, code, reason))
            case .probe(let connection): probes.append(connection)
            case .store(let request):
                if commitsAtOnce { commit(request) } else { waiting.append(request) }
            case .record(let record): records.append(record)
            case .outcome(let outcome): outcomes.append(outcome)
            case .tagsChanged(let ticket, let failure): tagAnswers.append((ticket, failure))
            case .wake(let time): wakes.append(time)
            case .notice(let text): notices.append(text)
            case .keepKey: break
            case .sign(let id, let request): signed.append("\(id) \(request)")
            }
        }
    }

    /// Lets the store answer what waits.
    mutating func commitWaiting() {
        let requests = waiting
        waiting = []
        for request in requests { commit(request) }
    }

    private mutating func commit(_ request: StoreRequest) {
        let isToFail = request.operations.contains {
            switch $0 {
            case .event, .command, .publication: true
            default: false
            }
        }
        let outcome = isToFail ? storeFailure ?? store.keep(request) : store.keep(request)
        if request.ticket != 0 { give(.stored(ticket: request.ticket, outcome)) }
    }

    /// A raw text from a charge point, or from a connection of its own.
    mutating func send(_ id: String = "CP1", _ text: String, on given: ConnectionID? = nil) {
        give(.received(given ?? connection[id]!, Array(text.utf8)))
    }

    /// A CALL, and what was sent to its connection under its id.
    @discardableResult
    mutating func call(
        _ id: String = "CP1", _ action: String, _ payload: String = "{}", messageId: String? = nil,
        on given: ConnectionID? = nil
    ) -> Frame? {
        lastMessage += 1
        let messageId = messageId ?? "m\(lastMessage)"
        let before = sent.count
        send(id, "[2,\"\(messageId)\",\"\(action)\",\(payload)]", on: given)
        let target = given ?? connection[id]!
        return sent[before...].filter { $0.connection == target }.compactMap { try? Frame.read($0.bytes) }
            .first { $0.kind != .call && $0.messageId == messageId }
    }

    /// A CALL, and the payload of its CALLRESULT; `nil` where it got none.
    @discardableResult
    mutating func ask(_ id: String = "CP1", _ action: String, _ payload: String = "{}") -> JSONNode? {
        guard let answer = call(id, action, payload), answer.kind == .callResult else { return nil }
        return answer.payload
    }

    @discardableResult
    mutating func boot(_ id: String = "CP1") -> JSONNode? {
        if connection[id] == nil { connect(id) }
        return ask(id, "BootNotification", #"{"chargePointVendor":"V","chargePointModel":"M"}"#)
    }

    /// - Returns: the transaction id and the tag's status that the start was answered with.
    @discardableResult
    mutating func start(
        _ id: String = "CP1", connector: Int = 1, tag: String = "T", at time: String = "2026-11-22T08:00:00Z",
        more: String = ""
    ) -> (id: Int64, status: String?)? {
        let answer = ask(
            id, "StartTransaction",
            #"{"connectorId":\#(connector),"idTag":"\#(tag)","meterStart":0,"timestamp":"\#(time)"\#(more)}"#)
        return answer.flatMap { answer in
            answer["transactionId"]?.integer.map { ($0, answer["idTagInfo"]?["status"]?.text) }
        }
    }

    @discardableResult
    mutating func stop(
        _ id: String = "CP1", _ transaction: Int64, at time: String = "2026-11-22T09:00:00Z", meter: Int = 5000,
        more: String = ""
    ) -> JSONNode? {
        ask(
            id, "StopTransaction",
            #"{"transactionId":\#(transaction),"meterStop":\#(meter),"timestamp":"\#(time)"\#(more)}"#)
    }

    /// Asks for a command, and gives the CALL that went out, if one did.
    @discardableResult
    mutating func command(
        _ id: String = "CP1", _ action: String, _ payload: String = "{}", timeout: Int64 = 30_000
    ) -> Frame? {
        let before = sent.count
        give(
            .command(
                CommandRequest(
                    ticket: 1, chargePointId: id, action: action, payload: Array(payload.utf8),
                    timeoutMilliseconds: timeout)))
        return sent[before...].compactMap { try? Frame.read($0.bytes) }.first { $0.kind == .call }
    }

    /// Asks for a command, and answers it.
    mutating func command(_ id: String = "CP1", _ action: String, _ payload: String, answer: String) {
        guard let call = command(id, action, payload) else { return }
        send(id, "[3,\"\(call.messageId)\",\(answer)]")
    }

    // MARK: What came out

    /// The CALLs that were sent to a connection, in order.
    func calls(to connection: ConnectionID?) -> [Frame] {
        sent.filter { $0.connection == connection }.compactMap { try? Frame.read($0.bytes) }.filter { $0.kind == .call }
    }

    var frames: [FrameRecord] {
        records.compactMap { if case .frame(let record) = $0 { record } else { nil } }
    }

    var alerts: [Alert] {
        records.compactMap { if case .alert(let alert) = $0 { alert } else { nil } }
    }

    var connectionEvents: [(id: String, event: ConnectionRecord.Event)] {
        records.compactMap {
            if case .connection(let record) = $0 { (record.chargePointId, record.event) } else { nil }
        }
    }

    var unreadable: [UnreadableFrame] {
        records.compactMap { if case .error(let record) = $0 { record } else { nil } }
    }
}

/// A store that keeps what `CentralStore` promises, in memory.
struct MemoryStore {
    private(set) var events: [TransactionEvent] = []
    private(set) var sessions: [Int: StoredSession] = [:]
    private(set) var chargePoints: [String: StoredChargePoint] = [:]
    private(set) var connectors: [StoredConnector] = []
    private(set) var links: [String: StoredLink] = [:]
    private(set) var progress: [StoredProgress] = []
    private(set) var reservations: [StoredReservation] = []
    private(set) var tags: [TagChange] = []
    private(set) var localLists: [LocalListUpdate] = []
    private(set) var outbox: [StoredPublication] = []
    private(set) var commands: [StoredCommand] = []
    private(set) var commandEnds: [(id: Int64, outcome: CommandOutcome)] = []

    /// What is published, in order.
    var published: [JSONNode] { outbox.compactMap { (try? JSONTree(parsing: $0.payload))?.root } }

    func events(_ kind: TransactionEvent.Kind) -> [TransactionEvent] { events.filter { $0.kind == kind } }

    mutating func keep(_ request: StoreRequest) -> StoreOutcome {
        var outcome = StoreOutcome.committed
        var isReplay = false
        for case .event(var event) in request.operations {
            if event.kind == .start, !events.contains(where: { $0.replayKey == event.replayKey }),
                events(.start).contains(where: { $0.transactionId == event.transactionId })
            {
                return .transactionIdTaken
            }
            if let earlier = events.first(where: { $0.replayKey == event.replayKey }) {
                if let alternative = event.alternative, earlier.payload != event.payload,
                    !events.contains(where: { $0.replayKey == alternative.replayKey })
                {
                    event.replayKey = alternative.replayKey
                    event.kind = alternative.kind
                    outcome = .conflict
                } else {
                    isReplay = true
                    outcome = .replayed(reply: earlier.reply)
                }
            }
            if !isReplay { events.append(event) }
        }
        for operation in request.operations {
            switch operation {
            case .event, .published: break
            case .command(let row): commands.append(row)
            case .commandEnded(let id, let outcome, _): commandEnds.append((id, outcome))
            case .publication(let row): if !isReplay { outbox.append(row) }
            case .frames: break
            case .session(let session): if !isReplay || !session.isNew { sessions[session.number] = session }
            case .chargePoint(let row): chargePoints[row.chargePointId] = row
            case .connector(let row):
                connectors.removeAll { $0.chargePointId == row.chargePointId && $0.connectorId == row.connectorId }
                connectors.append(row)
            case .link(let row): links[row.chargePointId] = row
            case .progress(let row): progress.append(row)
            case .reservation(let row): reservations.append(row)
            case .endedReservation(let id, let number):
                reservations.removeAll { $0.chargePointId == id && $0.reservationId == number }
            case .tag(let change): tags.append(change)
            case .localList(let update): localLists.append(update)
            }
        }
        return outcome
    }

    /// The sessions, by number.
    var folded: [Session] {
        sessions.values.sorted { $0.number < $1.number }.compactMap { row in
            (try? JSONTree(parsing: row.state)).flatMap { Session(state: $0.root) }
        }
    }

    var knownState: CentralSystem.KnownState {
        var state = CentralSystem.KnownState(
            nextSessionNumber: (sessions.keys.max() ?? 0) + 1, sessions: folded,
            chargePoints: Array(chargePoints.values))
        state.connectors = connectors
        state.links = Array(links.values)
        state.progress = progress
        state.reservations = reservations
        var list = TagList()
        var idTags: Set<String> = []
        for change in tags {
            switch change {
            case .put(let tag):
                list.put(tag)
                idTags.insert(tag.idTag)
            case .remove(let idTag): list.remove(idTag)
            }
        }
        state.tags = idTags.compactMap { list[$0] }
        state.storeId = "5a5a5a5a"
        state.lastPublicationId = outbox.last?.id ?? 0
        state.lastCommandId = commands.last?.id ?? 0
        state.openCommands = commands.filter { row in !commandEnds.contains { $0.id == row.id } }
        return state
    }
}
