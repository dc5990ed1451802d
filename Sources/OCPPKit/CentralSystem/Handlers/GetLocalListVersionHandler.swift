extension CentralSystem {
    /// The version that the charge point says it has (section 5.10): 0 is an empty list, -1 none at all. The store keeps
    /// what it knows of a list of that version, and forgets it for any other.
    mutating func followGetLocalListVersion(_ command: AnsweredCommand) {
        guard let version = command.response?["listVersion"]?.integer else { return }
        update(
            LocalListUpdate(
                chargePointId: command.chargePointId, version: version,
                content: version <= 0 ? .full([]) : .confirmed, time: now))
    }
}
