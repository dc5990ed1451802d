// Sessions, from the plug to the plug. `index` counts connectors from 0.
extension SimulatedChargePoint {
    mutating func take(_ order: ChargePointInput.Order) {
        switch order {
        case .run(let spec):
            guard let index = index(of: spec.connectorId) else { return }
            connectors[index].waiting.append(spec)
        case .plugIn(let connectorId):
            guard let index = index(of: connectorId), !connectors[index].isPluggedIn else { return }
            connectors[index].isPluggedIn = true
            if case .awaitingCable = connectors[index].session?.phase { startCharging(index) }
            reportStatus(connectorId)
        case .presentTag(let connectorId, let idTag):
            guard let index = index(of: connectorId) else { return }
            if let session = connectors[index].session {
                guard session.spec.idTag == idTag else { return }
                endSession(index, reason: .local, outcome: .completed)
            } else if canStartSessions, canUse(index, idTag: idTag) {
                let spec = SessionSpec(
                    connectorId: connectorId, idTag: idTag, energyWattHours: options.defaultEnergyWattHours)
                begin(spec, on: index, isRemote: false, unplugsByItself: false)
            }
        case .stop(let connectorId):
            guard let index = index(of: connectorId) else { return }
            endSession(index, reason: .local, outcome: .cutShort)
        case .unplug(let connectorId):
            if let index = index(of: connectorId) { unplug(index) }
        case .fault(let connectorId, let errorCode):
            guard let index = index(of: connectorId) else { return }
            connectors[index].fault = errorCode
            if errorCode != nil { endSession(index, reason: .other, outcome: .cutShort) }
            reportStatus(connectorId)
        case .call(let action, let payload):
            orderCount += 1
            queue.append(
                QueuedCall(
                    purpose: .ordered(orderCount), action: action,
                    payload: JSONPayload((try? JSONTree(parsing: payload))?.root)))
        }
    }

    func index(of connectorId: Int) -> Int? {
        connectorId >= 1 && connectorId <= connectors.count ? connectorId - 1 : nil
    }

    /// A tag is there, presented or sent from afar.
    mutating func begin(_ spec: SessionSpec, on index: Int, isRemote: Bool, unplugsByItself: Bool) {
        connectors[index].session = ConnectorState.Session(spec: spec, unplugsByItself: unplugsByItself)
        reportStatus(index + 1)
        guard isRemote ? configuration.isTrue("AuthorizeRemoteTxRequests") : options.authorizes else {
            return authorized(index)
        }
        if configuration.isTrue("LocalPreAuthorize"), localStatus(of: spec.idTag) == .accepted {
            return authorized(index)
        }
        guard isConnected else { return authorizeOffline(index) }
        queue.append(
            QueuedCall(
                purpose: .authorize(connectorId: index + 1), action: "Authorize",
                payload: AuthorizeRequest(idTag: spec.idTag)))
    }

    mutating func authorizeOffline(_ index: Int) {
        let listed = connectors[index].session.flatMap { localStatus(of: $0.spec.idTag) }
        let isAllowed =
            configuration.isTrue("LocalAuthorizeOffline")
            && (listed.map { $0 == .accepted } ?? configuration.isTrue("AllowOfflineTxForUnknownId"))
        if isAllowed { authorized(index) } else { abandonSession(index, .refused, reason: "Offline") }
    }

    mutating func authorized(_ index: Int) {
        guard case .authorizing = connectors[index].session?.phase else { return }
        guard !connectors[index].isPluggedIn else { return startCharging(index) }
        let patience = configuration.integer("ConnectionTimeOut") * 1000
        connectors[index].session?.phase = .awaitingCable(until: now.adding(milliseconds: patience))
    }

    private mutating func startCharging(_ index: Int) {
        let connector = connectors[index]
        guard let spec = connector.session?.spec else { return }
        transactionCount += 1
        let charging = Charging(
            begin: now, connector: connector.model, battery: spec.battery, charge: spec.charge,
            limitWatts: spec.maximumWatts ?? connector.model.maximumWatts, energyWattHours: spec.energyWattHours)
        let interval = configuration.integer("MeterValueSampleInterval") * 1000
        var session = ConnectorState.ChargingSession(
            transaction: transactionCount, charging: charging, endsAt: now,
            stopsAt: spec.durationMilliseconds.map { now.adding(milliseconds: $0) },
            nextSample: interval > 0 ? now.adding(milliseconds: interval) : nil)
        session.foresee(at: now)
        let reservationId = useReservation(for: spec.idTag, on: index)
        let meterStart = connector.registerMillijoules / millijoulesPerWattHour
        transactions[transactionCount] = Transaction(
            result: SessionResult(
                connectorId: index + 1, idTag: spec.idTag, outcome: .completed, meterStart: meterStart))
        queue.append(
            QueuedCall(
                purpose: .start(transaction: transactionCount), action: "StartTransaction",
                payload: StartTransactionRequest(
                    connectorId: Int64(index + 1), idTag: spec.idTag, meterStart: meterStart, timestamp: now,
                    reservationId: reservationId)))
        connectors[index].session?.phase = .charging(session)
        session.transactionData = transactionData(index, context: .transactionBegin)
        connectors[index].session?.phase = .charging(session)
        emit(.sessionStarted(connectorId: index + 1, idTag: spec.idTag, meterStart: meterStart))
        applyLimits()
        reportStatus(index + 1)
    }

    mutating func takePeriodicSample(_ index: Int) {
        guard var session = connectors[index].chargingSession, let spec = connectors[index].session?.spec else {
            return
        }
        let sample = connectors[index].sample(at: now, context: .samplePeriodic)
        if let value = sample.meterValue(configuration.measurands("MeterValuesSampledData")) {
            queue.append(
                QueuedCall(
                    purpose: .meterValues(transaction: session.transaction), action: "MeterValues",
                    payload: MeterValuesRequest(connectorId: Int64(index + 1), meterValues: [value])))
        }
        session.transactionData += transactionData(index, context: .samplePeriodic)
        let interval = configuration.integer("MeterValueSampleInterval") * 1000
        session.nextSample = interval > 0 ? now.adding(milliseconds: interval) : nil
        connectors[index].session?.phase = .charging(session)
        let delivered = session.charging.delivered / (millijoulesPerWattHour / 1000)
        emit(
            .progress(
                SessionProgress(
                    connectorId: index + 1, idTag: spec.idTag, energy: ExactDecimal(mantissa: delivered, exponent: -3),
                    targetWattHours: spec.energyWattHours, watts: sample.watts,
                    stateOfCharge: connectors[index].model.supply == .dc ? sample.stateOfCharge : nil)))
    }

    /// What StopTxnSampledData asks for at this moment; nothing as a rule.
    private func transactionData(_ index: Int, context: ReadingContext) -> [MeterValue] {
        let measurands = configuration.measurands("StopTxnSampledData")
        guard !measurands.isEmpty else { return [] }
        return connectors[index].sample(at: now, context: context).meterValue(measurands).map { [$0] } ?? []
    }

    /// Ends whatever session there is, charging or not.
    mutating func endSession(_ index: Int, reason: Reason, outcome: SessionResult.Outcome) {
        if connectors[index].chargingSession != nil {
            stopCharging(index, reason: reason, outcome: outcome)
        } else {
            abandonSession(index, .cutShort, reason: reason.rawValue)
        }
    }

    mutating func stopCharging(_ index: Int, reason: Reason, outcome: SessionResult.Outcome) {
        guard let session = connectors[index].session, let charging = connectors[index].chargingSession else { return }
        let data = charging.transactionData + transactionData(index, context: .transactionEnd)
        let register = connectors[index].registerMillijoules + charging.charging.delivered
        let meterStop = register / millijoulesPerWattHour
        // −1 is what a stop says whose start was given up: the central system has no id for it.
        queue.append(
            QueuedCall(
                purpose: .stop(transaction: charging.transaction), action: "StopTransaction",
                payload: StopTransactionRequest(
                    transactionId: -1, meterStop: meterStop, timestamp: now, idTag: session.spec.idTag, reason: reason,
                    transactionData: data)))
        transactions[charging.transaction]?.result.outcome = outcome
        transactions[charging.transaction]?.result.meterStop = meterStop
        transactions[charging.transaction]?.result.reason = reason.rawValue
        emit(.sessionStopped(connectorId: index + 1, meterStop: meterStop, reason: reason))
        release(index)
        connectors[index].registerMillijoules = register
        // A TxProfile ends with its transaction, and the others share what it had of the charge point's limit.
        _ = profiles.clear(connectorId: Int64(index + 1), purpose: .tx)
        applyLimits()
    }

    /// Ends a session that never charged.
    mutating func abandonSession(_ index: Int, _ outcome: SessionResult.Outcome, reason: String) {
        guard let session = connectors[index].session else { return }
        emit(
            .sessionFinished(
                SessionResult(
                    connectorId: index + 1, idTag: session.spec.idTag, outcome: outcome, reason: reason)))
        release(index)
    }

    private mutating func release(_ index: Int) {
        let unplugsByItself = connectors[index].session?.unplugsByItself ?? false
        connectors[index].session = nil
        connectors[index].isFinishing = connectors[index].isPluggedIn
        if connectors[index].isPluggedIn, unplugsByItself {
            connectors[index].unplugAt = now.adding(milliseconds: options.finishingTime)
        }
        if let isOperative = connectors[index].scheduledOperative {
            connectors[index].isOperative = isOperative
            connectors[index].scheduledOperative = nil
        }
        reportStatus(index + 1)
    }

    mutating func unplug(_ index: Int) {
        endSession(index, reason: .evDisconnected, outcome: .cutShort)
        connectors[index].isPluggedIn = false
        connectors[index].isFinishing = false
        connectors[index].unplugAt = nil
        reportStatus(index + 1)
    }
}
