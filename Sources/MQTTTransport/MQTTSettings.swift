/// The broker that all connections of one `MQTTConnections` go to. MQTT 3.1.1.
public struct MQTTBroker: Sendable, Equatable {
    /// A name or an address. Names are looked up at every connection attempt, on the MQTT thread: see
    /// `MQTTConnections` for what that means when the name server is slow.
    public var host: String
    /// 1 to 65535.
    public var port: Int
    /// Brought into 5 to 65535. The broker counts a device as gone after one and a half times this silence.
    public var keepAliveSeconds: Int
    /// `nil` is plain TCP.
    public var tls: TLS?

    /// Files in PEM. The broker's certificate is always checked against `caFile` and `host`; TLS 1.2 is the
    /// oldest version taken. Files are read at every connection attempt, so renewed ones need no restart.
    public struct TLS: Sendable, Equatable {
        public var caFile: String
        /// With `keyFile`, the client's own certificate; both or neither.
        public var certificateFile: String?
        /// Without a passphrase.
        public var keyFile: String?

        public init(caFile: String, certificateFile: String? = nil, keyFile: String? = nil) {
            self.caFile = caFile
            self.certificateFile = certificateFile
            self.keyFile = keyFile
        }
    }

    public init(host: String, port: Int, keepAliveSeconds: Int = 30, tls: TLS? = nil) {
        self.host = host
        self.port = port
        self.keepAliveSeconds = keepAliveSeconds
        self.tls = tls
    }
}

/// One connection to the broker: who it is, and what it listens to.
public struct MQTTDevice: Sendable, Equatable {
    /// The caller's own key for this connection; the broker never sees it.
    public var id: String
    /// Must differ between connections: a broker cuts the older of two with the same client id.
    public var clientID: String
    public var username: String?
    public var password: String?
    /// Published by the broker when the connection ends without `close` or `stop`.
    public var will: Will?
    /// Topic filters, subscribed to after every connect.
    public var subscriptions: [String]
    /// 0 or 1, for all subscriptions.
    public var subscriptionQoS: Int
    /// Whether the broker keeps messages for the subscriptions while the device is disconnected (MQTT's
    /// "clean session" off). It needs a stable `clientID`.
    public var keepsSession: Bool
    /// The device's own, in place of those of the broker's TLS settings; without TLS it has no effect.
    public var certificate: Certificate?

    /// A client certificate and its key, files in PEM; the key without a passphrase.
    public struct Certificate: Sendable, Equatable {
        public var certificateFile: String
        public var keyFile: String

        public init(certificateFile: String, keyFile: String) {
            self.certificateFile = certificateFile
            self.keyFile = keyFile
        }
    }

    /// A last will at QoS 1, not retained.
    public struct Will: Sendable, Equatable {
        public var topic: String
        public var payload: [UInt8]

        public init(topic: String, payload: [UInt8]) {
            self.topic = topic
            self.payload = payload
        }
    }

    public init(
        id: String, clientID: String, username: String? = nil, password: String? = nil, will: Will? = nil,
        subscriptions: [String] = [], subscriptionQoS: Int = 1, keepsSession: Bool = false,
        certificate: Certificate? = nil
    ) {
        self.id = id
        self.clientID = clientID
        self.username = username
        self.password = password
        self.will = will
        self.subscriptions = subscriptions
        self.subscriptionQoS = subscriptionQoS
        self.keepsSession = keepsSession
        self.certificate = certificate
    }
}

/// Bounds and times of every connection.
public struct MQTTLimits: Sendable, Equatable {
    /// Published and not yet acknowledged, per device; 1 to 65535.
    public var maxInFlight: Int
    /// Held in memory per device, those in flight included. One more drops the oldest that is not in flight.
    public var maxQueued: Int
    /// From the start of an attempt to the broker's CONNACK.
    public var connectTimeoutMilliseconds: Int
    /// How long nothing may be acknowledged while something is in flight: a broker that answers pings and no publication
    /// would hold a device up for ever.
    public var acknowledgementTimeoutMilliseconds: Int
    /// Reconnecting waits at least this long, ...
    public var minRetryMilliseconds: Int
    /// ... and at most this long: twice as long after each attempt, at random below that.
    public var maxRetryMilliseconds: Int
    /// Connection attempts under way at once, so that a restarted broker is not flooded by all devices.
    public var maxConnecting: Int

    public init(
        maxInFlight: Int = 20, maxQueued: Int = 1_000, connectTimeoutMilliseconds: Int = 10_000,
        acknowledgementTimeoutMilliseconds: Int = 60_000, minRetryMilliseconds: Int = 500,
        maxRetryMilliseconds: Int = 30_000, maxConnecting: Int = 100
    ) {
        self.maxInFlight = maxInFlight
        self.maxQueued = maxQueued
        self.connectTimeoutMilliseconds = connectTimeoutMilliseconds
        self.acknowledgementTimeoutMilliseconds = acknowledgementTimeoutMilliseconds
        self.minRetryMilliseconds = minRetryMilliseconds
        self.maxRetryMilliseconds = maxRetryMilliseconds
        self.maxConnecting = maxConnecting
    }
}

/// What happened to a device's connection or to one of its messages. `id` is `MQTTDevice.id`.
public enum MQTTEvent: Sendable, Equatable {
    /// CONNACK accepted. The subscriptions are on their way.
    case connected(id: String)
    /// The connection ended, or could not be made; attempts go on. Given again for a failed attempt only when
    /// its reason differs from the last one. The reason is for people.
    case disconnected(id: String, reason: String)
    /// The broker's CONNACK refused the device: bad user name, not authorised and so on. Attempts go on; given
    /// again only when the reason changes.
    case refused(id: String, reason: String)
    /// SUBACK granted the topic, which happens after every connect.
    case subscribed(id: String, topic: String)
    /// SUBACK 0x80, or the topic filter is no filter. The connection stays; asked again after the next connect.
    case subscriptionRefused(id: String, topic: String)
    /// PUBACK arrived for what `publish` was given with this token. It tells that the broker took the message,
    /// not that anybody was allowed to see it: mosquitto acknowledges what its access rules then drop.
    case acknowledged(id: String, token: UInt64)
    /// A message for one of the subscriptions. The broker has its PUBACK already.
    case message(id: String, topic: String, payload: [UInt8])
    /// What `publish` was given with this token will not be acknowledged.
    case dropped(id: String, token: UInt64, reason: MQTTDropReason)
    /// The device's last event after `close` or `stop`.
    case closed(id: String)
}

/// Why a message was given up.
public enum MQTTDropReason: Sendable, Equatable {
    /// More than `MQTTLimits.maxQueued` waited; this was the oldest.
    case queueFull
    /// The device was never opened, was closed, or did not drain in time. The broker may have the message.
    case closed
    /// No packet can carry it: an empty topic, wildcards or NUL in the topic, or over 256 MiB.
    case unpublishable
}
