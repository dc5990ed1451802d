import Glibc

/// What the rest of the process asks of the MQTT thread.
enum MQTTCommand: Sendable {
    case open(MQTTDevice)
    case publish(id: String, PendingMessage)
    case close(id: String, drainMilliseconds: Int)
    case cut(id: String)
    case stop(drainMilliseconds: Int)
}

/// The MQTT thread's work: every connection, polled in turn. Created and used on that thread only.
///
/// Each turn visits every device, as `poll` itself does. (Swift's Glibc module has no epoll.)
final class ConnectionLoop {
    private let broker: MQTTBroker
    private let limits: MQTTLimits
    private let mailbox: Mailbox<MQTTCommand>
    private let report: (MQTTEvent) -> Void

    private var devices: [String: DeviceConnection] = [:]
    private var isStopping = false
    private var nextKeepAlive = 0
    private var mayConnectFrom = 0

    init(
        broker: MQTTBroker, limits: MQTTLimits, mailbox: Mailbox<MQTTCommand>,
        report: @escaping (MQTTEvent) -> Void
    ) {
        self.broker = broker
        self.limits = limits
        self.mailbox = mailbox
        self.report = report
    }

    /// Returns after a `stop`, when all connections are closed.
    func run() {
        while true {
            for command in mailbox.takeAll() { handle(command) }
            handleTime(now: monotonicMilliseconds())
            if isStopping, devices.isEmpty { break }
            pollSockets()
            // A turn costs the same for one message as for hundreds: with many devices, let them gather.
            if devices.count > 500 { usleep(UInt32(devices.count)) }
        }
        for case .publish(let id, let message) in mailbox.shutDown() {
            report(.dropped(id: id, token: message.token, reason: .closed))
        }
    }

    private func handle(_ command: MQTTCommand) {
        let now = monotonicMilliseconds()
        switch command {
        case .open(let device):
            guard !isStopping else { return report(.closed(id: device.id)) }
            devices[device.id]?.closeNow(now: now)
            devices[device.id] = DeviceConnection(
                device, broker: broker, limits: limits, now: now, report: report)
        case .publish(let id, let message):
            if let device = devices[id] {
                device.publish(message, now: now)
            } else {
                report(.dropped(id: id, token: message.token, reason: .closed))
            }
        case .close(let id, let drainMilliseconds):
            devices[id]?.close(by: now + drainMilliseconds, now: now)
        case .cut(let id):
            devices[id]?.cut()
        case .stop(let drainMilliseconds):
            isStopping = true
            for device in devices.values { device.stop(by: now + drainMilliseconds, now: now) }
        }
    }

    /// Deadlines, pings, and new attempts to connect. Forgets closed devices.
    private func handleTime(now: Int) {
        let keepAliveIsDue = now >= nextKeepAlive
        if keepAliveIsDue { nextKeepAlive = now + 1_000 }
        var connecting = 0
        for (id, device) in devices {
            device.checkDeadlines(now: now)
            if keepAliveIsDue { device.keepAlive(now: now) }
            if device.isClosed { devices[id] = nil }
            if device.isConnecting { connecting += 1 }
        }
        for device in devices.values where device.wantsToConnect(now: now) {
            guard connecting < limits.maxConnecting, now >= mayConnectFrom else { return }
            connect(device)
            connecting += 1
        }
    }

    /// Looking up the broker's name blocks. After a slow look-up the next one has to wait ten times as long, so
    /// that a dead name server cannot starve the connections that stand.
    private func connect(_ device: DeviceConnection) {
        let start = monotonicMilliseconds()
        device.connect(now: start)
        let duration = monotonicMilliseconds() - start
        if duration > 100 { mayConnectFrom = start + 10 * duration }
    }

    /// Waits for a socket or a command, and handles what is ready.
    private func pollSockets() {
        var sockets = [mailbox.wakeUp.interest]
        var polled: [DeviceConnection] = []
        var isCalm = !isStopping
        for device in devices.values {
            if let interest = device.interest {
                sockets.append(interest)
                polled.append(device)
            }
            if device.hasDeadline { isCalm = false }
        }
        guard unsafe poll(&sockets, nfds_t(sockets.count), isCalm ? 1_000 : 50) > 0 else { return }
        let now = monotonicMilliseconds()
        for (device, socket) in zip(polled, sockets.dropFirst()) where socket.revents != 0 {
            device.handle(events: socket.revents, now: now)
        }
    }
}
