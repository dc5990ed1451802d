import OCPPKit
import TransportSecurity
import WebEndpoints

/// Where a central system is, and as whom it is asked.
struct CentralSystemTarget {
    /// Without the identity.
    let url: String
    let id: String
    let authorization: String?
    let tls: TLSContext?
    let timeoutMilliseconds: Int64

    var isSecure: Bool { url.hasPrefix("wss://") }

    func url(separator: String = "/", suffix: String = "") -> String {
        var base = url
        while base.hasSuffix("/") { base.removeLast() }
        return base + separator + PathSegment.encoded(id) + suffix
    }
}

/// Asks a central system what a charge point would, one thing after the other.
struct CentralSystemCheck {
    let target: CentralSystemTarget
    let report: CheckReport
    let loop: EventLoop

    func run() async throws {
        let connection = ProbeConnection(loop: loop, target: target, url: target.url())
        guard try await isOpen(connection) else { return }
        if try await boots(connection) {
            try await heartbeat(connection)
            try await unknownAction(connection)
        }
        await connection.close()
        try await slashes()
    }

    // MARK: The way there

    private func isOpen(_ connection: ProbeConnection) async throws -> Bool {
        switch await connection.next() {
        case .opened(let subprotocol):
            try report.passed("address", "\(target.url()) answers")
            if target.isSecure { try report.passed("tls", "the certificate is right for this host") }
            try report.passed("upgrade", "the charge point \(target.id) is let in")
            if subprotocol == "ocpp1.6" {
                try report.passed("subprotocol", "ocpp1.6")
            } else {
                try report.failed(
                    "subprotocol", .protocol, "the server chose \(subprotocol ?? "none") where ocpp1.6 was offered",
                    "charge points close such a connection: let the server agree on ocpp1.6")
            }
            return true
        case .failed(let text, let status):
            try notOpen(text, status)
        case .timedOut:
            try report.failed(
                "address", .timeout, "\(target.url()): no answer",
                "look for a firewall on the way, or a proxy that knows no WebSocket")
        case .closed(let reason): try report.failed("upgrade", .protocol, reason, "look into the server's log")
        case .message: try report.failed("upgrade", .protocol, "a message before the handshake", "this is no WebSocket")
        }
        return false
    }

    private func notOpen(_ text: String, _ status: Int?) throws {
        if let status {
            try report.passed("address", "\(target.url()) answers")
            if target.isSecure { try report.passed("tls", "the certificate is right for this host") }
            switch status {
            case 401, 403:
                try report.failed(
                    "upgrade", .refused, "HTTP status \(status)",
                    target.authorization == nil
                        ? "the server wants a password: give it with --password-file"
                        : "the password or the identity is wrong: compare both with what the server has")
            case 404:
                try report.failed(
                    "upgrade", .refused, "HTTP status 404",
                    "the server knows no charge point \(target.id), or the path of --url is wrong: compare them")
            case 429:
                try report.failed("upgrade", .refused, "HTTP status 429", "too many attempts: wait a minute")
            case 502...504:
                try report.failed(
                    "upgrade", .unreachable, "HTTP status \(status)",
                    "a proxy answers, and what is behind it does not, or there are too many connections")
            case 300..<400:
                try report.failed(
                    "upgrade", .refused, "HTTP status \(status)",
                    "charge points follow no redirection: give them the address that it leads to")
            default:
                try report.failed(
                    "upgrade", .protocol, "HTTP status \(status), not 101",
                    "what answers there takes no WebSocket: is it the right port and path?")
            }
        } else if text.contains("TLS: ") {
            try report.passed("address", "something answers there")
            try report.failed("tls", .unreachable, text, Self.adviceOnTLS(text))
        } else if text.contains("the server chose a subprotocol") || text.contains("the server's handshake") {
            try report.passed("address", "\(target.url()) answers")
            try report.failed(
                text.contains("subprotocol") ? "subprotocol" : "upgrade", .protocol, text,
                "the server has to answer as RFC 6455, section 4.2.2, says, with the subprotocol ocpp1.6")
        } else {
            try report.failed(
                "address", .unreachable, text,
                "is the server running, are address and port right, does a firewall stand between?")
        }
    }

    private static func adviceOnTLS(_ text: String) -> String {
        let text = text.lowercased()
        if text.contains("expired") || text.contains("not yet valid") {
            return "renew the server's certificate, or set the clock of whoever says so"
        }
        if text.contains("hostname") || text.contains("address mismatch") {
            return "the certificate is for another name: use that one in the URL, or have one made for this"
        }
        if text.contains("issuer") || text.contains("self-signed") || text.contains("self signed") {
            return "who signed the certificate is not trusted: give its CA with --tls-ca, and to the charge points, "
                + "and let the server send its intermediate certificates"
        }
        return "does the port speak TLS? ws:// is without, wss:// with it"
    }

    // MARK: The protocol

    private func boots(_ connection: ProbeConnection) async throws -> Bool {
        let before = Timestamp.now
        let answer = await connection.ask(
            "BootNotification", #"{"chargePointVendor":"ocppctl","chargePointModel":"check"}"#)
        guard let record = try taken(answer, "boot", "BootNotification") else { return false }
        let payload = record.payload
        let interval = payload?["interval"]?.integer
        switch payload?["status"]?.text {
        case "Accepted":
            try report.passed("boot", "Accepted, heartbeats each \(interval.map { "\($0)" } ?? "?") s")
        case "Pending", "Rejected":
            try report.warning(
                "boot", "\(payload?["status"]?.text ?? ""), again in \(interval.map { "\($0)" } ?? "?") s",
                "the server keeps this charge point waiting: accept it there")
        case let other:
            try report.failed(
                "boot", .protocol, "the status is \(other ?? "absent")", "it has to be Accepted, Pending or Rejected")
        }
        if let interval, interval < 0 || interval > 86_400 {
            try report.warning("boot", "an interval of \(interval) s", "set one between 60 s and a day")
        }
        try clock(payload?["currentTime"]?.text, since: before)
        return payload?["status"]?.text != "Rejected"
    }

    private func clock(_ text: String?, since before: Timestamp) throws {
        guard let text, let time = Timestamp(rfc3339: text) else {
            return try report.failed(
                "clock", .protocol, "currentTime is \(text ?? "absent")", "it has to be a time as 2026-03-01T10:00:00Z")
        }
        let now = Timestamp.now
        let middle = Timestamp(milliseconds: (before.milliseconds + now.milliseconds) / 2)
        let skew = time - middle
        let words = ClockSkew.words(skew)
        if abs(skew) > ClockSkew.tolerance {
            try report.warning(
                "clock", words,
                "charge points take their time from the server: set both clocks by NTP and compare again")
        } else if !text.hasSuffix("Z") {
            try report.warning(
                "clock", "currentTime is \(text)", "some charge points read UTC with a Z alone: send it so")
        } else {
            try report.passed("clock", words)
        }
    }

    private func heartbeat(_ connection: ProbeConnection) async throws {
        let answer = await connection.ask("Heartbeat", "{}")
        guard let record = try taken(answer, "heartbeat", "Heartbeat"), case .result(_, let milliseconds) = answer
        else {
            return
        }
        if let time = record.payload?["currentTime"]?.text, Timestamp(rfc3339: time) != nil {
            try report.passed("heartbeat", "answered after \(milliseconds) ms")
        } else {
            try report.failed(
                "heartbeat", .protocol, "no currentTime", "it has to tell the time (OCPP 1.6, section 4.6)")
        }
    }

    /// A server that closes on what it does not know loses every charge point with a newer firmware.
    private func unknownAction(_ connection: ProbeConnection) async throws {
        switch await connection.ask("OcppctlCheck", "{}") {
        case .error(let fault):
            try report.passed("unknownAction", "answered with \(fault.code)")
        case .result:
            try report.warning(
                "unknownAction", "an action that does not exist is answered as if it did",
                "the server should answer NotImplemented (OCPP-J 1.6, section 4.2.3)")
        case .closed(let reason):
            try report.warning(
                "unknownAction", "the connection ended: \(reason)",
                "the server should answer NotImplemented: a charge point that sends anything new cannot stay")
        case .none, .nonsense:
            try report.warning(
                "unknownAction", "no answer that means anything",
                "the server should answer NotImplemented: a charge point waits for it, and sends nothing else meanwhile"
            )
        }
    }

    /// The answer's record, where it is one; says what is wrong with it.
    private func taken(_ answer: ProbeConnection.Answer, _ check: String, _ action: String) throws -> FrameRecord? {
        switch answer {
        case .result(let record, _):
            if let violation = record.violations.first {
                try report.warning(
                    check, "the answer violates the specification: \(violation.path): \(violation.message)",
                    "strict charge points refuse it: mend it in the server")
            }
            return record
        case .error(let fault):
            try report.failed(
                check, .protocol, "\(action) is answered with \(fault.code) \(fault.description)",
                "look into the server's log for why")
        case .nonsense(let text):
            try report.failed(check, .protocol, "what came back is no answer: \(text)", "OCPP-J 1.6, section 4.2")
        case .closed(let reason):
            try report.failed(check, .protocol, "the connection ended: \(reason)", "look into the server's log for why")
        case .none:
            try report.failed(
                check, .timeout, "\(action) is not answered within \(target.timeoutMilliseconds / 1000) s",
                "look into the server's log; is it the right subprotocol?")
        }
        return nil
    }

    // MARK: Addresses that charge points make of what they are told

    /// Some add a slash of their own before their identity, some end with one.
    private func slashes() async throws {
        let forms = [
            (target.url(separator: "//"), "a slash at the end of the address that charge points are told"),
            (target.url(suffix: "/"), "a slash after the identity"),
        ]
        for (url, what) in forms {
            let connection = ProbeConnection(loop: loop, target: target, url: url)
            switch await connection.next() {
            case .opened:
                try report.passed("trailingSlash", "\(url) is taken, too")
                await connection.close()
            case .failed(_, let status):
                try report.warning(
                    "trailingSlash", "\(url) is refused\(status.map { " with HTTP status \($0)" } ?? "")",
                    "there are charge points that connect so: avoid \(what), or let the server take it")
            case .timedOut, .closed, .message:
                try report.warning(
                    "trailingSlash", "\(url) is not answered", "avoid \(what), or let the server take it")
            }
        }
    }
}
