internal import CMosquitto
import Glibc

/// Why libmosquitto gave up; `text` is for people.
struct MosquittoFailure: Error {
    let text: String
}

/// One libmosquitto handle: one attempt at a connection and, if it succeeds, that connection.
///
/// A handle is never connected twice. libmosquitto would resend what was unacknowledged, marked as duplicates,
/// and it keeps that list until the handle is destroyed.
///
/// Memory safety: the handle is created in `init` and destroyed in `deinit`, and used by methods of this class
/// only. The callbacks run inside those methods, on the thread that calls them, so the `Inbox` behind their
/// `void *` is alive whenever they run; they do nothing but append to it. No pointer leaves this file.
@safe final class MosquittoClient {
    /// What the broker sent.
    enum Packet {
        case connectAnswer(code: Int32)
        /// `granted` is false for 0x80.
        case subscribeAnswer(packetID: Int32, granted: Bool)
        case publishAnswer(packetID: Int32)
        case message(topic: String, payload: [UInt8])
    }

    enum PublishResult {
        case sent(packetID: Int32)
        case unpublishable
        case connectionLost
    }

    private final class Inbox {
        var packets: [Packet] = []
        /// The last thing that libmosquitto logged as an error; where it knows more than its return code.
        var loggedError: String?
    }

    private let handle: OpaquePointer
    private let inbox = Inbox()
    /// See `shrinkWakeUp`.
    let hasSmallWakeUp: Bool
    /// Why the connection ended, as soon as it has.
    private(set) var failure: MosquittoFailure?

    /// Once a process. Never undone: other handles may live as long as the process.
    private static let libraryIsReady = mosquitto_lib_init() == Int32(MOSQ_ERR_SUCCESS.rawValue)

    /// Starts to connect; `read` and `write` take it further.
    ///
    /// Looks up the broker's name, which can block. libmosquitto ignores SIGPIPE in the whole process from here
    /// on.
    init(_ device: MQTTDevice, broker: MQTTBroker, maxInFlight: Int) throws(MosquittoFailure) {
        let strings = [device.clientID, device.username, device.password, device.will?.topic, broker.host]
        guard strings.allSatisfy({ $0?.utf8.contains(0) != true }) else {
            throw MosquittoFailure(text: "NUL in a client id, user name, password, will topic or host name")
        }
        // Where `mosquitto_new` itself refuses an id, libmosquitto 2.0.11 closes descriptor 0 twice: it destroys a handle
        // whose descriptors are still zero, and the process loses its standard input, or whatever has that number by then.
        guard !device.clientID.isEmpty,
            unsafe mosquitto_validate_utf8(device.clientID, Int32(clamping: device.clientID.utf8.count))
                == Int32(MOSQ_ERR_SUCCESS.rawValue)
        else {
            throw MosquittoFailure(text: "not a client id that MQTT allows: '\(device.clientID)'")
        }
        guard Self.libraryIsReady,
            let handle = unsafe mosquitto_new(
                device.clientID, !device.keepsSession, Unmanaged.passUnretained(inbox).toOpaque())
        else {
            throw MosquittoFailure(text: "no MQTT client for client id '\(device.clientID)': \(errnoText(errno))")
        }
        unsafe self.handle = handle
        hasSmallWakeUp = unsafe shrinkWakeUp(of: handle)
        setCallbacks()
        try configure(device, broker: broker, maxInFlight: maxInFlight)
        try check(
            unsafe mosquitto_connect_async(
                handle, broker.host, Int32(clamping: broker.port),
                Int32(min(max(broker.keepAliveSeconds, 5), 65535))))
        // A child process must not keep the connection open.
        _ = fcntl(fileDescriptor, F_SETFD, FD_CLOEXEC)
    }

    deinit {
        unsafe mosquitto_destroy(handle)
    }

    /// Negative when there is no connection.
    var fileDescriptor: Int32 { unsafe mosquitto_socket(handle) }
    var isLost: Bool { failure != nil || fileDescriptor < 0 }
    var wantsWrite: Bool { unsafe mosquitto_want_write(handle) }

    /// Reads what has arrived; see `takePackets`.
    func read() {
        note(unsafe mosquitto_loop_read(handle, 1))
    }

    func write() {
        note(unsafe mosquitto_loop_write(handle, 1))
    }

    /// Pings and misses pings; due about once a second.
    func keepAlive() {
        note(unsafe mosquitto_loop_misc(handle))
    }

    func takePackets() -> [Packet] {
        defer { inbox.packets.removeAll(keepingCapacity: true) }
        return inbox.packets
    }

    /// Only while connected: libmosquitto would queue it, and mark it as a duplicate later.
    func publish(_ message: PendingMessage) -> PublishResult {
        guard !message.topic.utf8.contains(0), message.payload.count <= 268_435_455 else { return .unpublishable }
        var packetID: Int32 = 0
        let code = unsafe mosquitto_publish(
            handle, &packetID, message.topic, Int32(message.payload.count), message.payload, 1, false)
        switch code {
        case Int32(MOSQ_ERR_SUCCESS.rawValue):
            return .sent(packetID: packetID)
        case Int32(MOSQ_ERR_INVAL.rawValue), Int32(MOSQ_ERR_MALFORMED_UTF8.rawValue),
            Int32(MOSQ_ERR_PAYLOAD_SIZE.rawValue):
            return .unpublishable
        default:
            note(code)
            return .connectionLost
        }
    }

    /// - Returns: the packet id that the answer will carry; `nil` when `topic` is no topic filter or the
    ///   connection is lost (then `failure` is set).
    func subscribe(_ topic: String, qos: Int) -> Int32? {
        guard !topic.utf8.contains(0) else { return nil }
        var packetID: Int32 = 0
        let code = unsafe mosquitto_subscribe(handle, &packetID, topic, Int32(min(max(qos, 0), 1)))
        if code == Int32(MOSQ_ERR_SUCCESS.rawValue) { return packetID }
        if code != Int32(MOSQ_ERR_INVAL.rawValue), code != Int32(MOSQ_ERR_MALFORMED_UTF8.rawValue) { note(code) }
        return nil
    }

    /// Sends DISCONNECT. The connection is lost then, which is at once unless the
    /// socket is full; `write` takes it further then.
    func disconnect() {
        note(unsafe mosquitto_disconnect(handle))
    }

    /// Ends the connection without DISCONNECT, as a crash does.
    func cut() {
        shutdown(fileDescriptor, Int32(SHUT_RDWR))
    }

    // MARK: -

    private func configure(
        _ device: MQTTDevice, broker: MQTTBroker, maxInFlight: Int
    ) throws(MosquittoFailure) {
        try check(
            unsafe mosquitto_int_option(
                handle, MOSQ_OPT_SEND_MAXIMUM, Int32(min(max(maxInFlight, 1), 65535))))
        // Many small packets, each awaited by somebody.
        try check(unsafe mosquitto_int_option(handle, MOSQ_OPT_TCP_NODELAY, 1))
        if let username = device.username {
            try check(unsafe mosquitto_username_pw_set(handle, username, device.password))
        }
        if let will = device.will {
            try check(
                unsafe mosquitto_will_set(
                    handle, will.topic, Int32(clamping: will.payload.count), will.payload, 1, false))
        }
        if let tls = broker.tls {
            let certificate = device.certificate?.certificateFile ?? tls.certificateFile
            let key = device.certificate?.keyFile ?? tls.keyFile
            do {
                try check(unsafe mosquitto_tls_set(handle, tls.caFile, nil, certificate, key, nil))
            } catch {
                throw MosquittoFailure(
                    text: "cannot read the TLS files \(tls.caFile), \(certificate ?? "no certificate"), "
                        + (key ?? "no key"))
            }
            // 1 is SSL_VERIFY_PEER. TLS 1.1 is allowed without this call.
            try check(unsafe mosquitto_tls_opts_set(handle, 1, "tlsv1.2", nil))
        }
    }

    private func setCallbacks() {
        unsafe mosquitto_connect_callback_set(handle) { _, inbox, code in
            unsafe MosquittoClient.inbox(inbox).packets.append(.connectAnswer(code: code))
        }
        unsafe mosquitto_subscribe_callback_set(handle) { _, inbox, packetID, count, granted in
            let isGranted = unsafe count > 0 && granted.map { unsafe $0.pointee < 0x80 } == true
            unsafe MosquittoClient.inbox(inbox).packets.append(
                .subscribeAnswer(packetID: packetID, granted: isGranted))
        }
        unsafe mosquitto_publish_callback_set(handle) { _, inbox, packetID in
            unsafe MosquittoClient.inbox(inbox).packets.append(.publishAnswer(packetID: packetID))
        }
        unsafe mosquitto_message_callback_set(handle) { _, inbox, message in
            guard let message = unsafe message?.pointee, let topic = unsafe message.topic else { return }
            let bytes = unsafe UnsafeRawBufferPointer(start: message.payload, count: Int(message.payloadlen))
            unsafe MosquittoClient.inbox(inbox).packets.append(
                .message(topic: String(cString: topic), payload: [UInt8](bytes)))
        }
        unsafe mosquitto_log_callback_set(handle) { _, inbox, level, text in
            guard level == MOSQ_LOG_ERR, let text = unsafe text else { return }
            unsafe MosquittoClient.inbox(inbox).loggedError = String(cString: text)
        }
    }

    private static func inbox(_ userData: UnsafeMutableRawPointer?) -> Inbox {
        guard let userData = unsafe userData else { fatalError("libmosquitto lost its user data") }
        return unsafe Unmanaged<Inbox>.fromOpaque(userData).takeUnretainedValue()
    }

    private func check(_ code: Int32) throws(MosquittoFailure) {
        note(code)
        if let failure { throw failure }
    }

    /// Keeps the first failure: what follows it is its consequence.
    private func note(_ code: Int32) {
        let systemError = errno
        guard code != Int32(MOSQ_ERR_SUCCESS.rawValue), failure == nil else { return }
        failure = MosquittoFailure(text: text(of: code, systemError: systemError))
    }

    private func text(of code: Int32, systemError: Int32) -> String {
        if let logged = inbox.loggedError { return logged }
        switch code {
        case Int32(MOSQ_ERR_ERRNO.rawValue):
            return errnoText(systemError)
        case Int32(MOSQ_ERR_EAI.rawValue):
            return unsafe String(cString: gai_strerror(systemError))
        case Int32(MOSQ_ERR_KEEPALIVE.rawValue):
            return "no answer to a ping"
        default:
            return unsafe String(cString: mosquitto_strerror(code))
        }
    }
}

/// libmosquitto writes a byte to a socket pair for every packet it sends, to wake a thread of its own which we do
/// not have; nobody reads them, and the kernel keeps 213 KiB a connection: 1 GB for 5,000 devices. The smallest
/// send buffer makes it 5 KiB.
///
/// The pair is private: `struct mosquitto` starts with the descriptors of the connection, the pair's read end and
/// its write end, in all of 2.0. Nothing is done where it looks otherwise.
///
/// - Returns: whether it was done.
private func shrinkWakeUp(of handle: OpaquePointer) -> Bool {
    let start = unsafe UnsafeRawPointer(handle)
    let descriptors = (0..<3).map { unsafe start.load(fromByteOffset: 4 * $0, as: Int32.self) }
    guard descriptors[0] == -1, isUnnamedUnixSocket(descriptors[1]), isUnnamedUnixSocket(descriptors[2]) else {
        return false
    }
    var size: Int32 = 1
    return unsafe setsockopt(descriptors[2], SOL_SOCKET, SO_SNDBUF, &size, 4) == 0
}

private func isUnnamedUnixSocket(_ descriptor: Int32) -> Bool {
    var name = sockaddr_un()
    var size = socklen_t(MemoryLayout<sockaddr_un>.size)
    let code = unsafe withUnsafeMutableBytes(of: &name) { bytes in
        unsafe getsockname(descriptor, bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self), &size)
    }
    return code == 0 && name.sun_family == sa_family_t(AF_UNIX) && size == MemoryLayout<sa_family_t>.size
}

/// The words for a CONNACK code that refuses.
func connectAnswerText(_ code: Int32) -> String {
    unsafe String(cString: mosquitto_connack_string(code))
}

func errnoText(_ code: Int32) -> String {
    code == 0 ? "connection lost" : unsafe String(cString: strerror(code))
}
