import CentralSystemService
import OCPPKit

extension DojotSettings {
    /// Reads what `provision-dojot --output-map` wrote.
    init(file name: String) throws {
        let bytes = try InputFile(name).readAll()
        func failure(_ message: String) -> CommandFailure { CommandFailure(.configuration, "\(name): \(message)") }
        let root: JSONNode
        do {
            root = try JSONTree(parsing: bytes).root
        } catch {
            throw failure("\(error)")
        }
        guard let tenant = root["tenant"]?.text, let devices = root["devices"], devices.isObject else {
            throw failure(#"no "tenant" and "devices": write it with 'ocppctl provision-dojot --output-map'"#)
        }
        let mqtt = root["mqtt"]?.text ?? "127.0.0.1:1883"
        guard let address = ListenAddress(argument: mqtt) else { throw failure("\"mqtt\" is not ADDRESS:PORT: \(mqtt)") }
        self.init(
            mqttHost: address.host, mqttPort: Int(address.port), tenant: tenant,
            devices: Dictionary(
                devices.members.compactMap { key, value in key.text.flatMap { id in value.text.map { (id, $0) } } },
                uniquingKeysWith: { $1 }))
    }
}
