public import OCPPKit
public import TransportSecurity
public import WebEndpoints

/// Where the page is served, and what for.
public struct DashboardSettings: Sendable {
    /// A numeric address to listen on.
    public var host: String
    /// 0 takes a free one.
    public var port: UInt16
    /// `nil` is plain HTTP.
    public var tls: TLSContext?
    /// What whoever asks has to know; `nil` asks for nothing.
    public var password: String?
    /// Names beside the address and those of loopback by which browsers may ask.
    public var serverNames: [String]
    /// How long and how much peers may take.
    public var limits = HTTPServerLimits()
    /// The offsets of a time zone by its name; `nil` where there is none of that name.
    public var timezone: @Sendable (String) -> TimezoneOffset?
    /// The time of day.
    public var now: @Sendable () -> Timestamp

    public init(
        host: String, port: UInt16, tls: TLSContext? = nil, password: String? = nil, serverNames: [String] = [],
        timezone: @escaping @Sendable (String) -> TimezoneOffset?, now: @escaping @Sendable () -> Timestamp
    ) {
        self.host = host
        self.port = port
        self.tls = tls
        self.password = password
        self.serverNames = serverNames
        self.timezone = timezone
        self.now = now
    }
}
