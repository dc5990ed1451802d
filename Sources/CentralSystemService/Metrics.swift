public import OCPPKit
public import Storage
public import WebEndpoints

/// Everything that the running server has counted, in one place. `/metrics` and the control socket print it.
public struct Metrics: Sendable {
    public var chargePoints: (online: Int, known: Int)
    public var connections = 0
    public var pendingHandshakes = 0
    public var recordsLost = 0
    public var unreadableMessages: UInt64 = 0
    public var messages: MessageCounters
    public var writer: WriterStatistics
    /// Requests that wait for the store.
    public var storeQueue = 0
    /// `nil` without a platform.
    public var brokerDevices: (connected: Int, devices: Int)?
    public var endpoint: EndpointCounters
    public var gate: GateCounters
    /// When the server began.
    public var start: Timestamp

    /// Plain counts: names as Prometheus has them, values, and what they are; those that end in `_total` only ever grow.
    var counts: [(name: String, value: UInt64, help: String)] {
        [
            ("ocppctl_charge_points_online", UInt64(chargePoints.online), "Charge points that are connected."),
            ("ocppctl_charge_points_known", UInt64(chargePoints.known), "Charge points that were ever connected."),
            ("ocppctl_connections", UInt64(connections), "WebSocket connections, those that wait among them."),
            ("ocppctl_handshakes_pending", UInt64(pendingHandshakes), "Connections in the middle of their handshake."),
            ("ocppctl_records_lost_total", UInt64(recordsLost), "Records that a slow reader of standard output lost."),
            ("ocppctl_unreadable_messages_total", unreadableMessages, "Messages that were no frames."),
            ("ocppctl_tcp_connections_total", endpoint.connectionsAccepted, "TCP connections taken."),
            (
                "ocppctl_connections_over_limit_total", endpoint.connectionsOverLimit,
                "Requests refused for --max-connections."
            ),
            (
                "ocppctl_handshakes_timed_out_total", endpoint.handshakesTimedOut,
                "Handshakes that took longer than --handshake-timeout."
            ),
            (
                "ocppctl_handshakes_crowded_out_total", endpoint.handshakesCrowdedOut,
                "Handshakes dropped for newer ones, for --max-pending."
            ),
            ("ocppctl_handshakes_malformed_total", endpoint.handshakesMalformed, "Requests that were no upgrade."),
            ("ocppctl_tls_failures_total", endpoint.tlsFailures, "Connections with which no TLS could be agreed on."),
            (
                "ocppctl_reads_paused_total", endpoint.readsPaused,
                "Times that a charge point was read more slowly, for --max-messages and --max-bytes."
            ),
            ("ocppctl_closed_binary_total", endpoint.closedBinary, "Connections closed for a binary message."),
            ("ocppctl_closed_not_utf8_total", endpoint.closedNotUTF8, "Connections closed for text that is not UTF-8."),
            ("ocppctl_closed_too_big_total", endpoint.closedTooBig, "Connections closed for --max-frame-bytes."),
            (
                "ocppctl_closed_too_slow_total", endpoint.closedTooSlow,
                "Connections closed for --message-timeout and --max-backlog-bytes."
            ),
            ("ocppctl_closed_silent_total", endpoint.closedSilent, "Connections closed since no ping was answered."),
            ("ocppctl_handshakes_over_limit_total", gate.handshakesOverLimit, "Requests refused for --max-handshakes."),
            ("ocppctl_bad_identities_total", gate.badIdentities, "Requests for what is no charge point's identity."),
            (
                "ocppctl_unknown_identities_total", gate.unknownIdentities,
                "Requests of charge points that are not known."
            ),
            ("ocppctl_authentications_total", gate.authentications, "Charge points that proved themselves."),
            ("ocppctl_failed_authentications_total", gate.failedAuthentications, "Charge points that did not."),
            ("ocppctl_failures_over_limit_total", gate.failuresOverLimit, "Requests refused for --max-failures."),
            (
                "ocppctl_checks_over_limit_total", gate.checksOverLimit,
                "Requests refused since too many secrets waited to be hashed."
            ),
            ("ocppctl_store_requests_total", writer.requests, "Requests that the store has kept."),
            ("ocppctl_store_failures_total", writer.failures, "Requests that the store could not keep."),
            ("ocppctl_store_queue", UInt64(storeQueue), "Requests that wait for the store."),
        ]
    }

    /// Names and values of the plain counts.
    public var samples: [(name: String, value: UInt64)] { counts.map { ($0.name, $0.value) } }

    /// All that is known without the store.
    func prometheus() -> PrometheusText {
        var text = PrometheusText()
        for count in counts {
            text.single(count.name, count.name.hasSuffix("_total") ? .counter : .gauge, count.help, count.value)
        }
        text.family(
            "ocppctl_calls_total", .counter,
            "CALLs of charge points by action, and whether the answer was a result or an error.")
        for (action, answer, count) in messages.callCounts {
            text.sample("ocppctl_calls_total", [("action", action), ("outcome", answer)], count)
        }
        text.family("ocppctl_commands_total", .counter, "Commands to charge points by action and outcome.")
        for (action, outcome, count) in messages.commandCounts {
            text.sample("ocppctl_commands_total", [("action", action), ("outcome", outcome)], count)
        }
        text.family(
            "ocppctl_violations_total", .counter,
            "Violations of the specification in charge points' frames, by code.")
        for (code, count) in messages.violationCounts {
            text.sample("ocppctl_violations_total", [("code", code)], count)
        }
        text.histogram(
            "ocppctl_answer_seconds", "From the arrival of a charge point's CALL to its answer, the commit among it.",
            messages.answerTimes)
        text.histogram(
            "ocppctl_command_seconds", "From a command to its charge point's answer.", messages.commandTimes)
        text.histogram("ocppctl_commit_seconds", "Commits of the store, fsync among it.", writer.commits)
        if let brokerDevices {
            text.family(
                "ocppctl_broker_devices", .gauge,
                "Devices of the DOJOT map, and those whose connection to the broker stands.")
            text.sample("ocppctl_broker_devices", [("state", "configured")], brokerDevices.devices)
            text.sample("ocppctl_broker_devices", [("state", "connected")], brokerDevices.connected)
        }
        text.family("process_start_time_seconds", .gauge, "When the server began, in seconds since 1970.")
        text.sample(seconds: start.milliseconds, "process_start_time_seconds")
        return text
    }
}
