/// The registry: every action that this library knows.
public enum Actions {
    /// All of them, in the order of their profiles and names.
    public static let all: [ActionDefinition] = numbered([
        // Core
        .authorize, .bootNotification, .changeAvailability, .changeConfiguration, .clearCache, .dataTransfer,
        .getConfiguration, .heartbeat, .meterValues, .remoteStartTransaction, .remoteStopTransaction, .reset,
        .startTransaction, .statusNotification, .stopTransaction, .unlockConnector,
        // FirmwareManagement
        .diagnosticsStatusNotification, .firmwareStatusNotification, .getDiagnostics, .updateFirmware,
        // LocalAuthListManagement
        .getLocalListVersion, .sendLocalList,
        // Reservation
        .cancelReservation, .reserveNow,
        // SmartCharging
        .clearChargingProfile, .getCompositeSchedule, .setChargingProfile,
        // RemoteTrigger
        .triggerMessage,
        // Security
        .certificateSigned, .deleteCertificate, .extendedTriggerMessage, .getInstalledCertificateIds, .getLog,
        .installCertificate, .logStatusNotification, .securityEventNotification, .signCertificate,
        .signedFirmwareStatusNotification, .signedUpdateFirmware,
    ])

    private static func numbered(_ actions: [ActionDefinition]) -> [ActionDefinition] {
        actions.enumerated().map { index, action in
            var action = action
            action.index = index
            return action
        }
    }

    private static let byName: [String: ActionDefinition] = Dictionary(
        uniqueKeysWithValues: all.map { ($0.name, $0) })

    /// The action of exactly that name; names are case-sensitive (OCPP-J 1.6, section 4.2.1).
    public static func named(_ name: String) -> ActionDefinition? { byName[name] }
}
