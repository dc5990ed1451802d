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
        /// Who may charge, beside the tags of the store, which go before these; `nil` where there is no such list.
        public var tags: TagList?
        /// What an idTag that is on no list gets; `nil`: Accepted where there is no list at all, else Invalid.
        public var unknownTags: AuthorizationStatus?
        /// Whether an idTag of the list may be in several transactions at once; else the later ones get ConcurrentTx.
        public var allowsConcurrentTransactions = false
        /// Takes `heartBeat` for Heartbeat (`actionOtherCase`); the specification tells the case apart.
        public var readsActionsInAnyCase = false
        /// How long a connection has to answer a ping when another one of its charge point has come.
        public var probeMilliseconds: Int64 = 5_000
        /// Levels of arrays and objects in a message; deeper ones are no frames.
        public var maximumDepth = JSONTree.defaultMaximumDepth
        /// Charge points prove themselves with keys that are kept: `Effect.keepKey` is carried out.
        public var keepsKeys = false
        /// Takes SignCertificate in: `Effect.sign` is carried out.
        public var signsCertificates = false
        /// How the frames of some charge points are to be read.
        public var quirks: Quirks?
        /// Keeps raw frames.
        public var keepsFrames = true
        /// The charge points whose values go into the outbox, for a platform; `nil` where there is no platform.
        public var publishedChargePoints: Set<String>?
        /// What the platform's template calls our attributes.
        public var attributeLabels = AttributeLabels()
        /// The platform gets hashes of idTags.
        public var hashesTags = false

        public init() {}
    }
}
