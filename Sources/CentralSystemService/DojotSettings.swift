public import MQTTTransport
public import OCPPKit

/// Where values are published: DOJOT's MQTT broker and the devices that stand for the charge points.
public struct DojotSettings: Sendable {
    public var mqttHost: String
    public var mqttPort: Int
    public var mqttVersion = DojotMQTTVersion.v05
    /// `nil` is plain TCP.
    public var tls: TLS?
    public var tenant: String
    /// Device id by charge point id.
    public var devices: [String: String]
    /// What the template calls our attributes.
    public var labels = AttributeLabels()

    /// Mutual TLS: files in PEM.
    public struct TLS: Sendable, Equatable {
        /// Of those who signed the broker's certificate.
        public var caFile: String
        /// Holds `<device id>.crt` and `<device id>.key` of each device.
        public var certificateFolder: String

        public init(caFile: String, certificateFolder: String) {
            self.caFile = caFile
            self.certificateFolder = certificateFolder
        }
    }

    public init(mqttHost: String, mqttPort: Int, tenant: String, devices: [String: String]) {
        self.mqttHost = mqttHost
        self.mqttPort = mqttPort
        self.tenant = tenant
        self.devices = devices
    }

    public var broker: MQTTBroker {
        MQTTBroker(host: mqttHost, port: mqttPort, tls: tls.map { MQTTBroker.TLS(caFile: $0.caFile) })
    }

    /// Where a device's values go.
    public func attributesTopic(_ device: String) -> String {
        mqttVersion.attributesTopic(tenant: tenant, device: device)
    }

    /// Where what is asked of a device comes from.
    public func configurationTopic(_ device: String) -> String {
        mqttVersion.configurationTopic(tenant: tenant, device: device)
    }

    /// A device's connection to the broker.
    ///
    /// - Parameters:
    ///   - id: the caller's own name for the connection.
    ///   - clientSuffix: tells connections of one device apart; without effect in v0.4, where each has but one.
    public func connection(_ device: String, id: String, clientSuffix: String = "") -> MQTTDevice {
        let identity = mqttVersion.identity(tenant: tenant, device: device)
        return MQTTDevice(
            id: id, clientID: mqttVersion == .v04 ? identity : identity + clientSuffix,
            username: mqttVersion.userName(tenant: tenant, device: device),
            certificate: tls.map {
                MQTTDevice.Certificate(
                    certificateFile: "\($0.certificateFolder)/\(device).crt",
                    keyFile: "\($0.certificateFolder)/\(device).key")
            })
    }
}
