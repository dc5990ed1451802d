import CentralSystemService
import OCPPKit
import TransportSecurity
import WebEndpoints

/// One simulated charge point with its connection, on the event loop's thread: gives the state machine its bytes and
/// its time, and does what it says.
actor SimulatedStation: WebSocketClientHandler {
    private static let firstDelayMilliseconds = 500
    private static let longestDelayMilliseconds = 60_000
    /// How long a CALL waits for its answer, on the wall.
    private static let callTimeoutMilliseconds: Int64 = 30_000

    private let id: String
    private let loop: EventLoop
    private let settings: SimulationSettings
    private let fleet: SimulatedFleet
    private let url: String
    /// Changed by the central system, as an AuthorizationKey.
    private var secret: [UInt8]?
    private var chargePoint: SimulatedChargePoint
    private var pairing = Pairing()
    private var client: WebSocketClient?
    private var isOpen = false
    private var hasBeenOpen = false
    private var isStopped = false
    private var delayMilliseconds = SimulatedStation.firstDelayMilliseconds
    private var timer: Timer?

    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }

    init(id: String, loop: EventLoop, settings: SimulationSettings, fleet: SimulatedFleet) {
        self.id = id
        self.loop = loop
        self.settings = settings
        self.fleet = fleet
        secret = settings.secret
        url = ChargePointAddress.url(settings.url, id)
        var options = SimulatedChargePoint.Options(model: settings.model)
        options.failures = settings.failures
        options.callTimeout = Int64(Double(SimulatedStation.callTimeoutMilliseconds) * settings.clock.speed)
        let run = String(UInt32.random(in: 0...UInt32.max), radix: 16)
        chargePoint = SimulatedChargePoint(options: options, start: settings.clock.start) { "\(run)-\($0)" }
    }

    func start() {
        for spec in settings.sessions { give(.order(.run(spec))) }
        for call in settings.calls { give(.order(.call(action: call.action, payload: call.payload))) }
        connect()
    }

    func stop() {
        isStopped = true
        timer?.cancel()
        client?.close()
    }

    // MARK: Connection

    private func connect() {
        guard !isStopped else { return }
        client = WebSocketClient.connect(
            loop: loop, url: url,
            authorization: secret.map { ChargePointAddress.authorization(id, $0) },
            tls: settings.tls, handler: self)
    }

    nonisolated func opened(subprotocol: String?) { assumeIsolated { $0.hasOpened(subprotocol) } }
    nonisolated func received(_ message: [UInt8]) { assumeIsolated { $0.take(message) } }
    nonisolated func closed(reason: CloseReason) { assumeIsolated { $0.hasClosed(reason) } }
    nonisolated func failed(_ text: String, status: Int?) { assumeIsolated { $0.hasFailed(text, status) } }

    private func hasOpened(_ subprotocol: String?) {
        isOpen = true
        hasBeenOpen = true
        delayMilliseconds = SimulatedStation.firstDelayMilliseconds
        tell("connected")
        if subprotocol != "ocpp1.6" {
            note(.breach("the subprotocol agreed on is \(subprotocol ?? "none"), not ocpp1.6"))
        }
        give(.connected)
    }

    private func take(_ message: [UInt8]) {
        record(message, .fromCentralSystem)
        give(.received(message))
    }

    private func hasClosed(_ reason: CloseReason) {
        isOpen = false
        client = nil
        guard !isStopped else { return }
        tell("connection \(reason)")
        give(.disconnected)
        connectLater()
    }

    private func hasFailed(_ text: String, _ status: Int?) {
        client = nil
        guard !isStopped else { return }
        if let status, (300..<500).contains(status) {
            return end(.refused, text)
        }
        if !hasBeenOpen, settings.clock.realMilliseconds >= settings.connectTimeoutMilliseconds {
            return end(.unreachable, "\(text). Does 'ocppctl serve' run there?")
        }
        if hasBeenOpen { tell("not connected: \(text)") }
        connectLater()
    }

    private func connectLater() {
        let delay = Int.random(in: delayMilliseconds / 2...delayMilliseconds)
        if hasBeenOpen { delayMilliseconds = min(2 * delayMilliseconds, SimulatedStation.longestDelayMilliseconds) }
        loop.schedule(afterMilliseconds: delay) { self.connect() }
    }

    private func end(_ status: ExitStatus, _ text: String) {
        fleet.assumeIsolated { $0.end(CommandFailure(status, text)) }
    }

    // MARK: The state machine

    private func give(_ input: ChargePointInput) {
        guard !isStopped else { return }
        for effect in chargePoint.handle(input, at: settings.clock.now) { perform(effect) }
        if let key = chargePoint.authorizationKey { secret = Secret(text: key)?.bytes }
        if chargePoint.isSettled { fleet.assumeIsolated { $0.settled(id) } }
        timer?.cancel()
        timer = chargePoint.nextDeadline.map { due in
            loop.schedule(afterMilliseconds: settings.clock.realMilliseconds(until: due)) { self.give(.timer) }
        }
    }

    private func perform(_ effect: ChargePointEffect) {
        switch effect {
        case .send(let bytes):
            record(bytes, .fromChargePoint)
            client?.send(bytes)
        case .reconnect: client?.close(code: 1000, reason: "rebooting")
        case .event(let event): note(event)
        case .sessionFinished(let result): fleet.assumeIsolated { $0.note(result) }
        }
    }

    private func note(_ event: ChargePointEvent) {
        let time = settings.clock.now
        fleet.assumeIsolated { $0.note(event, of: id, at: time) }
    }

    private func tell(_ text: String) {
        guard !settings.isFleet else { return }
        let time = settings.clock.now
        fleet.assumeIsolated { $0.tell(text, of: id, at: time) }
    }

    /// Writes a frame down; a text that is none is told as a breach and has no record.
    private func record(_ bytes: [UInt8], _ direction: Direction) {
        guard settings.writesFrames, let seen = try? Frame.read(bytes) else { return }
        let frame = Redaction.redacted(seen)
        var record = FrameRecord(
            timestamp: settings.clock.now, chargePointId: id, direction: direction, frame: frame)
        let wall = Timestamp(milliseconds: settings.clock.realMilliseconds)
        if frame.kind == .call {
            pairing.call(frame, chargePointId: id, direction: direction, timestamp: wall)
        } else if let call = pairing.answer(frame, chargePointId: id, direction: direction) {
            record.action = call.action
            record.responseMilliseconds = call.timestamp.map { wall - $0 }
        }
        record.judge()
        fleet.assumeIsolated { $0.note(record) }
    }
}
