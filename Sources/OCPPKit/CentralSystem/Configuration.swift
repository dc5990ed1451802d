extension CentralSystem {
    /// How a central system behaves.
    public struct Configuration: Sendable {
        /// What a BootNotification is answered with.
        public var registration: RegistrationStatus = .accepted
        /// Seconds between heartbeats, or until the next try of a boot that was not accepted; 0 lets the charge point choose.
        public var heartbeatIntervalSeconds: Int64 = 300
        /// What a CALL before an accepted BootNotification gets: an answer, or the CALLERROR SecurityError.
        public var refusesBeforeBoot = false
        /// Answers what violates the specification with a CALLERROR, instead of reading on.
        public var isStrict = false
        /// Who may charge; `nil` lets every idTag.
        public var tags: TagList?
        /// Keeps raw frames.
        public var keepsFrames = true
        /// Tells values for a platform (`Effect.publish`).
        public var publishes = false

        public init() {}
    }
}

/// The authorisation list: idTags, compared without regard to case (OCPP 1.6, IdToken is a CiString20Type).
public struct TagList: Sendable {
    /// One idTag's standing.
    public struct Entry: Sendable, Equatable {
        public var status: AuthorizationStatus
        public var parentIdTag: String?
        public var expiryDate: Timestamp?

        public init(status: AuthorizationStatus = .accepted, parentIdTag: String? = nil, expiryDate: Timestamp? = nil) {
            self.status = status
            self.parentIdTag = parentIdTag
            self.expiryDate = expiryDate
        }
    }

    private var entries: [String: Entry] = [:]
    /// What an idTag that is not listed gets.
    public var unknown: AuthorizationStatus

    public init(unknown: AuthorizationStatus = .invalid) { self.unknown = unknown }

    public var count: Int { entries.count }

    public subscript(_ idTag: String) -> Entry? {
        get { entries[idTag.lowercased()] }
        set { entries[idTag.lowercased()] = newValue }
    }

    /// The standing at a time: a listed tag whose date has passed is Expired.
    public func standing(of idTag: String, at now: Timestamp) -> Entry {
        guard var entry = self[idTag] else { return Entry(status: unknown) }
        if entry.status == .accepted, let expiry = entry.expiryDate, expiry < now { entry.status = .expired }
        return entry
    }
}
