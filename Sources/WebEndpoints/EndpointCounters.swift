/// What a `WebSocketServer` has counted since its start.
public struct EndpointCounters: Sendable, Equatable {
    /// TCP connections taken.
    public var connectionsAccepted: UInt64 = 0
    /// Requests refused with 503, for `maxConnections`.
    public var connectionsOverLimit: UInt64 = 0
    /// No whole request within the time.
    public var handshakesTimedOut: UInt64 = 0
    /// Dropped for newer ones, for `maxPendingHandshakes`.
    public var handshakesCrowdedOut: UInt64 = 0
    /// Answered with 400, 405, 426 or 431.
    public var handshakesMalformed: UInt64 = 0
    public var tlsFailures: UInt64 = 0
    /// Times that a connection was read more slowly, for `messagesPerSecond` and `bytesPerSecond`.
    public var readsPaused: UInt64 = 0
    /// Connections closed because of: a binary message, text that is not UTF-8, a message too big, half a message or a
    /// backlog for too long, silence.
    public var closedBinary: UInt64 = 0
    public var closedNotUTF8: UInt64 = 0
    public var closedTooBig: UInt64 = 0
    public var closedTooSlow: UInt64 = 0
    public var closedSilent: UInt64 = 0

    mutating func count(_ reason: CloseReason) {
        switch reason {
        case .byUs(1003): closedBinary += 1
        case .byUs(1007): closedNotUTF8 += 1
        case .byUs(1008): closedTooSlow += 1
        case .byUs(1009): closedTooBig += 1
        case .timedOut: closedSilent += 1
        default: break
        }
    }
}
