public import OCPPKit

/// What `serve` is told: one value a flag.
public struct ServiceSettings: Sendable {
    /// A numeric address.
    public var host = "127.0.0.1"
    /// 0 takes a free one.
    public var port: UInt16 = 9000
    /// What stands before the charge point's identity in the URL.
    public var path = "/ocpp"
    /// Where metrics and health are told; `nil` for nowhere. A numeric address.
    public var http: (host: String, port: UInt16)?
    public var storePath: String
    public var controlPath: String
    public var centralSystem = CentralSystem.Configuration()
    /// Refuses charge points that never booted here and are in no device map.
    public var acceptsOnlyKnown = false
    public var maximumFrameBytes = 1 << 20
    public var pingIntervalMilliseconds = 30_000
    /// Raw frames older than this are removed.
    public var keepFramesMilliseconds: Int64 = 30 * 86_400_000
    /// Publications that a broker acknowledged longer ago are removed.
    public var keepOutboxMilliseconds: Int64 = 7 * 86_400_000
    /// What should stay free on the store's file system; 0 for no care.
    public var minimumFreeBytes = 100 << 20
    public var records = RecordSelection.all
    public var dojot: DojotSettings?
    public var security = SecuritySettings()
    /// Who is told that the server is ready and alive.
    public var notifier: ServiceNotifier?

    public init(storePath: String, controlPath: String) {
        self.storePath = storePath
        self.controlPath = controlPath
    }
}

/// Which records go to standard output.
public enum RecordSelection: String, Sendable, CaseIterable {
    case all, frames, sessions, connections, none

    var includesFrames: Bool { self == .all || self == .frames }

    func includes(_ record: Record) -> Bool {
        switch (self, record) {
        case (.all, _): true
        case (.frames, .frame), (.frames, .error): true
        case (.sessions, .session): true
        case (.connections, .connection): true
        default: false
        }
    }
}
