/// What is known of one charge point.
struct ChargePoint: Sendable {
    let id: String
    var connection: ConnectionID?
    /// The connection at hand, or the last one.
    var link: StoredLink?
    /// When its last message came.
    var lastMessage: Timestamp?
    /// Its last BootNotification; `nil` before the first.
    var boot: StoredChargePoint? {
        didSet { registration = boot.flatMap { RegistrationStatus(rawValue: $0.registration) } }
    }
    /// The answer to its last BootNotification; `nil` before the first.
    private(set) var registration: RegistrationStatus?
    /// The last status of each connector.
    var connectors: [Int64: StoredConnector] = [:]
    var progress: [StoredProgress.Task: StoredProgress] = [:]
    /// What it has accepted to keep, by id.
    var reservations: [Int64: StoredReservation] = [:]
    /// Commands that wait for their turn.
    var queue: [CommandRequest] = []
    /// A command that is sent once the journal has it.
    var journaled: JournaledCall?
    /// The one CALL on its way (OCPP-J 1.6, section 4.1.1).
    var outstanding: OutstandingCall?
    /// CALLs whose time was over: their late answers are told from answers to nothing.
    var overdue: [OutstandingCall] = []
    /// A newer connection that waits, and how long the older one has to answer.
    var challenger: Challenger?
    var probeDeadline: Timestamp?
    /// The messages that it was asked for since its last boot, which it may send before it is accepted.
    var triggered: Set<String> = []

    init(id: String) { self.id = id }
}

extension CentralSystem {
    /// What is known of every charge point, in the order of the bytes of their ids.
    public func stations(at now: Timestamp) -> [Station] {
        chargePoints.values
            .sorted { $0.id.utf8.lexicographicallyPrecedes($1.id.utf8) }
            .map { chargePoint in
                Station(
                    chargePointId: chargePoint.id, isOnline: chargePoint.connection != nil, link: chargePoint.link,
                    lastMessage: chargePoint.lastMessage, boot: chargePoint.boot,
                    connectors: chargePoint.connectors.values.sorted { $0.connectorId < $1.connectorId },
                    transactions: folder.openSessions(of: chargePoint.id).compactMap(Station.OpenTransaction.init),
                    progress: chargePoint.progress.values.sorted { $0.task.rawValue < $1.task.rawValue },
                    reservations: chargePoint.reservations.values.filter { $0.expiryDate > now }
                        .sorted { $0.reservationId < $1.reservationId })
            }
    }
}
