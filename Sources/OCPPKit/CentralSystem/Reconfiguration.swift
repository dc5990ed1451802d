extension CentralSystem {
    /// Goes on with other rules, from the next message on.
    ///
    /// - Parameter new: taken are what a BootNotification is answered with, what comes before it, the tags and what
    ///   unknown and busy ones get, the case of actions, and quirks. All else is for a start.
    public mutating func reconfigure(_ new: Configuration) {
        configuration.registration = new.registration
        configuration.heartbeatIntervalSeconds = new.heartbeatIntervalSeconds
        configuration.refusesBeforeBoot = new.refusesBeforeBoot
        configuration.tags = new.tags
        configuration.unknownTags = new.unknownTags
        configuration.allowsConcurrentTransactions = new.allowsConcurrentTransactions
        configuration.readsActionsInAnyCase = new.readsActionsInAnyCase
        configuration.quirks = new.quirks
        quirks = new.quirks
        for (id, chargePoint) in zip(chargePoints.keys, chargePoints.values) {
            guard let boot = chargePoint.boot else { continue }
            quirks?.learn(id, vendor: boot.vendor, model: boot.model, firmware: boot.firmwareVersion)
        }
    }
}
