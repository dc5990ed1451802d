import OCPPKit
import TransportSecurity
import WebEndpoints

/// What all charge points of a simulation share.
struct SimulationSettings: Sendable {
    let url: String
    /// What the charge points prove themselves with: the bytes of the password of Basic authentication.
    let secret: [UInt8]?
    let tls: TLSContext?
    let model: ChargePointModel
    let sessions: [SessionSpec]
    let calls: [ScriptedCall]
    /// As `SimulatedChargePoint.Options` has them.
    let failures: Set<String>
    let clock: SimulatedClock
    let connectTimeoutMilliseconds: Int64
    let writesFrames: Bool
    let tellsProgress: Bool
    /// Of many charge points only what went wrong is told, and a line at the end.
    let isFleet: Bool

    /// Whether it ends by itself once everything is done that was told.
    var hasTask: Bool { !sessions.isEmpty || !calls.isEmpty }
}

/// The charge points of a simulation, and what became of them. Lives on the event loop's thread, as they do.
actor SimulatedFleet {
    private let loop: EventLoop
    private let settings: SimulationSettings
    private let output = OutputWriter(isLineBuffered: true)
    private var stations: [SimulatedStation] = []
    private var unsettled: Set<String> = []
    private var results: [SessionResult] = []
    private var breachCount = 0
    private var booted: Set<String> = []
    /// The first reason to end the whole simulation with; the outer `nil` while it goes on.
    private var ending: CommandFailure??
    private var waiter: CheckedContinuation<Void, Never>?

    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }

    init(loop: EventLoop, settings: SimulationSettings) {
        self.loop = loop
        self.settings = settings
    }

    /// Runs until every session is over, or `end`.
    ///
    /// - Returns: what went wrong; `nil` where all went as told.
    func run(ids: [String]) async -> CommandFailure? {
        start(ids)
        if ending == nil { await withCheckedContinuation { waiter = $0 } }
        stopAll()
        summarise()
        if case .some(.some(let failure)) = ending { return failure }
        return outcome()
    }

    private func start(_ ids: [String]) {
        unsettled = Set(ids)
        for (index, id) in ids.enumerated() {
            let station = SimulatedStation(id: id, loop: loop, settings: settings, fleet: self)
            stations.append(station)
            // A fleet does not knock all at once.
            loop.schedule(afterMilliseconds: index * 2) { station.assumeIsolated { $0.start() } }
        }
    }

    private func stopAll() {
        for station in stations { station.assumeIsolated { $0.stop() } }
    }

    /// Ends the simulation; the first call decides.
    func end(_ failure: CommandFailure?) {
        guard ending == nil else { return }
        ending = .some(failure)
        waiter?.resume()
        waiter = nil
    }

    // What the charge points tell, on the loop's thread.

    func note(_ record: FrameRecord) {
        guard settings.writesFrames, ending == nil else { return }
        do {
            try output.writeLine { record.write(to: &$0) }
        } catch let failure as CommandFailure {
            end(failure)
        } catch {
            // The reader went away and wants no more.
            end(nil)
        }
    }

    func note(_ event: ChargePointEvent, of id: String, at time: Timestamp) {
        switch event {
        case .breach(let text):
            breachCount += 1
            Diagnostics.say("\(id): the central system broke the protocol: \(text)")
            // It would try to boot for ever, and its sessions would never begin.
            if settings.hasTask, !booted.contains(id) { end(outcome()) }
        case .timedOut, .givenUp: Diagnostics.say("\(id): \(event)")
        case .booted, .status, .sessionStarted, .progress, .sessionStopped, .answered, .told, .rebooting:
            if case .booted = event { booted.insert(id) }
            if !settings.isFleet { tell("\(event)", of: id, at: time) }
        }
    }

    /// A line for people, with the simulated time of day.
    func tell(_ text: String, of id: String, at time: Timestamp) {
        guard settings.tellsProgress else { return }
        let clock = time.description.dropFirst(11).prefix(8)
        Diagnostics.write("\(clock) \(Diagnostics.harmless("\(id) \(text)"))\n")
    }

    func note(_ result: SessionResult) { results.append(result) }

    /// A charge point has nothing left to do.
    func settled(_ id: String) {
        guard settings.hasTask else { return }
        unsettled.remove(id)
        if unsettled.isEmpty { end(nil) }
    }

    private func summarise() {
        guard settings.tellsProgress, !results.isEmpty else { return }
        let energy = results.reduce(0) { $0 + $1.meterStop - $1.meterStart }
        let completed = results.count { $0.outcome == .completed }
        let kilowattHours = ExactDecimal(mantissa: energy, exponent: -3)
        Diagnostics.say("\(completed) of \(results.count) sessions completed, \(kilowattHours) kWh delivered")
    }

    private func outcome() -> CommandFailure? {
        guard breachCount == 0 else {
            return CommandFailure(.protocol, "breaches of the protocol by the central system: \(breachCount)")
        }
        // Sessions that the central system started by itself are its own business.
        guard settings.hasTask else { return nil }
        let statuses: [(SessionResult.Outcome, ExitStatus)] = [
            (.refused, .refused), (.undelivered, .timeout), (.cutShort, .someFailed),
        ]
        for (outcome, status) in statuses {
            guard let result = results.first(where: { $0.outcome == outcome }) else { continue }
            return CommandFailure(
                status,
                "the session of \(result.idTag) on connector \(result.connectorId) was \(outcome.words)"
                    + (result.reason.map { ": \($0)" } ?? ""))
        }
        return nil
    }
}

extension SessionResult.Outcome {
    fileprivate var words: String {
        switch self {
        case .completed: "completed"
        case .cutShort: "cut short"
        case .refused: "refused"
        case .undelivered: "not taken in by the central system"
        }
    }
}
