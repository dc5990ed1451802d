import ArgumentParser
import CentralSystemService
import OCPPKit

/// `--dojot FILE`, and what may be said in place of what stands in it.
struct DojotMapOption: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The map of charge points and devices that 'provision-dojot --output-map' wrote.", valueName: "file"),
        completion: .file())
    var dojot: String

    @Option(
        name: .customLong("mqtt-version"),
        help: ArgumentHelp(
            "How devices are named on the broker: v0.4 for DOJOT 0.4 and the Mosca broker (default: as the map says, "
                + "else v0.5).", valueName: "version"))
    var mqttVersion: DojotMQTTVersion?

    func settings() throws -> DojotSettings {
        var settings = try DojotMapFile(file: dojot).settings
        if let mqttVersion { settings.mqttVersion = mqttVersion }
        return settings
    }
}
