import Glibc
import OCPPKit
import TransportSecurity
import WebEndpoints

/// What all charge points of a load share.
struct LoadSettings: Sendable {
    let url: String
    let secret: [UInt8]?
    let tls: TLSContext?
    let message: LoadMessage
    /// Messages a second, of all together; `nil` for as fast as answers come.
    let rate: Double?
    let durationMilliseconds: Int64
    let rampMilliseconds: Int64
    let connectTimeoutMilliseconds: Int64
    let tellsProgress: Bool
}

/// Charge points that put a central system under load, and what is measured: they connect and boot, then send for some
/// time; who is cut off comes back. Lives on the event loop's thread.
///
/// Each charge point has one CALL on its way at most. A response time is from sending a CALL to its answer; where a rate
/// is given and no charge point was free when a message was due, from then on.
actor LoadGenerator {
    /// How long a CALL waits for its answer.
    private static let callTimeout: Int64 = 30_000_000
    /// Messages go out in steps of a millisecond; what is later by so much, in microseconds, has been held up.
    private static let tolerance: Int64 = 10_000
    /// So many connections are being made at a time.
    private static let connectingLimit = 64

    private let loop: EventLoop
    private let settings: LoadSettings
    private let output = OutputWriter()
    private let progress = ProgressLine()
    private var stations: [LoadStation]
    private var summary: LoadSummary
    private var waiter: CheckedContinuation<Void, Never>?
    private var hasEnded = false
    private var failure: CommandFailure?

    /// Charge points that wait for their turn to connect, the next one last.
    private var waiting: [Int] = []
    private var connectingCount = 0
    private var began: Int64 = 0
    /// When messages began to be sent; 0 before.
    private var sendingSince: Int64 = 0
    private var readyCount = 0
    /// Under a rate: who can send, the one that waits longest first from `idleHead` on, and how many messages are due.
    private var idle: [Int] = []
    private var idleHead = 0
    private var issued = 0
    private var lastReason = ""

    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }

    init(loop: EventLoop, ids: [String], settings: LoadSettings) {
        self.loop = loop
        self.settings = settings
        stations = ids.enumerated().map { LoadStation(id: $1, number: $0) }
        summary = LoadSummary(chargePoints: ids.count, message: settings.message)
    }

    /// Runs for the time that was set, or until `end`, and writes the summary.
    ///
    /// - Returns: a failure where the central system could not be reached or did not answer as it should.
    func run() async -> Result<Void, any Error> {
        began = monotonicMicroseconds()
        if settings.rampMilliseconds == 0 {
            waiting = stations.indices.reversed()
            connectNext()
        } else {
            for index in stations.indices {
                let delay = settings.rampMilliseconds * Int64(index) / Int64(stations.count)
                loop.schedule(afterMilliseconds: Int(delay)) { self.assumeIsolated { $0.queue(index) } }
            }
        }
        watch()
        if !hasEnded { await withCheckedContinuation { waiter = $0 } }
        progress.clear()
        for station in stations { station.client?.close() }
        summary.connected = readyCount
        return Result {
            if let failure { throw failure }
            try output.writeLine { summary.write(to: &$0) }
            try output.flush()
            try judge()
        }
    }

    /// Ends the load before its time.
    func end() {
        guard !hasEnded else { return }
        hasEnded = true
        if sendingSince > 0 { summary.duration = monotonicMicroseconds() - sendingSince }
        waiter?.resume()
        waiter = nil
    }

    private func judge() throws {
        guard summary.errorCount == 0 else {
            throw CommandFailure(.protocol, "CALLs that were answered with an error: \(summary.errorCount)")
        }
        let lost = summary.timeouts + summary.lostConnections + (summary.chargePoints - summary.connected)
        if lost > 0 {
            throw CommandFailure(.someFailed, "not all charge points were served all the time: the summary counts how")
        }
    }

    /// Looks each second after calls without an answer, and tells how it goes.
    private func watch() {
        guard !hasEnded else { return }
        let now = monotonicMicroseconds()
        for index in stations.indices {
            let phase = stations[index].phase
            guard phase == .busy || phase == .preparing, now - stations[index].sent > Self.callTimeout else { continue }
            summary.timeouts += 1
            stations[index].client?.drop()
        }
        if sendingSince == 0, readyCount == 0, now - began > settings.connectTimeoutMilliseconds * 1000 {
            let reason = lastReason.isEmpty ? "no boot was accepted" : lastReason
            failure = CommandFailure(.unreachable, "\(reason). Does 'ocppctl serve' run there?")
            return end()
        }
        if settings.tellsProgress {
            progress.show(
                sendingSince == 0
                    ? "\(readyCount) of \(stations.count) charge points have booted"
                    : "\((now - sendingSince) / 1_000_000) s, \(summary.messages) messages")
        }
        loop.schedule(afterMilliseconds: 1000) { self.assumeIsolated { $0.watch() } }
    }

    // MARK: Connections

    private func queue(_ index: Int) {
        waiting.insert(index, at: 0)
        connectNext()
    }

    private func connectNext() {
        while connectingCount < Self.connectingLimit, !hasEnded, let index = waiting.popLast() {
            connectingCount += 1
            stations[index].phase = .connecting
            let id = stations[index].id
            stations[index].client = WebSocketClient.connect(
                loop: loop, url: ChargePointAddress.url(settings.url, id),
                authorization: settings.secret.map { ChargePointAddress.authorization(id, $0) },
                tls: settings.tls, handler: Line(index: index, generator: self))
        }
    }

    /// The connection of one charge point.
    private final class Line: WebSocketClientHandler {
        let index: Int
        let generator: LoadGenerator

        init(index: Int, generator: LoadGenerator) {
            self.index = index
            self.generator = generator
        }

        func opened(subprotocol: String?) { generator.assumeIsolated { $0.opened(index) } }
        func received(_ message: [UInt8]) { generator.assumeIsolated { $0.received(message, by: index) } }
        func closed(reason: CloseReason) { generator.assumeIsolated { $0.closed(index) } }
        func failed(_ text: String, status: Int?) { generator.assumeIsolated { $0.failed(index, text) } }
    }

    private func opened(_ index: Int) {
        connectingCount -= 1
        stations[index].delayMilliseconds = LoadStation.firstDelayMilliseconds
        stations[index].phase = .preparing
        stations[index].forgetTransaction()
        let bytes = stations[index].boot()
        send(bytes, by: index)
        connectNext()
    }

    private func failed(_ index: Int, _ text: String) {
        connectingCount -= 1
        summary.refusedConnections += 1
        lastReason = text
        comeBack(index)
    }

    private func closed(_ index: Int) {
        guard !hasEnded else { return }
        summary.lostConnections += 1
        if stations[index].phase == .idle || stations[index].phase == .busy { readyCount -= 1 }
        stations[index].lost = monotonicMicroseconds()
        comeBack(index)
    }

    /// Tries again later: each time a little longer, and not all at once.
    private func comeBack(_ index: Int) {
        stations[index].phase = .offline
        stations[index].client = nil
        let delay = stations[index].delayMilliseconds
        stations[index].delayMilliseconds = min(2 * delay, LoadStation.longestDelayMilliseconds)
        loop.schedule(afterMilliseconds: Int.random(in: delay / 2...delay)) {
            self.assumeIsolated { $0.queue(index) }
        }
        connectNext()
    }

    // MARK: Messages

    private func send(_ bytes: [UInt8], by index: Int) {
        stations[index].sent = monotonicMicroseconds()
        stations[index].client?.send(bytes)
    }

    private func received(_ message: [UInt8], by index: Int) {
        switch stations[index].read(message) {
        case .call(let id):
            stations[index].client?.send(
                Array(#"[4,"\#(id)","NotSupported","a charge point under load takes no commands",{}]"#.utf8))
            return
        case .error(let text):
            summary.addError(text)
            // A boot that is not accepted is tried again, as after a connection that was lost.
            guard stations[index].phase == .busy else {
                stations[index].client?.close()
                return
            }
        case .answer: if stations[index].phase == .busy { count(index) }
        }
        switch stations[index].phase {
        case .preparing where settings.message == .meterValues && !stations[index].hasStarted:
            let bytes = stations[index].start(at: wallTime)
            send(bytes, by: index)
        case .preparing: isReady(index)
        case .busy: isFree(index)
        case .offline, .connecting, .idle: break
        }
    }

    private func count(_ index: Int) {
        guard !hasEnded else { return }
        summary.messages += 1
        summary.responses.add(monotonicMicroseconds() - stations[index].sent)
    }

    private func isReady(_ index: Int) {
        readyCount += 1
        if stations[index].lost > 0 {
            summary.longestOutage = max(summary.longestOutage, monotonicMicroseconds() - stations[index].lost)
        }
        if readyCount == stations.count, sendingSince == 0 {
            summary.connecting = monotonicMicroseconds() - began
            stations[index].phase = .idle
            begin()
        } else if sendingSince > 0 {
            isFree(index)
        } else {
            stations[index].phase = .idle
        }
    }

    /// All have booted: the load begins.
    private func begin() {
        sendingSince = monotonicMicroseconds()
        if settings.tellsProgress {
            progress.clear()
            Diagnostics.say("all charge points have booted; sending")
        }
        loop.schedule(afterMilliseconds: Int(settings.durationMilliseconds)) { self.assumeIsolated { $0.end() } }
        for index in stations.indices where stations[index].phase == .idle { isFree(index) }
        if settings.rate != nil { sendDue() }
    }

    private func isFree(_ index: Int) {
        stations[index].phase = .idle
        guard !hasEnded else { return }
        if settings.rate == nil { sendNext(index) } else { idle.append(index) }
    }

    private func sendNext(_ index: Int) {
        stations[index].phase = .busy
        let bytes = stations[index].next(settings.message, at: settings.message == .heartbeat ? "" : wallTime)
        send(bytes, by: index)
    }

    /// Sends what is due at the rate.
    private func sendDue() {
        guard !hasEnded, let rate = settings.rate else { return }
        let now = monotonicMicroseconds()
        let due = Int(Double(now - sendingSince) / 1_000_000 * rate) + 1
        while issued < due, let index = takeIdle() {
            sendNext(index)
            // What was held up, since no charge point was free, has been waiting since it was due.
            let dueTime = sendingSince + Int64(Double(issued) / rate * 1_000_000)
            if now - dueTime > Self.tolerance { stations[index].sent = dueTime }
            issued += 1
        }
        loop.schedule(afterMilliseconds: 1) { self.assumeIsolated { $0.sendDue() } }
    }

    private func takeIdle() -> Int? {
        while idleHead < idle.count {
            let index = idle[idleHead]
            idleHead += 1
            if idleHead == idle.count || idleHead > 100_000 {
                idle.removeFirst(idleHead)
                idleHead = 0
            }
            if stations[index].phase == .idle { return index }
        }
        return nil
    }

    /// The time for what is sent now.
    private var wallTime: String { Timestamp.now.description }
}

private func monotonicMicroseconds() -> Int64 {
    var time = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
}
