import Glibc

/// One device: its queue, and its connection or the wait for the next one. Used on the MQTT thread only.
///
/// All times are milliseconds of the monotonic clock.
final class DeviceConnection {
    private enum State {
        case waiting(until: Int)
        case connecting(MosquittoClient, until: Int, isReachable: Bool)
        case connected(MosquittoClient, since: Int)
        /// DISCONNECT is on its way through a full socket.
        case leaving(MosquittoClient, until: Int)
        case closed
    }

    private let device: MQTTDevice
    private let broker: MQTTBroker
    private let limits: MQTTLimits
    private let report: (MQTTEvent) -> Void

    private var state: State
    private var queue: MessageQueue
    private var retry: RetryDelay
    private var subscribing: [Int32: String] = [:]
    /// When a message was acknowledged last, or the first one went out after all were.
    private var lastProgress = 0
    /// Set by `close`: when to stop waiting for acknowledgements.
    private var drainsUntil: Int?
    /// The last failure told, so that a broker that stays away is told once.
    private var lastFailure: MQTTEvent?

    init(
        _ device: MQTTDevice, broker: MQTTBroker, limits: MQTTLimits, now: Int,
        report: @escaping (MQTTEvent) -> Void
    ) {
        self.device = device
        self.broker = broker
        self.limits = limits
        self.report = report
        state = .waiting(until: now)
        queue = MessageQueue(maxInFlight: limits.maxInFlight, maxQueued: limits.maxQueued)
        retry = RetryDelay(
            shortestMilliseconds: limits.minRetryMilliseconds, longestMilliseconds: limits.maxRetryMilliseconds)
    }

    var isClosed: Bool { if case .closed = state { true } else { false } }
    var isConnecting: Bool { if case .connecting = state { true } else { false } }

    func publish(_ message: PendingMessage, now: Int) {
        guard drainsUntil == nil, !isClosed else { return drop(message, .closed) }
        if let oldest = queue.append(message) { drop(oldest, .queueFull) }
        sendWaiting(now: now)
    }

    /// Disconnects as soon as nothing is unacknowledged, at the latest at `deadline`.
    func close(by deadline: Int, now: Int) {
        drainsUntil = min(deadline, drainsUntil ?? deadline)
        leaveIfDrained(now: now)
    }

    /// Like `close`; where the last attempt to connect failed, nothing is waited for, as the broker is away.
    func stop(by deadline: Int, now: Int) {
        if case .waiting = state, lastFailure != nil { closeNow(now: now) } else { close(by: deadline, now: now) }
    }

    /// Disconnects at once.
    func closeNow(now: Int) {
        close(by: now, now: now)
        if !isClosed { finish() }
    }

    /// As if the machine had lost its network: for tests of what the broker does then.
    func cut() {
        if case .connected(let client, _) = state { client.cut() }
    }

    // MARK: - Time

    /// Whether there is more to wait for than pings.
    var hasDeadline: Bool { if case .connected = state { drainsUntil != nil } else { true } }

    func wantsToConnect(now: Int) -> Bool {
        if case .waiting(let until) = state { now >= until } else { false }
    }

    /// Blocks while the broker's name is looked up.
    func connect(now: Int) {
        do {
            let client = try MosquittoClient(device, broker: broker, maxInFlight: limits.maxInFlight)
            state = .connecting(client, until: now + limits.connectTimeoutMilliseconds, isReachable: false)
        } catch {
            disconnected(error.text, now: now)
        }
    }

    /// Gives up what is overdue.
    func checkDeadlines(now: Int) {
        switch state {
        case .connecting(_, let until, let isReachable) where now >= until:
            disconnected(isReachable ? "no answer to CONNECT" : "connecting timed out", now: now)
        case .connected(let client, _)
        where queue.hasInFlight && now - lastProgress >= limits.acknowledgementTimeoutMilliseconds:
            client.cut()
            disconnected("nothing acknowledged for \(limits.acknowledgementTimeoutMilliseconds) ms", now: now)
        case .leaving(_, let until) where now >= until:
            finish()
        default:
            break
        }
        leaveIfDrained(now: now)
    }

    /// Due about once a second.
    func keepAlive(now: Int) {
        guard case .connected(let client, _) = state else { return }
        client.keepAlive()
        endIfLost(client, now: now)
    }

    // MARK: - Input and output

    /// What to poll for, `nil` when there is no socket.
    var interest: pollfd? {
        switch state {
        case .waiting, .closed:
            nil
        case .connecting(let client, _, let isReachable):
            // Inside a TLS handshake libmosquitto wants to write all the time, and would keep the poll awake.
            Self.interest(POLLIN | (!isReachable || (broker.tls == nil && client.wantsWrite) ? POLLOUT : 0), client)
        case .connected(let client, _):
            Self.interest(POLLIN | (client.wantsWrite ? POLLOUT : 0), client)
        case .leaving(let client, _):
            Self.interest(POLLOUT, client)
        }
    }

    private static func interest(_ events: Int32, _ client: MosquittoClient) -> pollfd {
        pollfd(fd: client.fileDescriptor, events: Int16(events), revents: 0)
    }

    /// The socket is ready for `events`.
    func handle(events: Int16, now: Int) {
        switch state {
        case .waiting, .closed:
            break
        case .connecting(let client, let until, _):
            state = .connecting(client, until: until, isReachable: true)
            // Reading is also what takes a TLS handshake further; writing then sends CONNECT.
            client.read()
            client.write()
            handlePackets(of: client, now: now)
            // A TLS handshake does not notice a refused connection by itself.
            if isConnecting, events & Int16(POLLERR | POLLHUP) != 0 {
                disconnected("connection refused or reset", now: now)
            }
        case .connected(let client, _):
            if events & ~Int16(POLLOUT) != 0 { client.read() }
            if events & Int16(POLLOUT) != 0 { client.write() }
            handlePackets(of: client, now: now)
        case .leaving(let client, _):
            client.write()
            if client.isLost { finish() }
        }
    }

    private func handlePackets(of client: MosquittoClient, now: Int) {
        for packet in client.takePackets() {
            switch packet {
            case .connectAnswer(code: 0):
                connected(client, now: now)
            case .connectAnswer(let code):
                return ended(.refused(id: device.id, reason: connectAnswerText(code)), now: now)
            case .subscribeAnswer(let packetID, let granted):
                guard let topic = subscribing.removeValue(forKey: packetID) else { continue }
                report(
                    granted
                        ? .subscribed(id: device.id, topic: topic)
                        : .subscriptionRefused(id: device.id, topic: topic))
            case .publishAnswer(let packetID):
                guard let message = queue.acknowledge(packetID: packetID) else { continue }
                lastProgress = now
                // Not at CONNACK: some brokers take a connection and cut it for what it publishes.
                retry.reset()
                report(.acknowledged(id: device.id, token: message.token))
            case .message(let topic, let payload):
                report(.message(id: device.id, topic: topic, payload: payload))
            }
        }
        endIfLost(client, now: now)
        sendWaiting(now: now)
        leaveIfDrained(now: now)
    }

    private func connected(_ client: MosquittoClient, now: Int) {
        state = .connected(client, since: now)
        lastFailure = nil
        report(.connected(id: device.id))
        for topic in device.subscriptions {
            if let packetID = client.subscribe(topic, qos: device.subscriptionQoS) {
                subscribing[packetID] = topic
            } else if client.failure == nil {
                report(.subscriptionRefused(id: device.id, topic: topic))
            }
        }
    }

    private func sendWaiting(now: Int) {
        guard case .connected(let client, _) = state else { return }
        while let message = queue.next {
            switch client.publish(message) {
            case .sent(let packetID):
                if !queue.hasInFlight { lastProgress = now }
                queue.nextWasSent(packetID: packetID)
            case .unpublishable:
                queue.removeNext()
                drop(message, .unpublishable)
            case .connectionLost:
                return endIfLost(client, now: now)
            }
        }
    }

    // MARK: - Endings

    private func endIfLost(_ client: MosquittoClient, now: Int) {
        if client.isLost { disconnected(client.failure?.text ?? "connection lost", now: now) }
    }

    private func disconnected(_ reason: String, now: Int) {
        ended(.disconnected(id: device.id, reason: reason), now: now)
    }

    /// Lets go of the handle, and with it of what libmosquitto would resend.
    private func ended(_ failure: MQTTEvent, now: Int) {
        if case .connected(_, let since) = state, now - since > limits.maxRetryMilliseconds { retry.reset() }
        state = .waiting(until: now + retry.nextMilliseconds())
        queue.connectionLost()
        subscribing.removeAll()
        if failure != lastFailure { report(failure) }
        lastFailure = failure
    }

    /// A connection that is being made is waited for, too: once CONNECT is sent only DISCONNECT stops the will.
    private func leaveIfDrained(now: Int) {
        guard let drainsUntil, queue.isEmpty || now >= drainsUntil else { return }
        switch state {
        case .waiting:
            finish()
        case .connecting(let client, _, let isReachable):
            guard now >= drainsUntil else { return }
            if !isReachable, client.wantsWrite { return finish() }
            leave(client, now: now)
        case .connected(let client, _):
            leave(client, now: now)
        case .leaving, .closed:
            break
        }
    }

    private func leave(_ client: MosquittoClient, now: Int) {
        client.disconnect()
        state = .leaving(client, until: now + 1_000)
        if client.isLost { finish() }
    }

    private func finish() {
        state = .closed
        for message in queue.removeAll() { drop(message, .closed) }
        report(.closed(id: device.id))
    }

    private func drop(_ message: PendingMessage, _ reason: MQTTDropReason) {
        report(.dropped(id: device.id, token: message.token, reason: reason))
    }
}
