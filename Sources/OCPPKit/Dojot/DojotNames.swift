/// How a device of DOJOT is named on the MQTT broker.
public enum DojotMQTTVersion: String, Sendable, CaseIterable {
    /// DOJOT 0.4, and later ones with the Mosca broker.
    case v04 = "v0.4"
    /// DOJOT 0.5 to 0.8 with the VerneMQ broker.
    case v05 = "v0.5"

    /// `tenant:device`.
    public func identity(tenant: String, device: String) -> String { "\(tenant):\(device)" }

    /// Where the device's values go.
    public func attributesTopic(tenant: String, device: String) -> String {
        topic(tenant: tenant, device: device) + "/attrs"
    }

    /// Where what is asked of the device comes from.
    public func configurationTopic(tenant: String, device: String) -> String {
        topic(tenant: tenant, device: device) + "/config"
    }

    private func topic(tenant: String, device: String) -> String {
        switch self {
        case .v04: "/\(tenant)/\(device)"
        case .v05: "\(tenant):\(device)"
        }
    }

    /// Where every device's values go, for a broker whose rules allow it. In v0.5 a topic's first level holds tenant
    /// and device, so that other tenants' devices match, too: `device(ofAttributesTopic:tenant:)` tells them apart.
    public func everyAttributesTopic(tenant: String) -> String {
        switch self {
        case .v04: "/\(tenant)/+/attrs"
        case .v05: "+/attrs"
        }
    }

    /// The device whose values go to this topic; `nil` where it is another tenant's, or no such topic.
    public func device(ofAttributesTopic topic: String, tenant: String) -> String? {
        let start = self == .v04 ? "/\(tenant)/" : "\(tenant):"
        guard topic.hasPrefix(start), topic.hasSuffix("/attrs") else { return nil }
        let device = topic.dropFirst(start.count).dropLast("/attrs".count)
        return device.isEmpty || device.contains("/") ? nil : String(device)
    }

    /// Brokers of v0.4 know a device by its client id, so that it has one connection at most. Later ones go by the user
    /// name and take any client id.
    public func userName(tenant: String, device: String) -> String? {
        self == .v04 ? nil : identity(tenant: tenant, device: device)
    }
}
