/// The configuration keys of a simulated charge point (OCPP 1.6, section 9), with what ChangeConfiguration may do.
struct ChargePointConfiguration: Sendable {
    enum Kind: Sendable {
        case boolean
        /// A whole number from 0.
        case integer
        /// Measurands, separated by commas; all of them must be known. Blanks around them are allowed.
        case measurands
        case text
        /// An AuthorizationKey: 32 to 40 hexadecimal digits, which nobody can read again.
        case secret
    }

    struct Key: Sendable {
        let name: String
        let kind: Kind
        var value: String
        var isReadOnly = false
        var needsReboot = false
    }

    private(set) var keys: [Key]

    init(connectorCount: Int) {
        func key(_ name: String, _ kind: Kind, _ value: String) -> Key { Key(name: name, kind: kind, value: value) }
        func fixed(_ name: String, _ kind: Kind, _ value: String) -> Key {
            Key(name: name, kind: kind, value: value, isReadOnly: true)
        }
        keys = [
            key("AllowOfflineTxForUnknownId", .boolean, "true"),
            fixed("AuthorizationCacheEnabled", .boolean, "false"),
            key("AuthorizationKey", .secret, ""),
            key("AuthorizeRemoteTxRequests", .boolean, "false"),
            fixed("CertificateStoreMaxLength", .integer, "10"),
            fixed("ChargeProfileMaxStackLevel", .integer, "10"),
            fixed("ChargingScheduleAllowedChargingRateUnit", .text, "Current,Power"),
            fixed("ChargingScheduleMaxPeriods", .integer, "100"),
            fixed("ClockAlignedDataInterval", .integer, "0"),
            key("ConnectionTimeOut", .integer, "60"),
            fixed("ConnectorPhaseRotation", .text, "NotApplicable"),
            fixed("GetConfigurationMaxKeys", .integer, "100"),
            key("HeartbeatInterval", .integer, "300"),
            key("LocalAuthListEnabled", .boolean, "true"),
            fixed("LocalAuthListMaxLength", .integer, "10000"),
            key("LocalAuthorizeOffline", .boolean, "true"),
            key("LocalPreAuthorize", .boolean, "false"),
            fixed("MaxChargingProfilesInstalled", .integer, "20"),
            fixed("MeterValuesAlignedData", .measurands, ""),
            key("MeterValuesSampledData", .measurands, MeterReading.measurands.map(\.rawValue).joined(separator: ",")),
            key("MeterValueSampleInterval", .integer, "60"),
            fixed("NumberOfConnectors", .integer, String(connectorCount)),
            fixed("ReserveConnectorZeroSupported", .boolean, "true"),
            fixed("ResetRetries", .integer, "0"),
            fixed("SendLocalListMaxLength", .integer, "500"),
            fixed("StopTransactionOnEVSideDisconnect", .boolean, "true"),
            key("StopTransactionOnInvalidId", .boolean, "true"),
            fixed("StopTxnAlignedData", .measurands, ""),
            key("StopTxnSampledData", .measurands, ""),
            fixed(
                "SupportedFeatureProfiles", .text,
                "Core,FirmwareManagement,LocalAuthListManagement,Reservation,SmartCharging,RemoteTrigger"),
            key("TransactionMessageAttempts", .integer, "3"),
            key("TransactionMessageRetryInterval", .integer, "60"),
            fixed("UnlockConnectorOnEVSideDisconnect", .boolean, "true"),
            Key(name: "WebSocketPingInterval", kind: .integer, value: "60", needsReboot: true),
        ]
    }

    /// Keys are compared without regard to case (CiString50).
    func key(named name: String) -> Key? { index(of: name).map { keys[$0] } }

    func isTrue(_ name: String) -> Bool { key(named: name)?.value.lowercased() == "true" }

    func integer(_ name: String) -> Int64 { Int64(key(named: name)?.value ?? "") ?? 0 }

    /// The names of measurands under a key.
    func measurands(_ name: String) -> [Measurand] {
        (ChargePointConfiguration.measurands(in: key(named: name)?.value ?? "") ?? [])
    }

    /// Sets a value as ChangeConfiguration does and returns the answer's status.
    mutating func change(_ name: String, to value: String) -> ConfigurationStatus {
        guard let index = index(of: name) else { return .notSupported }
        let key = keys[index]
        guard !key.isReadOnly, key.kind.allows(value) else { return .rejected }
        keys[index].value = value
        return key.needsReboot ? .rebootRequired : .accepted
    }

    /// `nil` where one of them is none that the meters show.
    fileprivate static func measurands(in list: String) -> [Measurand]? {
        let names = list.split(separator: ",").map { String(decoding: trimmed(String($0)), as: UTF8.self) }
        let measurands = names.compactMap(Measurand.init).filter(MeterReading.measurands.contains)
        return measurands.count == names.count ? measurands : nil
    }

    /// The AuthorizationKey that was set; `nil` before.
    var authorizationKey: String? { key(named: "AuthorizationKey").flatMap { $0.value.isEmpty ? nil : $0.value } }

    private func index(of name: String) -> Int? {
        let lowercase = name.lowercased()
        return keys.firstIndex { $0.name.lowercased() == lowercase }
    }
}

extension ChargePointConfiguration.Kind {
    fileprivate func allows(_ value: String) -> Bool {
        switch self {
        case .boolean: ["true", "false"].contains(value.lowercased())
        case .integer: Int32(value).map { $0 >= 0 } ?? false
        case .measurands:
            ChargePointConfiguration.measurands(in: value) != nil
        case .text: value.unicodeScalars.count <= 500
        case .secret:
            (32...40).contains(value.utf8.count) && value.utf8.count % 2 == 0
                && value.utf8.allSatisfy { hexadecimalValue($0) != nil }
        }
    }
}
