public import WebEndpoints

/// Everything that the running server has counted, in one place. `/metrics` and the control socket print it.
public struct Metrics: Sendable {
    public var connections = 0
    public var pendingHandshakes = 0
    public var recordsLost = 0
    public var unreadableMessages: UInt64 = 0
    public var endpoint: EndpointCounters
    public var gate: GateCounters

    init(
        connections: Int, pendingHandshakes: Int, recordsLost: Int, unreadableMessages: UInt64,
        endpoint: EndpointCounters, gate: GateCounters
    ) {
        self.connections = connections
        self.pendingHandshakes = pendingHandshakes
        self.recordsLost = recordsLost
        self.unreadableMessages = unreadableMessages
        self.endpoint = endpoint
        self.gate = gate
    }

    /// Names as Prometheus has them, and values; those that end in `_total` only ever grow.
    public var samples: [(name: String, value: UInt64)] {
        [
            ("ocppctl_connections", UInt64(connections)),
            ("ocppctl_handshakes_pending", UInt64(pendingHandshakes)),
            ("ocppctl_records_lost_total", UInt64(recordsLost)),
            ("ocppctl_unreadable_messages_total", unreadableMessages),
            ("ocppctl_tcp_connections_total", endpoint.connectionsAccepted),
            ("ocppctl_connections_over_limit_total", endpoint.connectionsOverLimit),
            ("ocppctl_handshakes_timed_out_total", endpoint.handshakesTimedOut),
            ("ocppctl_handshakes_crowded_out_total", endpoint.handshakesCrowdedOut),
            ("ocppctl_handshakes_malformed_total", endpoint.handshakesMalformed),
            ("ocppctl_tls_failures_total", endpoint.tlsFailures),
            ("ocppctl_reads_paused_total", endpoint.readsPaused),
            ("ocppctl_closed_binary_total", endpoint.closedBinary),
            ("ocppctl_closed_not_utf8_total", endpoint.closedNotUTF8),
            ("ocppctl_closed_too_big_total", endpoint.closedTooBig),
            ("ocppctl_closed_too_slow_total", endpoint.closedTooSlow),
            ("ocppctl_closed_silent_total", endpoint.closedSilent),
            ("ocppctl_handshakes_over_limit_total", gate.handshakesOverLimit),
            ("ocppctl_bad_identities_total", gate.badIdentities),
            ("ocppctl_unknown_identities_total", gate.unknownIdentities),
            ("ocppctl_authentications_total", gate.authentications),
            ("ocppctl_failed_authentications_total", gate.failedAuthentications),
            ("ocppctl_failures_over_limit_total", gate.failuresOverLimit),
            ("ocppctl_checks_over_limit_total", gate.checksOverLimit),
        ]
    }
}
