extension Command {
    static let remoteTrigger: [String: Command] = [
        "TriggerMessage": Command(reading: { $0.trigger(&$1, Trigger.ofTriggerMessage) })
    ]

    static let extendedTrigger = Command(reading: { $0.trigger(&$1, Trigger.ofExtendedTriggerMessage) })
}

/// A message that can be asked for.
struct Trigger: Sendable {
    /// Sends it; the connector is `nil` where all are meant.
    let send: @Sendable (inout SimulatedChargePoint, _ connectorId: Int64?) -> Void

    private static let common: [String: Trigger] = [
        "BootNotification": Trigger { chargePoint, _ in chargePoint.sendBoot() },
        "Heartbeat": Trigger { chargePoint, _ in chargePoint.sendHeartbeat(isTriggered: true) },
        "MeterValues": Trigger { chargePoint, connectorId in
            for index in chargePoint.connectors.indices where connectorId == nil || Int64(index + 1) == connectorId {
                chargePoint.sendTriggeredSample(index)
            }
        },
        "StatusNotification": Trigger { chargePoint, connectorId in
            for id in chargePoint.connectorIds where connectorId == nil || id == connectorId {
                chargePoint.reportStatus(Int(id), isTriggered: true)
            }
        },
    ]

    /// TriggerMessage (section 5.17).
    static let ofTriggerMessage = common.merging([
        "DiagnosticsStatusNotification": work("DiagnosticsStatusNotification"),
        "FirmwareStatusNotification": work("FirmwareStatusNotification"),
    ]) { first, _ in first }

    /// ExtendedTriggerMessage, whose firmware status is the one of signed updates.
    static let ofExtendedTriggerMessage = common.merging([
        "FirmwareStatusNotification": work("SignedFirmwareStatusNotification"),
        "LogStatusNotification": work("LogStatusNotification"),
        "SignChargePointCertificate": Trigger { chargePoint, _ in chargePoint.sendSignCertificate() },
    ]) { first, _ in first }

    private static func work(_ notification: String) -> Trigger {
        Trigger { chargePoint, _ in chargePoint.tellStatus(of: notification) }
    }
}

extension SimulatedChargePoint {
    fileprivate mutating func trigger(_ request: inout PayloadReader, _ triggers: [String: Trigger]) -> JSONValue {
        let asked = request.integer("connectorId")
        guard asked.map(connectorIds.contains) ?? true else { return .status("Rejected") }
        guard let trigger = triggers[request.text("requestedMessage") ?? ""] else { return .status("NotImplemented") }
        trigger.send(&self, asked)
        return .status("Accepted")
    }
}
