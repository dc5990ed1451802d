import Dispatch
import MQTTTransport
public import OCPPKit
import Storage
import Synchronization
public import WebEndpoints

/// The running central system: the core's state machine between its transports, its store and its readers.
///
/// All state lives on the event loop's thread, which is this actor's executor. What needs no commit is answered in the
/// callback that brought it; the store, MQTT and the record stream have threads of their own.
public actor CentralSystemServer {
    public nonisolated let loop: EventLoop
    public nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }

    let settings: ServiceSettings
    var core: CentralSystem
    let writer: StoreWriter
    let sink: RecordSink
    let publisher: DojotPublisher?
    let outboxAge: OutboxAge
    let startTime = WallClock.now
    /// Reads the store for metrics.
    let reading = DispatchQueue(label: "ocppctl-metrics")
    private var http: HTTPServer?
    let notice: @Sendable (String) -> Void
    var webSockets: WebSocketServer!
    var gate: Gate
    let hashing = HashingPool()
    let signer: CertificateSigner?
    /// Commands that bring a new AuthorizationKey, by ticket.
    var rotations: Set<UInt64> = []
    var refusalNotices = RateLimits(perSecond: 1, burst: 20)
    private var control: LineServer!
    private var connections: [ConnectionID: WebSocketConnection] = [:]
    /// Where the outcomes of requests go, by ticket.
    var askers: [UInt64: Asker] = [:]
    var lastTicket: UInt64 = 0
    let watchers = Watchers()
    /// Commands that came by `submit`: their outcomes go to the record stream, whatever else goes there.
    private var submitted: Set<UInt64> = []
    /// Requests that are not with the writer yet; they have no ticket.
    private var gathered: [StoreRequest] = []
    private var isGathering = false
    /// Memory for the effects of the next input.
    private var spareEffects: [Effect] = []
    private var nextWake: (time: Timestamp, timer: Timer)?

    /// Opens the store, then listens.
    ///
    /// - Parameters:
    ///   - recordDescriptor: where record lines go.
    ///   - notice: messages for the person who runs the server; called on any thread.
    /// - Throws: `StoreError`, `EndpointError`; the text says what to do.
    public static func start(
        _ settings: ServiceSettings, recordDescriptor: Int32, notice: @escaping @Sendable (String) -> Void
    ) async throws -> CentralSystemServer {
        _ = raiseFileDescriptorLimit()
        // A server that was just told to stop needs a moment.
        let store = try SQLiteStore(path: settings.storePath, patienceMilliseconds: 2_000)
        let known = try knownState(store)
        let loop = try EventLoop()
        let outlet = Mutex<CentralSystemServer?>(nil)
        let publisherOutlet = Mutex(WeakPublisher())
        let backlog = try settings.dojot.map { _ in try store.reader.chargePointsWithUnsentPublications() }
        let outboxAge = OutboxAge(lastId: known.lastPublicationId, at: WallClock.now)
        let writer = StoreWriter(
            store: store, space: DiskSpaceWatch(path: settings.storePath, minimum: Int64(settings.minimumFreeBytes)),
            spaceChanged: { notice(settings.text(of: $0, freeBytes: $1)) },
            publications: { publications in
                if let last = publications.last { outboxAge.note(last.id, at: WallClock.now) }
                publisherOutlet.withLock { $0.value }?.take(publications)
            }
        ) { outcomes in
            guard let server = outlet.withLock({ $0 }) else { return }
            loop.post { server.assumeIsolated { $0.deliver(outcomes) } }
        }
        let publisher = try settings.dojot.map {
            try DojotPublisher(
                $0, writer: writer, loop: loop, backlog: backlog ?? [],
                asked: { id, message in
                    loop.post {
                        guard let server = outlet.withLock({ $0 }) else { return }
                        server.assumeIsolated { $0.feed(.actuation(chargePointId: id, message)) }
                    }
                }, notice: notice)
        }
        publisherOutlet.withLock { $0.value = publisher }
        let server = CentralSystemServer(
            settings, loop: loop, restored: known, writer: writer,
            sink: RecordSink(descriptor: recordDescriptor, notice: notice), publisher: publisher,
            outboxAge: outboxAge, notice: notice)
        outlet.withLock { $0 = server }
        do {
            try await server.listen()
        } catch {
            await server.stop()
            throw error
        }
        return server
    }

    private static func knownState(_ store: SQLiteStore) throws -> CentralSystem.KnownState {
        let rows = try store.reader.restoredState(sessionsPerChargePoint: CentralSystem.closedSessionsKept)
        var known = CentralSystem.KnownState(
            nextSessionNumber: rows.nextSessionNumber,
            sessions: rows.sessions.compactMap { row in
                (try? JSONTree(parsing: row.state)).flatMap { Session(state: $0.root) }
            },
            chargePoints: rows.chargePoints)
        known.connectors = try store.reader.connectors()
        known.links = try store.reader.links()
        known.progress = try store.reader.progress()
        known.reservations = try store.reader.reservations()
        known.tags = try store.reader.tags()
        known.storeId = try store.reader.storeId()
        known.lastPublicationId = try store.reader.lastPublicationId()
        known.openCommands = try store.reader.openCommands()
        known.lastCommandId = try store.reader.lastCommandId()
        return known
    }

    private init(
        _ settings: ServiceSettings, loop: EventLoop, restored: CentralSystem.KnownState, writer: StoreWriter,
        sink: RecordSink,
        publisher: DojotPublisher?, outboxAge: OutboxAge, notice: @escaping @Sendable (String) -> Void
    ) {
        self.settings = settings
        self.loop = loop
        self.writer = writer
        self.sink = sink
        self.publisher = publisher
        self.outboxAge = outboxAge
        self.notice = notice
        signer = settings.security.signCommand.map { CertificateSigner(command: $0) }
        gate = Gate(settings.security, path: settings.path)
        var configuration = settings.centralSystem
        configuration.publishedChargePoints = settings.dojot.map { Set($0.devices.keys) }
        configuration.attributeLabels = settings.dojot?.labels ?? AttributeLabels()
        configuration.keepsKeys = settings.security.passwords != nil
        core = CentralSystem(
            configuration: configuration, restored: restored,
            seed: String(WallClock.now.milliseconds, radix: 36) + String(UInt32.random(in: 0...UInt32.max), radix: 36))
    }

    private func listen() throws {
        control = try LineServer(loop: loop, path: settings.controlPath, handler: self)
        var configuration = WebSocketServer.Configuration()
        configuration.host = settings.host
        configuration.port = settings.port
        configuration.maxMessageBytes = settings.maximumFrameBytes
        configuration.pingIntervalMilliseconds = settings.pingIntervalMilliseconds
        configuration.noSubprotocol = settings.centralSystem.isStrict ? .close : .accept
        settings.security.limits.apply(to: &configuration)
        configuration.trustedProxies = settings.security.trustedProxies
        gate.clientMap = try settings.security.readClientMap()
        webSockets = try WebSocketServer(
            loop: loop, configuration: configuration, tls: try settings.security.makeTLS(), handler: self)
        http = try settings.http.map { try startHTTP($0) }
        schedulePruning()
        var line = JSONWriter()
        line.beginObject()
        line.member("record", "listening")
        line.member("timestamp", WallClock.now)
        line.member("url", url)
        line.member("control", settings.controlPath)
        line.member("store", settings.storePath)
        line.member("http", http?.url)
        line.endObject()
        line.endLine()
        if settings.records != .none { sink.offer(line.bytes, count: 1) }
        perform(core.begin(at: WallClock.now))
        settings.notifier?.ready(on: loop)
    }

    /// Where charge points connect, without their identity.
    public var url: String {
        let host = settings.host.contains(":") ? "[\(settings.host)]" : settings.host
        return "\(settings.security.usesTLS ? "wss" : "ws")://\(host):\(webSockets.boundPort)\(settings.path)"
    }

    /// Where `/metrics` is, without the path; `nil` where it is not asked for.
    public var httpURL: String? { http?.url }

    /// Stops accepting, closes every charge point with 1001, waits for what is on its way, within bounds.
    public func stop() async {
        settings.notifier?.stopping()
        webSockets?.stopAccepting()
        control?.stop()
        http?.stop()
        webSockets?.closeAll(code: 1001, reason: "the central system is going down")
        let loop = loop
        let writer = writer
        let publisher = publisher
        let sink = sink
        await loop.shutDown(graceMilliseconds: 2_000)
        hashing.end()
        // The ends of the connections are stored and published, too.
        submitGathered()
        writer.waitUntilIdle()
        publisher?.stop(drainMilliseconds: 3_000)
        writer.close()
        sink.close(drainMilliseconds: 2_000)
        if sink.lostRecords > 0 { notice("\(sink.lostRecords) records were lost to a slow reader") }
    }

    /// Sends a command; its outcome is a `command` record.
    public func submit(_ request: CommandRequest) {
        var request = request
        lastTicket += 1
        request.ticket = lastTicket
        request.isPatient = true
        submitted.insert(lastTicket)
        feed(.command(request))
    }

    // MARK: The core's inputs and effects

    func feed(_ input: Input) {
        core.tellsFrames = settings.records.includesFrames || !watchers.isEmpty
        // Performing them may bring the next input.
        var effects: [Effect] = []
        swap(&effects, &spareEffects)
        core.handle(input, at: WallClock.now, into: &effects)
        perform(effects)
        effects.removeAll(keepingCapacity: effects.count < 100)
        swap(&effects, &spareEffects)
        if !core.frames.bytes.isEmpty { gather() }
    }

    private func deliver(_ outcomes: [(ticket: UInt64, outcome: StoreOutcome)]) {
        for (ticket, outcome) in outcomes {
            if ticket != 0 {
                feed(.stored(ticket: ticket, outcome))
            } else if case .failed(let reason) = outcome {
                notice("the store refused a write: \(reason)")
            }
        }
    }

    func perform(_ effects: [Effect]) {
        var lines = JSONWriter(reservingCapacity: 0)
        var count = 0
        for effect in effects {
            switch effect {
            case .send(let connection, let bytes): connections[connection]?.send(bytes)
            case .close(let connection, let code, let reason):
                connections[connection]?.close(code: code, reason: reason)
            case .probe(let connection): connections[connection]?.probe()
            case .store(let request): keep(request)
            case .record(let record):
                watchers.offer(record)
                guard settings.records.includes(record) else { continue }
                record.write(to: &lines)
                count += 1
            case .outcome(let outcome):
                // Who is told may look into the store next.
                submitGathered()
                if !finishRotation(outcome) { tell(outcome) }
                if submitted.remove(outcome.ticket) != nil, !settings.records.includes(.command(outcome)) {
                    outcome.write(to: &lines)
                    count += 1
                }
            case .tagsChanged(let ticket, let failure): tell(ticket, failure)
            case .wake(let time): wake(at: time)
            case .keepKey(let request): rotateKey(request)
            case .sign(let id, let request): sign(id, request)
            case .notice(let text): notice(text)
            }
        }
        sink.offer(lines.bytes, count: count)
    }

    /// What nobody waits for gathers for a moment, so that a message costs no commit of its own; in order with the rest.
    private func keep(_ request: StoreRequest) {
        gathered.append(request)
        if request.ticket != 0 { submitGathered() } else { gather() }
    }

    private func gather() {
        if gathered.count >= Self.gatheredLimit || core.frames.bytes.count >= FrameBlock.maximumBytes {
            return submitGathered()
        }
        guard !isGathering else { return }
        isGathering = true
        loop.schedule(afterMilliseconds: Self.gatheringMilliseconds) { [weak self] in
            self?.assumeIsolated { server in
                server.isGathering = false
                server.submitGathered()
            }
        }
    }

    private static let gatheredLimit = 500
    private static let gatheringMilliseconds = 20

    private func submitGathered() {
        if !core.frames.bytes.isEmpty {
            gathered.append(StoreRequest(ticket: 0, operations: [.frames(core.takeFrames())]))
        }
        guard !gathered.isEmpty else { return }
        writer.submit(gathered)
        gathered.removeAll(keepingCapacity: true)
    }

    private func wake(at time: Timestamp) {
        if let nextWake, nextWake.time <= time { return }
        nextWake?.timer.cancel()
        let delay = max(1, time - WallClock.now)
        let timer = loop.schedule(afterMilliseconds: Int(clamping: delay)) { [weak self] in
            self?.assumeIsolated { server in
                server.nextWake = nil
                server.feed(.tick)
            }
        }
        nextWake = (time, timer)
    }

    /// Raw frames and publications past their time go once an hour.
    private func schedulePruning() {
        let now = WallClock.now
        writer.prune(.frames, before: now.adding(milliseconds: -settings.keepFramesMilliseconds))
        writer.prune(.commands, before: now.adding(milliseconds: -settings.keepFramesMilliseconds))
        writer.prune(.outbox, before: now.adding(milliseconds: -settings.keepOutboxMilliseconds))
        loop.schedule(afterMilliseconds: 3_600_000) { [weak self] in
            self?.assumeIsolated { $0.schedulePruning() }
        }
    }
}

extension CentralSystemServer: WebSocketServerHandler {
    public nonisolated func upgrade(_ request: UpgradeRequest) -> UpgradeDecision {
        assumeIsolated { $0.decide(request) }
    }

    public nonisolated func opened(_ connection: WebSocketConnection) {
        assumeIsolated { server in
            guard let id = try? ChargePointIdentity.read(target: connection.rawTarget, below: server.settings.path)
            else { return connection.close(code: 1008, reason: "bad identity") }
            server.connections[connection.id] = connection
            server.feed(
                .connected(
                    connection.id, chargePointId: id, peer: connection.peerAddress, subprotocol: connection.subprotocol)
            )
        }
    }

    public nonisolated func received(_ connection: WebSocketConnection, _ message: [UInt8]) {
        assumeIsolated { $0.feed(.received(connection.id, message)) }
    }

    public nonisolated func ponged(_ connection: WebSocketConnection) {
        assumeIsolated { $0.feed(.answeredProbe(connection.id)) }
    }

    public nonisolated func closed(_ connection: WebSocketConnection, reason: CloseReason) {
        assumeIsolated { server in
            server.connections[connection.id] = nil
            server.feed(.disconnected(connection.id, reason: "\(reason)"))
        }
    }
}
