public import ArgumentParser
import CentralSystemService
import DojotClient
public import OCPPKit

/// Which device of DOJOT stands for which charge point, and where they publish: written by `provision-dojot
/// --output-map`, read by `serve --dojot`.
struct DojotMapFile {
    var mqtt: ListenAddress
    var mqttVersion = DojotMQTTVersion.v05
    var tls: DojotSettings.TLS?
    var labels = AttributeLabels()
    var devices: DeviceMap

    init(mqtt: ListenAddress, devices: DeviceMap) {
        self.mqtt = mqtt
        self.devices = devices
    }

    /// - Throws: `CommandFailure`: status 66 where the file cannot be read, 78 where it is no map.
    init(file name: String) throws {
        let bytes = try InputFile(name).readAll()
        func failure(_ message: String) -> CommandFailure { CommandFailure(.configuration, "\(name): \(message)") }
        guard let devices = DeviceMap(parsing: bytes), let root = try? JSONTree(parsing: bytes).root else {
            throw failure(#"no "tenant" and "devices": write it with 'ocppctl provision-dojot --output-map'"#)
        }
        let mqtt = root["mqtt"]?.text ?? "127.0.0.1:1883"
        guard let address = ListenAddress(argument: mqtt) else {
            throw failure("\"mqtt\" is not ADDRESS:PORT: \(mqtt)")
        }
        self.init(mqtt: address, devices: devices)
        if let version = root["mqttVersion"] {
            guard let known = version.text.flatMap(DojotMQTTVersion.init(rawValue:)) else {
                throw failure("\"mqttVersion\" is not v0.4 or v0.5: \(String(decoding: version.raw, as: UTF8.self))")
            }
            mqttVersion = known
        }
        if let node = root["tls"] {
            guard let ca = node["ca"]?.text, let certificates = node["certificates"]?.text else {
                throw failure(#""tls" needs "ca" and "certificates": a file and a folder"#)
            }
            tls = DojotSettings.TLS(
                caFile: Self.path(ca, besides: name), certificateFolder: Self.path(certificates, besides: name))
        }
        if let attributes = root["attributes"] {
            do {
                labels = try AttributeLabels(attributes)
            } catch {
                throw failure("\"attributes\": \(error.text)")
            }
        }
    }

    /// Relative names are relative to the map, so that it can be read from anywhere.
    private static func path(_ path: String, besides file: String) -> String {
        guard !path.hasPrefix("/"), let slash = file.lastIndex(of: "/") else { return path }
        return file[...slash] + path
    }

    /// Replaces the file, whole or not at all. It is for people, too: a line for each charge point, in order.
    func write(to file: String) throws {
        func quoted(_ text: String) -> String { String(decoding: JSONValue.string(text).bytes, as: UTF8.self) }
        var members = ["\"tenant\": \(quoted(devices.tenant))", "\"mqtt\": \(quoted("\(mqtt)"))"]
        if mqttVersion != .v05 { members.append("\"mqttVersion\": \(quoted(mqttVersion.rawValue))") }
        if let tls {
            members.append(
                "\"tls\": {\"ca\": \(quoted(tls.caFile)), \"certificates\": \(quoted(tls.certificateFolder))}")
        }
        if !labels.isEmpty {
            let rows = labels.entries.map { "    \(quoted($0.label)): \($0.name.map(quoted) ?? "null")" }
            members.append("\"attributes\": {\n\(rows.joined(separator: ",\n"))\n  }")
        }
        let rows = devices.devices.sorted { $0.key < $1.key }.map { "    \(quoted($0.key)): \(quoted($0.value))" }
        members.append("\"devices\": {\n\(rows.joined(separator: ",\n"))\n  }")
        let text = "{\n" + members.map { "  " + $0 }.joined(separator: ",\n") + "\n}\n"
        try AtomicFile.replace(file, with: Array(text.utf8))
    }

    /// What `serve` needs of it.
    var settings: DojotSettings {
        var settings = DojotSettings(
            mqttHost: mqtt.host, mqttPort: Int(mqtt.port), tenant: devices.tenant, devices: devices.devices)
        settings.mqttVersion = mqttVersion
        settings.tls = tls
        settings.labels = labels
        return settings
    }
}

extension DojotMQTTVersion: ExpressibleByArgument {}
