import CentralSystemService
import DojotClient
import OCPPKit

/// Publishes a marker for each device and reads it back from the history: an acknowledgement of the broker proves
/// nothing about what is stored.
struct RoundTripCheck {
    private let settings: DojotSettings
    private let history: DeviceHistory
    private let timeoutMilliseconds: Int64
    private let marker = String(UInt64.random(in: 0...UInt64.max), radix: 36)

    /// In no template, so that no chart shows it. DOJOT stores what no template has.
    static let attribute = "ocppctlCheck"

    init(_ settings: DojotSettings, session: DojotSession, timeoutMilliseconds: Int64) {
        self.settings = settings
        history = DeviceHistory(session: session)
        self.timeoutMilliseconds = timeoutMilliseconds
    }

    /// - Throws: where the broker does not take the markers, or DOJOT cannot be asked.
    func run(report: (ProvisionResult) -> Void) async throws {
        let devices = settings.devices.sorted { $0.key < $1.key }
        let publisher = try DevicePublisher(settings, timeoutMilliseconds: Int(timeoutMilliseconds))
        for (chargePointId, _) in devices {
            var attributes = DojotAttributes()
            attributes.set(Self.attribute, .string(marker))
            try publisher.publish(
                Publication(chargePointId: chargePointId, timestamp: Timestamp.now, attributes: attributes))
        }
        try publisher.finish()
        let deadline = Timestamp.now.adding(milliseconds: timeoutMilliseconds)
        for (chargePointId, device) in devices {
            let isThere = try await comesThrough(device, by: deadline)
            report(
                ProvisionResult(
                    kind: .verification, label: chargePointId, id: device, result: isThere ? .verified : .failed,
                    message: isThere
                        ? nil
                        : "published and acknowledged, but not in the history after \(timeoutMilliseconds / 1000) s: "
                            + "does the map's broker belong to this DOJOT, and do its persister and history run?"))
        }
    }

    private func comesThrough(_ device: String, by deadline: Timestamp) async throws -> Bool {
        while true {
            if try await history.newest(of: device, attribute: Self.attribute)?.value == .string(marker) { return true }
            guard Timestamp.now < deadline else { return false }
            try await Task.sleep(for: .milliseconds(100))
        }
    }
}
