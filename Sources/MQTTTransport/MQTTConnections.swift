import Glibc
import Synchronization

/// Why no `MQTTConnections` could be made; the text is for people.
public struct MQTTStartFailure: Error, Sendable, Equatable {
    public var reason: String
}

/// One MQTT connection per device to one broker, all of them on one thread.
///
/// Every method returns at once, from any thread; what comes of it arrives as an `MQTTEvent`, on the MQTT thread:
/// an event handler must neither block nor call `stop`.
///
/// Messages go out at QoS 1, not retained, in the order in which they were given to `publish`, per device. Those
/// not acknowledged when a connection ends go out again, before the later ones, as new packets: never with the
/// duplicate flag, which makes some bridges drop them. A message can therefore reach the broker twice, and each
/// token is reported exactly once, as `acknowledged` or as `dropped`.
///
/// The queues live in memory. What has to survive the process belongs into a durable outbox of the caller's,
/// whose rows go when their token is acknowledged.
///
/// Connections that fail are made again for ever, after 0.5 to 30 seconds (`MQTTLimits`). A broker that cuts the
/// connection for a message it refuses gets that message again at each attempt, until `close`.
///
/// What can block the MQTT thread: the event handler, reading TLS files, and looking up the broker's name at
/// each attempt to connect. After a look-up of more than 0.1 s no further attempt is made for ten times as long,
/// so that standing connections live on; with thousands of devices, give an address or have a caching resolver.
/// Connecting itself does not block; where a name has several addresses, only the first that does not refuse at
/// once is tried. A device needs three file descriptors while it is connected.
///
/// libmosquitto ignores SIGPIPE in the whole process.
public final class MQTTConnections: Sendable {
    private let mailbox: Mailbox<MQTTCommand>
    private let ended: WakeUp
    /// `nil` after `stop`.
    private let thread: Mutex<MQTTThread?>

    public init(
        broker: MQTTBroker, limits: MQTTLimits = MQTTLimits(), events: @escaping @Sendable (MQTTEvent) -> Void
    ) throws(MQTTStartFailure) {
        guard let wakeUp = WakeUp(), let ended = WakeUp() else {
            throw MQTTStartFailure(reason: "no pipe for the MQTT thread: \(errnoText(errno))")
        }
        let mailbox = Mailbox<MQTTCommand>(wakeUp: wakeUp)
        let thread = MQTTThread {
            ConnectionLoop(broker: broker, limits: limits, mailbox: mailbox, report: events).run()
            ended.signal()
        }
        guard let thread else { throw MQTTStartFailure(reason: "no thread for MQTT: \(errnoText(errno))") }
        self.mailbox = mailbox
        self.ended = ended
        self.thread = Mutex(thread)
    }

    /// An object that nobody holds stops without draining.
    deinit {
        stop(drainMilliseconds: 0)
    }

    /// Connects, and keeps connected. A device that is open already is closed first, without draining.
    public func open(_ device: MQTTDevice) {
        mailbox.post(.open(device))
    }

    /// Publishes now or when the device is connected. `token` comes back in the event that tells the outcome; it
    /// means nothing here. The bound of the device's queue holds once the MQTT thread has taken the message, which
    /// a slow event handler delays. After `stop` nothing happens and nothing is told.
    public func publish(id: String, topic: String, payload: [UInt8], token: UInt64) {
        mailbox.post(.publish(id: id, PendingMessage(topic: topic, payload: payload, token: token)))
    }

    /// Waits for the device's messages to be acknowledged, then sends DISCONNECT, so that the broker does not
    /// publish the will. Reports `closed` last. Waits an hour at most.
    public func close(id: String, drainMilliseconds: Int = 1_000) {
        mailbox.post(.close(id: id, drainMilliseconds: Self.bounded(drainMilliseconds)))
    }

    /// Closes every device as `close` does and ends the thread. Blocks for at most `drainMilliseconds` and two
    /// seconds; no event arrives after it has returned, unless the thread is caught in a name look-up beyond that.
    public func stop(drainMilliseconds: Int) {
        guard let thread = thread.withLock({ $0.take() }) else { return }
        let drainMilliseconds = Self.bounded(drainMilliseconds)
        mailbox.post(.stop(drainMilliseconds: drainMilliseconds))
        if thread.isCurrent || !ended.wait(milliseconds: drainMilliseconds + 2_000) {
            thread.detach()
        } else {
            thread.join()
        }
    }

    /// Ends the device's connection without DISCONNECT, as a crash does. For tests.
    func cut(id: String) {
        mailbox.post(.cut(id: id))
    }

    private static func bounded(_ milliseconds: Int) -> Int { min(max(milliseconds, 0), 3_600_000) }
}

/// A POSIX thread that is joined or detached exactly once.
private struct MQTTThread: Sendable {
    private final class Body: Sendable {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    private let thread: pthread_t

    init?(_ run: @escaping @Sendable () -> Void) {
        var thread = pthread_t()
        // Retained here, released by the thread.
        let body = unsafe Unmanaged.passRetained(Body(run))
        let code = unsafe pthread_create(
            &thread, nil,
            { argument in
                // Signals are the business of the process's other threads.
                var all = sigset_t()
                unsafe sigfillset(&all)
                unsafe pthread_sigmask(SIG_BLOCK, &all, nil)
                if let argument = unsafe argument {
                    unsafe Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run()
                }
                return nil
            }, body.toOpaque())
        guard code == 0 else {
            unsafe body.release()
            errno = code
            return nil
        }
        self.thread = thread
    }

    var isCurrent: Bool { pthread_equal(thread, pthread_self()) != 0 }

    func join() { pthread_join(thread, nil) }

    func detach() { pthread_detach(thread) }
}
