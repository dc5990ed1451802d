extension CentralSystem {
    /// Answered once it is stored: a charge point that was accepted does not boot again because we were killed, and
    /// would be a stranger. Where it cannot be stored, it may charge all the same.
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
        let publications = outbox([
            Publication(chargePointId: call.chargePointId, timestamp: now, attributes: .boot(request))
        ])
        return .resultAfter(
            [.chargePoint(row)] + publications,
            BootNotificationResponse(
                status: registration, currentTime: now, interval: configuration.heartbeatIntervalSeconds
            ).payload, mayBeLost: true)
    }
}
