import OCPPKit

/// Which device of DOJOT stands for which charge point: written by `provision-dojot`, read by `serve`.
public struct DeviceMap: Sendable, Equatable {
    /// Of the user who provisioned; MQTT names begin with it.
    public var tenant: String
    /// Charge point id to device id.
    public var devices: [String: String]

    public init(tenant: String, devices: [String: String] = [:]) {
        self.tenant = tenant
        self.devices = devices
    }

    /// Reads `{"tenant":"admin","devices":{"CP001":"ffd6c7"}}`; `nil` where it is something else.
    public init?(parsing bytes: [UInt8]) {
        guard let root = try? JSONTree(parsing: bytes).root, let tenant = root["tenant"]?.text,
            let devices = root["devices"], devices.isObject
        else { return nil }
        self.init(tenant: tenant)
        for (chargePoint, device) in devices.members {
            guard let chargePointID = chargePoint.text, let deviceID = device.text else { return nil }
            self.devices[chargePointID] = deviceID
        }
    }

    /// The map as JSON text with a line end, charge points in order.
    public var bytes: [UInt8] {
        let members = devices.sorted { $0.key < $1.key }.map { (name: $0.key, value: JSONValue.string($0.value)) }
        return JSONValue.object([("tenant", .string(tenant)), ("devices", .object(members))]).bytes
            + [UInt8(ascii: "\n")]
    }

    public init(readingFile path: String) throws(DojotFailure) {
        guard let map = DeviceMap(parsing: try PrivateFile.read(path)) else {
            throw .file(path: path, reason: "not a device map: it needs \"tenant\" and \"devices\", ids as text")
        }
        self = map
    }

    /// Replaces the file as a whole, or leaves it as it is.
    public func write(toFile path: String) throws(DojotFailure) {
        try PrivateFile.replace(path, with: bytes, mode: 0o644)
    }
}
