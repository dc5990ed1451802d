import OCPPKit

/// Asks a connected charge point about itself, by what changes nothing there.
final class ChargePointCheck {
    private let id: String
    private let report: CheckReport
    private let session: ControlSession
    private let control: String
    private let timeoutMilliseconds: Int64

    /// The configuration keys that a charge point of the Core profile must have (OCPP 1.6, section 9.1).
    private static let requiredKeys = [
        "AuthorizeRemoteTxRequests", "ClockAlignedDataInterval", "ConnectionTimeOut", "ConnectorPhaseRotation",
        "GetConfigurationMaxKeys", "HeartbeatInterval", "LocalAuthorizeOffline", "LocalPreAuthorize",
        "MeterValuesAlignedData", "MeterValuesSampledData", "MeterValueSampleInterval", "NumberOfConnectors",
        "ResetRetries", "StopTransactionOnEVSideDisconnect", "StopTransactionOnInvalidId", "StopTxnAlignedData",
        "StopTxnSampledData", "SupportedFeatureProfiles", "TransactionMessageAttempts",
        "TransactionMessageRetryInterval", "UnlockConnectorOnEVSideDisconnect",
    ]

    init(id: String, control: String, timeoutMilliseconds: Int64, report: CheckReport) {
        self.id = id
        self.control = control
        self.timeoutMilliseconds = timeoutMilliseconds
        self.report = report
        session = ControlSession(path: control)
    }

    /// - Parameter restarts: whether the charge point may be restarted, to see that it comes back.
    func run(restarts: Bool) throws {
        var station: Station?
        try session.stations { if $0.chargePointId == id { station = $0 } }
        guard let station, station.isOnline else {
            return try report.failed(
                "online", .unreachable, station == nil ? "\(id) never connected here" : "\(id) is not connected",
                "'ocppctl stations' lists who is; compare the identity, and the address that the charge point has")
        }
        try report.passed("online", "connected\(station.link.map { " since \($0.connected)" } ?? "")")
        try boot(station)
        let values = try configuration()
        if let values {
            try meterValues(values)
            try profiles(values)
        }
        try clock()
        if restarts { try restart() } else { try report.skipped("restart", "asked for by --restart alone") }
    }

    private func boot(_ station: Station) throws {
        guard let boot = station.boot else {
            return try report.warning(
                "boot", "no BootNotification has come from it",
                "'ocppctl send \(id) TriggerMessage requestedMessage=BootNotification'")
        }
        let words = [boot.vendor, boot.model, boot.firmwareVersion.map { "firmware \($0)" }].compactMap { $0 }
        if boot.registration == "Accepted" {
            try report.passed("boot", words.joined(separator: " "))
        } else {
            try report.warning(
                "boot", "\(words.joined(separator: " ")): \(boot.registration)", "run serve with --boot accepted")
        }
    }

    // MARK: Configuration

    /// Keys and values; `nil` where it gives none.
    private func configuration() throws -> [String: String]? {
        let outcome = try ask("GetConfiguration", "{}")
        guard outcome.outcome == .accepted, let payload = outcome.payload,
            let root = try? JSONTree(parsing: String(decoding: payload, as: UTF8.self)).root
        else {
            try fail("configuration", outcome, "a charge point has to tell its configuration (OCPP 1.6, section 5.8)")
            return nil
        }
        var values: [String: String] = [:]
        for entry in (root["configurationKey"]?.elements).map({ Array($0) }) ?? [] {
            if let key = entry["key"]?.text { values[key] = entry["value"]?.text ?? "" }
        }
        let missing = Self.requiredKeys.filter { values[$0] == nil }
        if values.isEmpty {
            try report.failed(
                "configuration", .protocol, "no key at all", "ask its maker for a firmware that tells its configuration"
            )
            return nil
        } else if !missing.isEmpty {
            try report.warning(
                "configuration", "\(values.count) keys; without \(missing.joined(separator: ", "))",
                "the Core profile requires them (OCPP 1.6, section 9.1): what goes by them may not work")
        } else {
            try report.passed("configuration", "\(values.count) keys, all that the Core profile requires among them")
        }
        return values
    }

    private func meterValues(_ values: [String: String]) throws {
        let interval = values["MeterValueSampleInterval"].flatMap { Int64($0) }
        if let interval, interval > 0 {
            try report.passed("meterInterval", "a sample each \(interval) s of a transaction")
        } else {
            try report.warning(
                "meterInterval",
                "MeterValueSampleInterval is \(values["MeterValueSampleInterval"] ?? "absent"): no samples",
                "'ocppctl send \(id) ChangeConfiguration key=MeterValueSampleInterval value=60'")
        }
        let measurands = Self.list(values["MeterValuesSampledData"])
        let wanted = ["Energy.Active.Import.Register", "Power.Active.Import"]
        let missing = wanted.filter { name in !measurands.contains(name) }
        if missing.isEmpty {
            try report.passed("measurands", measurands.joined(separator: ", "))
        } else {
            try report.warning(
                "measurands",
                measurands.isEmpty
                    ? "MeterValuesSampledData names none"
                    : "\(measurands.joined(separator: ", ")); without \(missing.joined(separator: ", "))",
                "'ocppctl send \(id) ChangeConfiguration key=MeterValuesSampledData value=\((measurands + missing).joined(separator: ","))'"
            )
        }
    }

    /// The items of a list that is separated by commas, without the blanks that some put there.
    private static func list(_ value: String?) -> [String] {
        (value ?? "").split(separator: ",").map { part in String(part.drop { $0 == " " }.prefix { $0 != " " }) }
    }

    // MARK: Profiles

    /// What it says that it can do, and whether it does it.
    private func profiles(_ values: [String: String]) throws {
        let claimed = Self.list(values["SupportedFeatureProfiles"])
        if claimed.contains("Core") {
            try report.passed("profiles", claimed.joined(separator: ", "))
        } else {
            try report.warning(
                "profiles", "SupportedFeatureProfiles is \(claimed.isEmpty ? "empty" : claimed.joined(separator: ","))",
                "every charge point has the profile Core; what it can do is found out below")
        }
        // Each of these changes nothing.
        let probes = [
            ("LocalAuthListManagement", "GetLocalListVersion", "{}"),
            ("SmartCharging", "GetCompositeSchedule", #"{"connectorId":0,"duration":60}"#),
            ("RemoteTrigger", "TriggerMessage", #"{"requestedMessage":"Heartbeat"}"#),
        ]
        for (profile, action, payload) in probes {
            let outcome = try ask(action, payload)
            switch outcome.outcome {
            case .accepted: try report.passed(profile, "\(action) is answered")
            case .refused: try report.passed(profile, "\(action) is answered with \(outcome.status ?? "a refusal")")
            case .error where !claimed.contains(profile):
                try report.skipped(
                    profile, "not claimed, and \(action) is answered with \(outcome.status ?? "an error")")
            case .error:
                try report.warning(
                    profile, "claimed, but \(action) is answered with \(outcome.status ?? "an error")",
                    "ask its maker: the firmware claims what it does not do")
            case .timeout, .notConnected, .unknown:
                try fail(profile, outcome, "a charge point answers every CALL, with NotImplemented if need be")
            }
        }
        for profile in ["FirmwareManagement", "Reservation"] where claimed.contains(profile) {
            try report.skipped(profile, "claimed; to try it would change something there")
        }
    }

    // MARK: Clock and restart

    private func clock() throws {
        let follower = try follow()
        let asked = try ask("TriggerMessage", #"{"requestedMessage":"StatusNotification","connectorId":1}"#)
        guard asked.outcome == .accepted,
            let frame = try follower.call("StatusNotification", within: timeoutMilliseconds),
            let text = frame["payload"]?["timestamp"]?.text
        else { return try report.skipped("clock", "it sends no time when it is asked for a StatusNotification") }
        guard let time = Timestamp(rfc3339: text) else {
            return try report.warning("clock", "its time is \(text)", "it has to be RFC 3339, as 2026-03-01T10:00:00Z")
        }
        let skew = time - Timestamp.now
        let words = ClockSkew.words(skew)
        if abs(skew) > ClockSkew.tolerance {
            try report.warning(
                "clock", words,
                "it takes its time from BootNotification and Heartbeat: send it a TriggerMessage for a Heartbeat, and look for an NTP setting of its own"
            )
        } else {
            try report.passed("clock", words)
        }
    }

    private func restart() throws {
        let follower = try follow()
        let outcome = try ask("Reset", #"{"type":"Soft"}"#)
        guard outcome.outcome == .accepted else {
            return try fail("restart", outcome, "look whether a transaction is in its way")
        }
        let patience = max(timeoutMilliseconds, 300_000)
        if try follower.call("BootNotification", within: patience) != nil {
            try report.passed("restart", "it came back and booted")
        } else {
            try report.failed(
                "restart", .timeout, "no BootNotification within \(patience / 1000) s of its Reset",
                "look at it on the spot: it may be waiting for somebody")
        }
    }

    // MARK: Asking

    private func follow() throws -> Follower {
        let session = ControlSession(path: control)
        try session.watch(WatchFilter(kind: .frames, chargePoints: [id]))
        return Follower(session: session)
    }

    /// The frames of the charge point from now on.
    private struct Follower {
        let session: ControlSession

        /// The next CALL of an action; `nil` where none comes in time.
        func call(_ action: String, within milliseconds: Int64) throws -> JSONNode? {
            let end = monotonicMilliseconds() + milliseconds
            while true {
                let left = end - monotonicMilliseconds()
                guard left > 0 else { return nil }
                guard case .reply(.record(_, let line)) = try session.next(withinMilliseconds: left),
                    let record = try? JSONTree(parsing: String(decoding: line, as: UTF8.self)).root
                else { continue }
                if record["messageType"]?.text == "CALL", record["action"]?.text == action { return record }
            }
        }
    }

    private func ask(_ action: String, _ payload: String) throws -> CommandOutcome {
        let number = try session.send(
            CommandRequest(
                ticket: 0, chargePointId: id, action: action, payload: Array(payload.utf8),
                timeoutMilliseconds: timeoutMilliseconds))
        while true {
            switch try session.next(withinMilliseconds: 2 * timeoutMilliseconds + 10_000) {
            case .reply(.outcome(number, let outcome)): return outcome
            case .reply(.error(_, let message)): throw CommandFailure(.internalError, "the server says: \(message)")
            case .reply: continue
            case .input, .timedOut: throw CommandFailure(.unreachable, "the server gave no answer")
            }
        }
    }

    private func fail(_ check: String, _ outcome: CommandOutcome, _ advice: String) throws {
        let (status, words): (ExitStatus, String) =
            switch outcome.outcome {
            case .timeout: (.timeout, "no answer within \(timeoutMilliseconds / 1000) s")
            case .notConnected, .unknown: (.unreachable, "it is gone")
            case .error: (.protocol, "answered with \(outcome.status ?? "a CALLERROR")")
            case .accepted, .refused: (.refused, "answered with \(outcome.status ?? "a refusal")")
            }
        try report.failed(check, status, "\(outcome.action): \(words)", advice)
    }
}
