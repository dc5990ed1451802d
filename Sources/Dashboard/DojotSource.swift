public import DojotClient
import Glibc
public import OCPPKit
import Synchronization

/// DOJOT's history: read once, then asked again and again for what is new.
public final class DojotSource: DashboardSource {
    public let abilities = DashboardAbilities(name: "dojot", commands: false, frames: false)
    private let session: DojotSession
    /// Device ids by charge point.
    private let devices: [String: String]
    private let labels: AttributeLabels
    private let intervalSeconds: Int
    private let folded = Mutex<[Session]>([])

    /// - Parameter intervalSeconds: between the end of a round over all devices and the next one.
    public init(session: DojotSession, devices: [String: String], labels: AttributeLabels, intervalSeconds: Int) {
        self.session = session
        self.devices = devices
        self.labels = labels
        self.intervalSeconds = intervalSeconds
    }

    /// What is known of one device.
    private struct Device {
        let chargePointId: String
        let id: String
        var station: DojotStation
        var folder = DeviceMessages()
        /// The time of the last value that was read, and the attributes that have one then.
        var last: (time: Timestamp, attributes: Set<String>)?
    }

    public func start(isWatched: @escaping @Sendable () -> Bool, _ tell: @escaping @Sendable (SourceNews) -> Void) {
        Task { await follow(isWatched, tell) }
    }

    private func follow(_ isWatched: @Sendable () -> Bool, _ tell: @Sendable (SourceNews) -> Void) async {
        let history = DeviceHistory(session: session)
        var all = devices.sorted { $0.key < $1.key }.map {
            Device(chargePointId: $0.key, id: $0.value, station: DojotStation($0.key))
        }
        var version: Int64 = 0
        while !Task.isCancelled {
            do {
                for index in all.indices { try await refresh(&all[index], history) }
                version += 1
                show(all, version, tell)
                tell(.link(SourceLink(isLive: true)))
            } catch {
                tell(.link(SourceLink(isLive: false, message: "\(error)")))
            }
            var waited = 0
            while waited < (isWatched() ? intervalSeconds : max(intervalSeconds, 60)) {
                try? await Task.sleep(for: .seconds(1))
                waited += 1
            }
        }
    }

    private func refresh(_ device: inout Device, _ history: DeviceHistory) async throws(DojotFailure) {
        var values = try await history.values(of: device.id, since: device.last?.time)
        if let last = device.last {
            // The last moment is asked for again: what belongs to it may have been stored later.
            values.removeAll { $0.time < last.time || $0.time == last.time && last.attributes.contains($0.attribute) }
        }
        guard let time = values.last?.time else { return }
        let ofLast = Set(values.filter { $0.time == time }.map(\.attribute))
        let known = device.last.flatMap { $0.time == time ? $0.attributes : nil } ?? []
        device.last = (time, ofLast.union(known))
        for message in DeviceMessage.messages(values, of: device.chargePointId, labels) {
            device.station.take(message)
            _ = device.folder.take(message)
        }
    }

    private func show(_ all: [Device], _ version: Int64, _ tell: (SourceNews) -> Void) {
        // Each device counts its own sessions: here they are numbered anew, in the order of their times.
        let sessions = all.flatMap(\.folder.sessions).sorted {
            ($0.moment?.milliseconds ?? .min, $0.chargePointId ?? "", $0.number)
                < ($1.moment?.milliseconds ?? .min, $1.chargePointId ?? "", $1.number)
        }
        folded.withLock { $0 = sessions }
        var stations = all.map(\.station.station)
        for (index, device) in all.enumerated() {
            stations[index].transactions = device.folder.sessions.compactMap { Station.OpenTransaction($0) }
        }
        stations.sort { $0.chargePointId.utf8.lexicographicallyPrecedes($1.chargePointId.utf8) }
        let running = sessions.filter { Station.OpenTransaction($0) != nil }
        tell(.fleet(Fleet(stations: stations, running: running, sessionsVersion: version)))
    }

    // MARK: Questions

    public func sessionsNewestFirst(
        before number: Int64?, of chargePointId: String?, _ body: (Int64, Session) throws -> Bool
    ) throws {
        let all = folded.withLock { $0 }
        for (index, session) in all.enumerated().reversed() {
            guard Int64(index) < number ?? .max, chargePointId == nil || session.chargePointId == chargePointId else {
                continue
            }
            guard try body(Int64(index), session) else { return }
        }
    }

    public func sessions(_ body: (Session) throws -> Void) throws {
        for session in folded.withLock({ $0 }) { try body(session) }
    }

    public func recentFrames(
        of chargePointId: String, afterBlock block: Int64, limit: Int
    ) throws -> (frames: [StoredFrame], lastBlock: Int64) {
        throw SourceFailure("DOJOT keeps no frames")
    }

    public func send(_ request: CommandRequest) throws -> CommandOutcome {
        throw SourceFailure("commands go through a running server: start the dashboard without --dojot")
    }
}

/// A charge point as its device's attributes tell it.
struct DojotStation {
    private(set) var station: Station

    init(_ chargePointId: String) { station = Station(chargePointId: chargePointId) }

    mutating func take(_ message: DeviceMessage) {
        for (label, value) in message.values {
            if let attribute = StationAttribute(rawValue: label) {
                take(attribute, value, at: message.time)
            } else if label.hasPrefix("c"), let line = label.firstIndex(of: "_"),
                let number = Int64(label[..<line].dropFirst()), let text = value.text,
                let attribute = ConnectorAttribute(rawValue: String(label[line...].dropFirst()))
            {
                take(attribute, text, of: number, at: message.time)
            }
        }
    }

    private mutating func take(_ attribute: StationAttribute, _ value: JSONValue, at time: Timestamp) {
        if attribute == .online, case .boolean(let isOnline) = value {
            guard isOnline != station.isOnline || station.link == nil else { return }
            station.isOnline = isOnline
            if isOnline {
                station.link = StoredLink(chargePointId: station.chargePointId, peer: "", connected: time)
            } else {
                station.link?.disconnected = time
            }
            return
        }
        guard let text = value.text else { return }
        func boot(_ change: (inout StoredChargePoint) -> Void) {
            var boot =
                station.boot
                ?? StoredChargePoint(
                    chargePointId: station.chargePointId, vendor: nil, model: nil, serialNumber: nil,
                    firmwareVersion: nil, registration: "", lastBoot: time)
            boot.lastBoot = time
            change(&boot)
            station.boot = boot
        }
        switch attribute {
        case .vendor: boot { $0.vendor = text }
        case .model: boot { $0.model = text }
        case .serialNumber: boot { $0.serialNumber = text }
        case .firmwareVersion: boot { $0.firmwareVersion = text }
        // Connector 0 is the charge point itself.
        case .status: connector(0, at: time) { $0.status = text }
        case .errorCode: connector(0, at: time) { $0.errorCode = text }
        default: break
        }
    }

    private mutating func take(_ attribute: ConnectorAttribute, _ text: String, of number: Int64, at time: Timestamp) {
        switch attribute {
        case .status: connector(number, at: time) { $0.status = text }
        case .errorCode: connector(number, at: time) { $0.errorCode = text }
        default: break
        }
    }

    private mutating func connector(_ number: Int64, at time: Timestamp, _ change: (inout StoredConnector) -> Void) {
        let index = station.connectors.firstIndex { $0.connectorId >= number } ?? station.connectors.count
        if index == station.connectors.count || station.connectors[index].connectorId != number {
            station.connectors.insert(
                StoredConnector(
                    chargePointId: station.chargePointId, connectorId: number, status: "", errorCode: "NoError",
                    since: time), at: index)
        }
        let before = station.connectors[index].status
        change(&station.connectors[index])
        if station.connectors[index].status != before { station.connectors[index].since = time }
    }
}
