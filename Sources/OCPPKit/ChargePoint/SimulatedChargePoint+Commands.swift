/// A command that a simulated charge point obeys: does what is asked and returns the answer.
private struct Command: Sendable {
    let run: @Sendable (inout SimulatedChargePoint, JSONNode?) -> [UInt8]

    init<Request: Payload, Response: Payload>(
        _ obey: @escaping @Sendable (inout SimulatedChargePoint, Request) -> Response
    ) {
        run = { obey(&$0, Request($1)).payload }
    }

    /// For a request that has no struct of its own.
    init<Response: Payload>(reading obey: @escaping @Sendable (inout SimulatedChargePoint, PayloadReader) -> Response) {
        run = { obey(&$0, PayloadReader($1)).payload }
    }

    static let all: [String: Command] = [
        "ChangeAvailability": Command { $0.changeAvailability($1) },
        "ChangeConfiguration": Command { $0.changeConfiguration($1) },
        "ClearCache": Command { $0.clearCache($1) },
        "DataTransfer": Command { $0.dataTransfer($1) },
        "GetConfiguration": Command { $0.getConfiguration($1) },
        "RemoteStartTransaction": Command { $0.remoteStart($1) },
        "RemoteStopTransaction": Command { $0.remoteStop($1) },
        "Reset": Command { $0.reset($1) },
        "TriggerMessage": Command(reading: { $0.trigger($1) }),
        "UnlockConnector": Command { $0.unlock($1) },
    ]
}

extension SimulatedChargePoint {
    /// Answers a CALL of the central system.
    mutating func answer(_ frame: Frame) {
        let action = frame.action ?? ""
        guard let command = Command.all[action] else {
            let isKnown = Actions.named(action) != nil
            return refuse(
                frame, isKnown ? .notSupported : .notImplemented,
                isKnown ? "this charge point does not support \(action)" : "unknown action")
        }
        let violations = Validator.violations(of: frame, answering: nil).filter { $0.severity == .error }
        for violation in violations { emit(.breach("\(action): \(violation.path): \(violation.message)")) }
        if let violation = violations.first(where: \.code.isSchemaRule) {
            return refuse(frame, violation.code.errorCode, "\(violation.path): \(violation.message)")
        }
        // The answer goes before whatever the command makes happen.
        let before = takeEffects()
        let answer = command.run(&self, frame.payload)
        let after = takeEffects()
        emit(before)
        emit(.send(Frame.callResult(id: frame.messageId, payload: answer)))
        let status = (try? JSONTree(parsing: answer))?.root["status"]?.text
        emit(.answered(action: action, outcome: status ?? "Accepted"))
        emit(after)
    }

    private mutating func refuse(_ frame: Frame, _ code: ErrorCode, _ description: String) {
        emit(.send(Frame.callError(id: frame.messageId, code: code, description: description)))
        emit(.answered(action: frame.action ?? "", outcome: code.rawValue))
    }

    fileprivate mutating func changeAvailability(_ request: ChangeAvailabilityRequest) -> ChangeAvailabilityResponse {
        let isOperative = request.type?.known == .operative
        guard let connectorId = request.connectorId, connectorIds.contains(connectorId) else {
            return StatusResponse(status: .rejected)
        }
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
        return StatusResponse(status: isScheduled ? .scheduled : .accepted)
    }

    fileprivate mutating func changeConfiguration(_ request: ChangeConfigurationRequest) -> ChangeConfigurationResponse
    {
        let key = request.key ?? ""
        let status = configuration.change(key, to: request.value ?? "")
        if status == .accepted, key.lowercased() == "heartbeatinterval" { scheduleHeartbeat() }
        return StatusResponse(status: status)
    }

    /// There is no cache, so it is always clear.
    fileprivate func clearCache(_ request: ClearCacheRequest) -> ClearCacheResponse {
        StatusResponse(status: .accepted)
    }

    fileprivate func dataTransfer(_ request: DataTransferRequest) -> DataTransferResponse {
        let isKnown = options.dataTransferVendors.contains(request.vendorId ?? "")
        return DataTransferResponse(status: isKnown ? .accepted : .unknownVendorId)
    }

    fileprivate func getConfiguration(_ request: GetConfigurationRequest) -> GetConfigurationResponse {
        let found = request.keys.isEmpty ? configuration.keys : request.keys.compactMap { configuration.key(named: $0) }
        return GetConfigurationResponse(
            configurationKeys: found.map {
                KeyValue(key: $0.name, isReadOnly: $0.isReadOnly, value: $0.kind == .secret ? nil : $0.value)
            },
            unknownKeys: request.keys.filter { configuration.key(named: $0) == nil })
    }

    fileprivate mutating func remoteStart(_ request: RemoteStartTransactionRequest) -> RemoteStartTransactionResponse {
        let free = connectors.firstIndex {
            $0.isFree && (request.connectorId == nil || Int64($0.id) == request.connectorId)
        }
        guard canStartSessions, let index = free else { return StatusResponse(status: .rejected) }
        // The driver is there and plugs in at once.
        connectors[index].isPluggedIn = true
        let spec = SessionSpec(
            connectorId: index + 1, idTag: request.idTag ?? "", energyWattHours: options.defaultEnergyWattHours)
        begin(spec, on: index, isRemote: true, unplugsByItself: true)
        return StatusResponse(status: .accepted)
    }

    fileprivate mutating func remoteStop(_ request: RemoteStopTransactionRequest) -> RemoteStopTransactionResponse {
        let running = connectors.firstIndex {
            guard let number = $0.chargingSession?.transaction, case .known(let id) = transactions[number]?.identity
            else { return false }
            return id == request.transactionId
        }
        guard registration == .accepted, let running else { return StatusResponse(status: .rejected) }
        stopCharging(running, reason: .remote, outcome: .cutShort)
        return StatusResponse(status: .accepted)
    }

    fileprivate mutating func reset(_ request: ResetRequest) -> ResetResponse {
        let kind = request.type?.known ?? .soft
        for index in connectors.indices {
            endSession(index, reason: kind == .hard ? .hardReset : .softReset, outcome: .cutShort)
        }
        reset = (kind, now.adding(milliseconds: options.callTimeout))
        return StatusResponse(status: .accepted)
    }

    fileprivate mutating func trigger(_ request: PayloadReader) -> StatusResponse<TriggerMessageStatus> {
        var request = request
        let asked = request.integer("connectorId")
        guard asked.map(connectorIds.contains) ?? true else { return StatusResponse(status: .rejected) }
        switch request.text("requestedMessage") {
        case "BootNotification": sendBoot()
        case "Heartbeat": sendHeartbeat(isTriggered: true)
        case "MeterValues":
            for index in connectors.indices where asked == nil || Int64(index + 1) == asked {
                sendTriggeredSample(index)
            }
        case "StatusNotification":
            for connectorId in 0...connectors.count where asked == nil || Int64(connectorId) == asked {
                reportStatus(connectorId, isTriggered: true)
            }
        default: return StatusResponse(status: .notImplemented)
        }
        return StatusResponse(status: .accepted)
    }

    fileprivate mutating func unlock(_ request: UnlockConnectorRequest) -> UnlockConnectorResponse {
        guard let index = request.connectorId.flatMap({ index(of: Int(clamping: $0)) }), connectors[index].model.hasLock
        else { return StatusResponse(status: .notSupported) }
        guard connectors[index].fault != .connectorLockFailure else { return StatusResponse(status: .unlockFailed) }
        endSession(index, reason: .unlockCommand, outcome: .cutShort)
        return StatusResponse(status: .unlocked)
    }

    /// 0, the charge point itself, among them.
    private var connectorIds: ClosedRange<Int64> { 0...Int64(connectors.count) }
}

/// Whether the message that was asked for will follow (TriggerMessageStatus).
private enum TriggerMessageStatus: String, Sendable {
    case accepted = "Accepted"
    case rejected = "Rejected"
    case notImplemented = "NotImplemented"
}
