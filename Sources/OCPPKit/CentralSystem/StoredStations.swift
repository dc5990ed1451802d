/// A charge point's last connection.
public struct StoredLink: Sendable, Equatable {
    public var chargePointId: String
    /// The other end's address.
    public var peer: String
    public var connected: Timestamp
    /// `nil` while it lasts; and where the server that had it was killed.
    public var disconnected: Timestamp?

    public init(chargePointId: String, peer: String, connected: Timestamp, disconnected: Timestamp? = nil) {
        self.chargePointId = chargePointId
        self.peer = peer
        self.connected = connected
        self.disconnected = disconnected
    }
}

/// The last word of a charge point on something that takes it a while; replaces the one before.
public struct StoredProgress: Sendable, Equatable {
    public enum Task: String, Sendable, CaseIterable {
        /// FirmwareStatusNotification.
        case firmware
        /// SignedFirmwareStatusNotification.
        case signedFirmware
        /// DiagnosticsStatusNotification.
        case diagnostics
        /// LogStatusNotification.
        case log
    }

    public var chargePointId: String
    public var task: Task
    /// As it was sent, for example `Downloading`, `Installed`, `UploadFailed`.
    public var status: String
    /// Of the request that it belongs to, where it says so.
    public var requestId: Int64?
    /// When it arrived.
    public var since: Timestamp

    public init(chargePointId: String, task: Task, status: String, requestId: Int64? = nil, since: Timestamp) {
        self.chargePointId = chargePointId
        self.task = task
        self.status = status
        self.requestId = requestId
        self.since = since
    }
}

/// A reservation that a charge point has accepted (ReserveNow, section 5.13).
public struct StoredReservation: Sendable, Equatable {
    public var chargePointId: String
    /// Unique at its charge point.
    public var reservationId: Int64
    /// 0 is any of them.
    public var connectorId: Int64
    public var idTag: String
    public var parentIdTag: String?
    /// From then on it does not count.
    public var expiryDate: Timestamp

    public init(
        chargePointId: String, reservationId: Int64, connectorId: Int64, idTag: String, parentIdTag: String? = nil,
        expiryDate: Timestamp
    ) {
        self.chargePointId = chargePointId
        self.reservationId = reservationId
        self.connectorId = connectorId
        self.idTag = idTag
        self.parentIdTag = parentIdTag
        self.expiryDate = expiryDate
    }
}

/// What a charge point's local list has become by a SendLocalList that it accepted, or a GetLocalListVersion that it
/// answered (sections 5.10 and 5.15).
public struct LocalListUpdate: Sendable, Equatable {
    public enum Content: Sendable, Equatable {
        /// These tags and no others.
        case full([Tag])
        /// The list before, with these changes.
        case differential([TagChange])
        /// As it was, if this is the version that the list has; else not known.
        case confirmed
        /// Not known: the charge point has another version than the one that was sent last.
        case unknown
    }

    public var chargePointId: String
    public var version: Int64
    public var content: Content
    public var time: Timestamp

    public init(chargePointId: String, version: Int64, content: Content, time: Timestamp) {
        self.chargePointId = chargePointId
        self.version = version
        self.content = content
        self.time = time
    }
}

/// The local list that a charge point is known to have.
public struct StoredLocalList: Sendable, Equatable {
    public var chargePointId: String
    public var version: Int64
    /// In the order of their idTags; `nil` where the content is not known, so that only a Full update is safe.
    public var tags: [Tag]?
    /// When the charge point said so.
    public var time: Timestamp

    public init(chargePointId: String, version: Int64, tags: [Tag]?, time: Timestamp) {
        self.chargePointId = chargePointId
        self.version = version
        self.tags = tags
        self.time = time
    }
}
