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
        case .heartbeat, .sample, .start, .meterValues, .stop: break
        }
    }

    mutating func sendBoot() {
        guard !queue.contains(.boot) else { return }
        let model = options.model
        let payload: [(String, JSONValue)] = [
            ("chargePointVendor", .string(model.vendor)), ("chargePointModel", .string(model.model)),
            ("chargePointSerialNumber", .string(model.serialNumber)),
            ("firmwareVersion", .string(model.firmwareVersion)), ("meterType", .string(model.meterType)),
        ]
        queue.append(QueuedCall(
            purpose: .boot, action: "BootNotification", payload: payload.object, goesBeforeAcceptance: true))
    }

    mutating func sendHeartbeat(isTriggered: Bool = false) {
        guard !queue.contains(.heartbeat) else { return }
        queue.append(QueuedCall(
            purpose: .heartbeat, action: "Heartbeat", payload: .object([]), goesBeforeAcceptance: isTriggered))
    }

    /// Tells what has changed since the central system was last told.
    mutating func reportStatuses() {
        for connectorId in 0...connectors.count { reportStatus(connectorId) }
    }

    /// - Parameter isTriggered: says it though nothing has changed.
    mutating func reportStatus(_ connectorId: Int, isTriggered: Bool = false) {
        guard isConnected, registration == .accepted || isTriggered else { return }
        let connector = connectorId == 0 ? nil : connectors[connectorId - 1]
        let status = connector?.status ?? (isOperative ? "Available" : "Unavailable")
        let errorCode = connector?.fault ?? "NoError"
        let told = connectorId == 0 ? reported : connector?.reported
        let isNew = told?.status != status || told?.errorCode != errorCode
        guard isNew || isTriggered else { return }
        if connectorId == 0 { reported = (status, errorCode) } else { connectors[connectorId - 1].reported = (status, errorCode) }
        if isNew { emit(.status(connectorId: connectorId, status: status)) }
        let payload: [(String, JSONValue)] = [
            ("connectorId", .integer(connectorId)), ("errorCode", .string(errorCode)), ("status", .string(status)),
            ("timestamp", .string(now.description)),
        ]
        queue.append(QueuedCall(
            purpose: .status(connectorId: connectorId), action: "StatusNotification", payload: payload.object,
            goesBeforeAcceptance: isTriggered))
    }

    /// A sample outside of the usual rhythm, as TriggerMessage asks for it.
    mutating func sendTriggeredSample(_ index: Int) {
        let measurands = configuration.measurands("MeterValuesSampledData")
        let sample = connectors[index].sample(at: now, context: "Trigger")
        guard let value = sample.meterValue(measurands) else { return }
        let payload: [(String, JSONValue)] = [("connectorId", .integer(index + 1)), ("meterValue", .array([value]))]
        let transaction = connectors[index].chargingSession?.transaction
        queue.append(QueuedCall(
            purpose: transaction.map { .meterValues(transaction: $0) } ?? .sample, action: "MeterValues",
            payload: payload.object, goesBeforeAcceptance: true))
    }

    /// The payload as it goes now, with the transaction's id where it has one.
    func payload(of call: QueuedCall) -> JSONValue {
        var payload = call.payload
        switch (call.purpose, call.purpose.transaction.flatMap { transactions[$0]?.identity }) {
        case (.meterValues, .known(let id)), (.stop, .known(let id)): payload["transactionId"] = .integer(id)
        // The start was given up: −1 says that the central system has no id for it (errata 4.0, section 3.19).
        case (.stop, _): payload["transactionId"] = .integer(-1)
        default: break
        }
        return payload
    }
}
