extension Command {
    static let core: [String: Command] = [
        "ChangeAvailability": Command { $0.changeAvailability($1) },
        "ChangeConfiguration": Command { $0.changeConfiguration($1) },
        "ClearCache": Command { $0.clearCache($1) },
        "DataTransfer": Command { $0.dataTransfer($1) },
        "GetConfiguration": Command { $0.getConfiguration($1) },
        "RemoteStartTransaction": Command { $0.remoteStart($1) },
        "RemoteStopTransaction": Command { $0.remoteStop($1) },
        "Reset": Command { $0.reset($1) },
        "UnlockConnector": Command { $0.unlock($1) },
    ]
}

extension SimulatedChargePoint {
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
        let idTag = request.idTag ?? ""
        let free = connectors.indices.first { index in
            (request.connectorId == nil || Int64(index + 1) == request.connectorId) && canUse(index, idTag: idTag)
        }
        guard canStartSessions, let index = free else { return StatusResponse(status: .rejected) }
        if let profile = request.chargingProfile {
            guard setTransactionProfile(profile, ofConnector: index + 1) else {
                return StatusResponse(status: .rejected)
            }
        }
        // The driver is there and plugs in at once.
        connectors[index].isPluggedIn = true
        let spec = SessionSpec(
            connectorId: index + 1, idTag: idTag, energyWattHours: options.defaultEnergyWattHours)
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

    fileprivate mutating func unlock(_ request: UnlockConnectorRequest) -> UnlockConnectorResponse {
        guard let index = request.connectorId.flatMap({ index(of: Int(clamping: $0)) }), connectors[index].model.hasLock
        else { return StatusResponse(status: .notSupported) }
        guard connectors[index].fault != .connectorLockFailure else { return StatusResponse(status: .unlockFailed) }
        endSession(index, reason: .unlockCommand, outcome: .cutShort)
        return StatusResponse(status: .unlocked)
    }
}
