import CentralSystemService
import DojotClient
import OCPPKit

/// Which device of DOJOT stands for which charge point, and where they publish: written by `provision-dojot
/// --output-map`, read by `serve --dojot`.
struct DojotMapFile {
    var mqtt: ListenAddress
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
    }

    /// Replaces the file, whole or not at all. It is for people, too: a line for each charge point, in order.
    func write(to file: String) throws {
        func quoted(_ text: String) -> String { String(decoding: JSONValue.string(text).bytes, as: UTF8.self) }
        let rows = devices.devices.sorted { $0.key < $1.key }.map { "    \(quoted($0.key)): \(quoted($0.value))" }
        let text = """
            {
              "tenant": \(quoted(devices.tenant)),
              "mqtt": \(quoted("\(mqtt)")),
              "devices": {
            \(rows.joined(separator: ",\n"))
              }
            }

            """
        try AtomicFile.replace(file, with: Array(text.utf8))
    }

    /// What `serve` needs of it.
    var settings: DojotSettings {
        DojotSettings(
            mqttHost: mqtt.host, mqttPort: Int(mqtt.port), tenant: devices.tenant, devices: devices.devices)
    }
}
