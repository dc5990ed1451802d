// What the charge point says by itself.
extension SimulatedChargePoint {
    mutating func connected() {
        isConnected = true
        reportStatuses()
    }

    mutating func disconnected() {
        isConnected = false
        for call in queue.disconnect() { dropped(call) }
    }

    /// A CALL that will find no answer, as the connection is gone.
    private mutating func dropped(_ call: QueuedCall) {
        switch call.purpose {
        case .boot: bootAt = now
        case .status(0): reported = nil
        case .status(let connectorId): connectors[connectorId - 1].reported = nil
        case .authorize(let connectorId): authorizeOffline(connectorId - 1)
        case .report(let notification, let status): retell(notification, status)
        case .ordered: emit(.breach("\(call.action) was not answered: the connection ended"))
        case .heartbeat, .sample, .start, .meterValues, .stop, .notice: break
        }
    }

    mutating func sendBoot() {
        guard !queue.contains(.boot) else { return }
        let model = options.model
        let request = BootNotificationRequest(
            chargePointVendor: model.vendor, chargePointModel: model.model, chargePointSerialNumber: model.serialNumber,
            firmwareVersion: firmwareVersion, meterType: model.meterType)
        queue.append(
            QueuedCall(
                purpose: .boot, action: "BootNotification", payload: request, goesBeforeAcceptance: true))
    }

    mutating func sendHeartbeat(isTriggered: Bool = false) {
        guard !queue.contains(.heartbeat) else { return }
        queue.append(
            QueuedCall(
                purpose: .heartbeat, action: "Heartbeat", payload: HeartbeatRequest(), goesBeforeAcceptance: isTriggered
            ))
    }

    /// Tells what has changed since the central system was last told.
    mutating func reportStatuses() {
        for connectorId in 0...connectors.count { reportStatus(connectorId) }
    }

    /// - Parameter isTriggered: says it though nothing has changed.
    mutating func reportStatus(_ connectorId: Int, isTriggered: Bool = false) {
        guard isConnected, registration == .accepted || isTriggered else { return }
        let connector = connectorId == 0 ? nil : connectors[connectorId - 1]
        let status = connector?.status ?? (isOperative ? .available : .unavailable)
        let errorCode = connector?.fault ?? .noError
        let told = connectorId == 0 ? reported : connector?.reported
        let isNew = told?.status != status || told?.errorCode != errorCode
        guard isNew || isTriggered else { return }
        if connectorId == 0 {
            reported = (status, errorCode)
        } else {
            connectors[connectorId - 1].reported = (status, errorCode)
        }
        if isNew { emit(.status(connectorId: connectorId, status: status)) }
        let request = StatusNotificationRequest(
            connectorId: Int64(connectorId), status: status, errorCode: errorCode, timestamp: now)
        queue.append(
            QueuedCall(
                purpose: .status(connectorId: connectorId), action: "StatusNotification", payload: request,
                goesBeforeAcceptance: isTriggered))
    }

    /// A sample outside of the usual rhythm, as TriggerMessage asks for it.
    mutating func sendTriggeredSample(_ index: Int) {
        let measurands = configuration.measurands("MeterValuesSampledData")
        let sample = connectors[index].sample(at: now, context: .trigger)
        guard let value = sample.meterValue(measurands) else { return }
        let transaction = connectors[index].chargingSession?.transaction
        queue.append(
            QueuedCall(
                purpose: transaction.map { .meterValues(transaction: $0) } ?? .sample, action: "MeterValues",
                payload: MeterValuesRequest(connectorId: Int64(index + 1), meterValues: [value]),
                goesBeforeAcceptance: true))
    }

    /// The payload as it goes now, with the transaction's id, which was perhaps not known when the message was made.
    func payload(of call: QueuedCall) -> any Payload {
        guard let number = call.purpose.transaction, case .known(let id) = transactions[number]?.identity else {
            return call.payload
        }
        switch call.payload {
        case var request as MeterValuesRequest:
            request.transactionId = id
            return request
        case var request as StopTransactionRequest:
            request.transactionId = id
            return request
        default: return call.payload
        }
    }
}
