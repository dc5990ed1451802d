/// A command that a simulated charge point obeys.
///
/// `run` does what is asked and returns the answer; what it sends follows the answer.
private struct Command: Sendable {
    let run: @Sendable (inout SimulatedChargePoint, PayloadReader) -> JSONValue

    static let all: [String: Command] = [
        "ChangeAvailability": Command { $0.changeAvailability($1) },
        "ChangeConfiguration": Command { $0.changeConfiguration($1) },
        "ClearCache": Command { _, _ in status("Accepted") },
        "DataTransfer": Command { $0.dataTransfer($1) },
        "GetConfiguration": Command { $0.getConfiguration($1) },
        "RemoteStartTransaction": Command { $0.remoteStart($1) },
        "RemoteStopTransaction": Command { $0.remoteStop($1) },
        "Reset": Command { $0.reset($1) },
        "TriggerMessage": Command { $0.trigger($1) },
        "UnlockConnector": Command { $0.unlock($1) },
    ]
}

private func status(_ status: String) -> JSONValue { [("status", .string(status))].object }

extension SimulatedChargePoint {
    /// Answers a CALL of the central system.
    mutating func answer(_ frame: Frame) {
        let action = frame.action ?? ""
        guard let command = Command.all[action] else {
            let isKnown = Actions.named(action) != nil
            let code: ErrorCode = isKnown ? .notSupported : .notImplemented
            emit(.answered(action: action, outcome: code.rawValue))
            let description = isKnown ? "this charge point does not support \(action)" : "unknown action"
            return emit(.send(Frame.callError(id: frame.messageId, code: code, description: description)))
        }
        if let breach = requestBreach(action, frame.payload) {
            emit(.breach("\(action): \(breach)"))
            emit(.answered(action: action, outcome: ErrorCode.formationViolation.rawValue))
            return emit(.send(Frame.callError(id: frame.messageId, code: .formationViolation, description: breach)))
        }
        // The answer goes first; what the command makes happen comes after it.
        let before = takeEffects()
        let answer = command.run(&self, PayloadReader(frame.payload))
        let after = takeEffects()
        for effect in before { emit(effect) }
        emit(.send(Frame.callResult(id: frame.messageId, payload: answer.bytes)))
        emit(.answered(action: action, outcome: answer["status"]?.text ?? "Accepted"))
        for effect in after { emit(effect) }
    }

    fileprivate mutating func changeAvailability(_ payload: PayloadReader) -> JSONValue {
        var payload = payload
        let connectorId = payload.integer("connectorId") ?? -1
        let isOperative = payload.text("type") == "Operative"
        guard (0...Int64(connectors.count)).contains(connectorId) else { return status("Rejected") }
        var isScheduled = false
        for index in connectors.indices where connectorId == 0 || index + 1 == connectorId {
            if connectors[index].chargingSession != nil {
                connectors[index].scheduledOperative = isOperative
                isScheduled = isScheduled || !isOperative
            } else {
                connectors[index].isOperative = isOperative
            }
        }
        if connectorId == 0 { self.isOperative = isOperative }
        reportStatuses()
        return status(isScheduled ? "Scheduled" : "Accepted")
    }

    fileprivate mutating func changeConfiguration(_ payload: PayloadReader) -> JSONValue {
        var payload = payload
        let key = payload.text("key") ?? ""
        let outcome = configuration.change(key, to: payload.text("value") ?? "")
        if outcome == "Accepted", key.lowercased() == "heartbeatinterval" { scheduleHeartbeat() }
        return status(outcome)
    }

    fileprivate func dataTransfer(_ payload: PayloadReader) -> JSONValue {
        var payload = payload
        return status(options.dataTransferVendors.contains(payload.text("vendorId") ?? "") ? "Accepted" : "UnknownVendorId")
    }

    fileprivate func getConfiguration(_ payload: PayloadReader) -> JSONValue {
        let asked = payload.node["key"]?.elements.compactMap(\.text) ?? []
        let found = asked.isEmpty ? configuration.keys : asked.compactMap { configuration.key(named: $0) }
        let unknown = asked.filter { configuration.key(named: $0) == nil }
        let keys = found.map { key in
            [("key", .string(key.name)), ("readonly", .boolean(key.isReadOnly)), ("value", .string(key.value))].object
        }
        var members: [(String, JSONValue)] = [("configurationKey", .array(keys))]
        if !unknown.isEmpty { members.append(("unknownKey", .array(unknown.map { .string($0) }))) }
        return members.object
    }

    fileprivate mutating func remoteStart(_ payload: PayloadReader) -> JSONValue {
        var payload = payload
        let idTag = payload.text("idTag") ?? ""
        let asked = payload.integer("connectorId")
        guard canStartSessions,
            let index = connectors.firstIndex(where: { $0.isFree && (asked == nil || Int64($0.id) == asked) })
        else { return status("Rejected") }
        // The driver is there and plugs in at once.
        connectors[index].isPluggedIn = true
        let spec = SessionSpec(
            connectorId: index + 1, idTag: idTag, energyWattHours: options.defaultEnergyWattHours)
        begin(spec, on: index, isRemote: true, unplugsByItself: true)
        return status("Accepted")
    }

    fileprivate mutating func remoteStop(_ payload: PayloadReader) -> JSONValue {
        var payload = payload
        let transactionId = payload.integer("transactionId")
        let running = connectors.firstIndex {
            guard let number = $0.chargingSession?.transaction, case .known(let id) = transactions[number]?.identity
            else { return false }
            return id == transactionId
        }
        guard registration == .accepted, let running else { return status("Rejected") }
        stopCharging(running, reason: "Remote", outcome: .cutShort)
        return status("Accepted")
    }

    fileprivate mutating func reset(_ payload: PayloadReader) -> JSONValue {
        var payload = payload
        let kind = payload.text("type") == "Hard" ? "Hard" : "Soft"
        for index in connectors.indices { endSession(index, reason: "\(kind)Reset", outcome: .cutShort) }
        reset = (kind, now.adding(milliseconds: options.callTimeout))
        return status("Accepted")
    }

    fileprivate mutating func trigger(_ payload: PayloadReader) -> JSONValue {
        var payload = payload
        let asked = payload.integer("connectorId")
        let all = Int64(connectors.count)
        switch payload.text("requestedMessage") {
        case "BootNotification": sendBoot()
        case "Heartbeat": sendHeartbeat(isTriggered: true)
        case "MeterValues":
            guard asked.map((1...all).contains) ?? true else { return status("Rejected") }
            for index in connectors.indices where asked == nil || Int64(index + 1) == asked { sendTriggeredSample(index) }
        case "StatusNotification":
            guard asked.map((0...all).contains) ?? true else { return status("Rejected") }
            for connectorId in 0...connectors.count where asked == nil || Int64(connectorId) == asked {
                reportStatus(connectorId, isTriggered: true)
            }
        default: return status("NotImplemented")
        }
        return status("Accepted")
    }

    fileprivate mutating func unlock(_ payload: PayloadReader) -> JSONValue {
        var payload = payload
        guard let index = payload.integer("connectorId").flatMap({ index(of: Int(clamping: $0)) }),
            connectors[index].model.hasLock
        else { return status("NotSupported") }
        guard connectors[index].fault != "ConnectorLockFailure" else { return status("UnlockFailed") }
        endSession(index, reason: "UnlockCommand", outcome: .cutShort)
        return status("Unlocked")
    }

    /// What is wrong with a command, for people; `nil` where nothing is.
    private func requestBreach(_ action: String, _ payload: JSONNode?) -> String? {
        guard let shape = Actions.named(action)?.request else { return nil }
        return shape.fields.first { $0.isRequired && payload?[$0.key] == nil }.map { "\($0.key) is missing" }
    }
}
