extension CentralSystem {
    mutating func bootNotification(_ call: InboundCall) -> Answer {
        let request = BootNotificationRequest(call.payload)
        let registration = configuration.registration
        let row = StoredChargePoint(
            chargePointId: call.chargePointId, vendor: request.chargePointVendor, model: request.chargePointModel,
            serialNumber: request.chargePointSerialNumber ?? request.chargeBoxSerialNumber,
            firmwareVersion: request.firmwareVersion, registration: registration.rawValue, lastBoot: now)
        chargePoints[call.chargePointId]?.boot = row
        chargePoints[call.chargePointId]?.triggered = []
        folder.beginBoot(of: call.chargePointId)
        effects.append(.store(StoreRequest(ticket: 0, operations: [.chargePoint(row)])))
        publish(call.chargePointId, DojotAttributes.boot(request))
        return .result(
            BootNotificationResponse(
                status: registration, currentTime: now, interval: configuration.heartbeatIntervalSeconds
            ).payload)
    }
}
