extension Command {
    static let firmwareManagement: [String: Command] = [
        "GetDiagnostics": Command(reading: { $0.getDiagnostics(&$1) }),
        "UpdateFirmware": Command(reading: { $0.updateFirmware(&$1) }),
    ]
}

extension SimulatedChargePoint {
    fileprivate mutating func getDiagnostics(_ request: inout PayloadReader) -> JSONValue {
        let location = request.text("location")
        let patience = retryTime(&request)
        if SimulatedChargePoint.canReach(location) {
            begin(
                "DiagnosticsStatusNotification",
                steps([(1000, "Uploading", []), (3000 + patience, "Uploaded", ["UploadFailed"])]))
        } else {
            begin(
                "DiagnosticsStatusNotification",
                [(1000, .tell("Uploading")), (1000 + patience, .tell("UploadFailed"))])
        }
        return .object([("fileName", .string(logFileName("diagnostics")))])
    }

    fileprivate mutating func updateFirmware(_ request: inout PayloadReader) -> JSONValue {
        let location = request.text("location")
        let wait = max(0, (request.time("retrieveDate") ?? now) - now)
        let patience = retryTime(&request)
        let notification = "FirmwareStatusNotification"
        guard SimulatedChargePoint.canReach(location) else {
            begin(notification, [(wait, .tell("Downloading")), (1000 + patience, .tell("DownloadFailed"))])
            return .object([])
        }
        var plan = steps([
            (wait, "Downloading", []), (3000 + patience, "Downloaded", ["DownloadFailed"]),
            (1000, "Installing", []), (3000, "Installed", ["InstallationFailed"]),
        ])
        installOrFail(&plan, location: location ?? "")
        begin(notification, plan)
        return .object([])
    }

    /// An installation waits until no session runs, and what was installed runs after a restart.
    mutating func installOrFail(_ plan: inout [(delay: Int64, step: LongWork.Step)], location: String) {
        if let index = plan.firstIndex(where: { if case .tell("Installing") = $0.step { true } else { false } }) {
            plan[index].step = .tellWhenIdle("Installing")
        }
        guard case .tell("Installed")? = plan.last?.step else { return }
        plan.insert(
            (2000, .reboot(firmwareVersion: SimulatedChargePoint.version(ofFile: location))), at: plan.count - 1)
        plan[plan.count - 1].delay = 500
    }

    /// The name of a firmware file is its version: `ftp://example.com/T54-5.4.0.bin` is `T54-5.4.0`.
    private static func version(ofFile location: String) -> String {
        let path = location.split { $0 == "?" || $0 == "#" }.first ?? ""
        var name = path.split(separator: "/").last.map(String.init) ?? "firmware"
        if let dot = name.lastIndex(of: "."), name[dot...].dropFirst().allSatisfy(\.isLetter) {
            name = String(name[..<dot])
        }
        return String(String.UnicodeScalarView(name.unicodeScalars.prefix(50)))
    }

    /// How long the tries take that fail, in milliseconds.
    func retryTime(_ request: inout PayloadReader) -> Int64 {
        let retries = min(max(request.integer("retries") ?? 0, 0), 100)
        let interval = min(max(request.integer("retryInterval") ?? 0, 0), 86_400)
        return options.failures.isEmpty ? 0 : retries * interval * 1000
    }

    /// `diagnostics-20260301T080000.log`.
    func logFileName(_ kind: String) -> String {
        let time = String(now.description.prefix(19)).filter { $0 != "-" && $0 != ":" }
        return "\(kind)-\(time).log"
    }
}
