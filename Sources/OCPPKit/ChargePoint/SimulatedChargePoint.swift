/// A charge point that speaks all of OCPP 1.6 and its security extension, as a state machine without I/O: inputs and a time go in, effects come out.
///
/// Time is simulated time, and whoever owns the charge point decides how fast it runs: call `handle` with `.timer` when
/// `nextDeadline` comes. What happens between two inputs happens at its own time, however late the call is, so the same
/// inputs at the same times give the same bytes.
public struct SimulatedChargePoint: Sendable {
    public struct Options: Sendable {
        public var model: ChargePointModel
        /// Whether a tag that is presented is authorised before the session starts.
        public var authorizes = true
        /// What a session delivers that has no `SessionSpec`: one that was started by RemoteStartTransaction or by a
        /// tag, in Wh.
        public var defaultEnergyWattHours: Int64 = 20_000
        /// How long a CALL waits for its answer, in simulated milliseconds.
        public var callTimeout: Int64 = 30_000
        /// How long until the next BootNotification where the central system names no interval.
        public var bootRetryInterval: Int64 = 60_000
        /// How long a cable stays in after its session.
        public var finishingTime: Int64 = 10_000
        /// Vendors whose DataTransfer is answered with Accepted.
        public var dataTransferVendors: Set<String> = []
        /// What the lifetime registers show at first, in Wh.
        public var registerWattHours: Int64 = 0
        /// Statuses of failure that take the place of the steps that they fail: `InstallationFailed`, `UploadFailed`.
        public var failures: Set<String> = []

        public init(model: ChargePointModel = .abbTerra54) { self.model = model }
    }

    /// A transaction as its messages need it, until its stop is delivered.
    struct Transaction: Sendable {
        enum Identity: Sendable {
            case unknown, known(Int64), givenUp
        }

        var identity: Identity = .unknown
        var result: SessionResult
    }

    public let options: Options
    let makeMessageId: @Sendable (_ number: Int) -> String
    private var messageCount = 0

    /// The time of what is being handled.
    var now: Timestamp
    /// When what is sent now really goes: what `handle` catches up with happened before.
    private var sendTime: Timestamp
    private var effects: [ChargePointEffect] = []

    var isConnected = false
    /// `nil` between a boot and its first answer.
    var registration: RegistrationStatus?
    var bootAt: Timestamp?
    var heartbeatAt: Timestamp?
    /// A reset that was asked for and waits: a soft one until its stops are delivered.
    var reset: (kind: ResetType, deadline: Timestamp)?

    var configuration: ChargePointConfiguration
    /// The AuthorizationKey that the central system has set; `nil` before.
    public var authorizationKey: String? { configuration.authorizationKey }
    var isOperative = true
    var reported: (status: ChargePointStatus, errorCode: ChargePointErrorCode)?
    /// Connector 1 first.
    var connectors: [ConnectorState]
    var queue = CallQueue()
    var transactions: [Int: Transaction] = [:]
    var transactionCount = 0
    var orderCount = 0
    /// What takes a while, by the notification that tells of it.
    var works: [String: LongWork] = [:]
    var firmwareVersion: String
    var localList = LocalAuthorizationList()
    var reservations: [ConnectorReservation] = []
    var profiles = ChargingProfiles()
    var certificates: [(use: String, certificate: Certificate)] = []
    /// The ids of CALLs whose answers nobody waits for any more.
    var expiredIds: [String] = []

    /// - Parameters:
    ///   - messageId: makes the id of each CALL from its number, which counts from 1; 1 to 36 characters, never the same
    ///     twice.
    ///   - start: the time before everything else.
    public init(options: Options, start: Timestamp, messageId: @escaping @Sendable (_ number: Int) -> String) {
        self.options = options
        makeMessageId = messageId
        now = start
        sendTime = start
        bootAt = start
        firmwareVersion = options.model.firmwareVersion
        configuration = ChargePointConfiguration(connectorCount: options.model.connectors.count)
        connectors = options.model.connectors.enumerated().map {
            ConnectorState(id: $0.offset + 1, model: $0.element, registerWattHours: options.registerWattHours)
        }
    }

    /// Whether there is nothing left to do: no session runs or waits and every message is delivered.
    public var isSettled: Bool {
        registration == .accepted && queue.isEmpty && transactions.isEmpty && reset == nil && works.isEmpty
            && connectors.allSatisfy { $0.session == nil && $0.waiting.isEmpty && $0.unplugAt == nil }
    }

    /// Takes one input and says what is to be done, in this order.
    ///
    /// - Parameter time: never earlier than the last one; an earlier one counts as that.
    public mutating func handle(_ input: ChargePointInput, at time: Timestamp) -> [ChargePointEffect] {
        sendTime = max(now, time)
        catchUp(to: time)
        moveClock(to: time)
        switch input {
        case .connected: connected()
        case .disconnected: disconnected()
        case .received(let bytes): received(bytes)
        case .timer: break
        case .order(let order): take(order)
        }
        settle()
        catchUp(to: now)
        return takeEffects()
    }

    private mutating func catchUp(to time: Timestamp) {
        while let due = nextDeadline, due <= time {
            moveClock(to: due)
            handleDeadlines()
            settle()
        }
    }

    mutating func emit(_ event: ChargePointEvent) { effects.append(.event(event)) }
    mutating func emit(_ effect: ChargePointEffect) { effects.append(effect) }
    mutating func emit(_ more: [ChargePointEffect]) { effects += more }

    mutating func takeEffects() -> [ChargePointEffect] {
        defer { effects = [] }
        return effects
    }

    private mutating func moveClock(to time: Timestamp) {
        now = max(now, time)
        for index in connectors.indices { connectors[index].advance(to: now) }
    }

    /// What follows from any input: a reset that is due, the next session, the next CALL.
    private mutating func settle() {
        resetIfDue()
        for index in connectors.indices where connectors[index].isFree && connectors[index].nextStart == nil {
            guard let spec = connectors[index].waiting.first else { continue }
            connectors[index].nextStart = now.adding(milliseconds: spec.delayMilliseconds)
        }
        guard isConnected else { return }
        let id = makeMessageId(messageCount + 1)
        let isAccepted = registration == .accepted
        guard let next = queue.takeNext(at: now, sentAt: sendTime, isAccepted: isAccepted, messageId: id) else {
            return
        }
        messageCount += 1
        emit(.send(Frame.call(id: id, action: next.action, payload: payload(of: next).payload)))
    }
}
