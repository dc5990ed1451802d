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

    private static let byName: [String: Int] = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0.index) })

    /// The place in `all` of the action whose name a node's text is; -1 where there is none. No text is made of it.
    static func index(named node: JSONNode) -> Int {
        unsafe node.withPlainText { unsafe SoundTables.all.action(named: $0) } ?? node.text.flatMap(index) ?? -1
    }

    /// The action of exactly that name; names are case-sensitive (OCPP-J 1.6, section 4.2.1).
    public static func named(_ name: String) -> ActionDefinition? { index(name).map { all[$0] } }

    /// Its place in `all`.
    static func index(_ name: String) -> Int? { byName[name] }
}
