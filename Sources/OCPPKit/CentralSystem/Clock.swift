// What is done about charge points whose clock is not set, or runs far ahead.
extension CentralSystem {
    /// The charge point's own time, or the arrival where it has none, its clock is not set (before 2010), or runs ahead
    /// of ours by more than a day.
    func plausible(_ time: Timestamp?) -> Timestamp {
        guard let time, isPlausible(time) else { return now }
        return time
    }

    private func isPlausible(_ time: Timestamp) -> Bool { !time.isOfUnsetClock && time - now < 86_400_000 }

    /// Says where the arrival goes for a time, as it runs too far ahead of ours; the other reasons need no clock to see
    /// and are noted already.
    func noteTimesAhead(_ record: inout FrameRecord) {
        guard let payload = record.payload, !record.repairs.contains(Repair.arrivalForTime.rawValue) else { return }
        let isAhead =
            isAhead(payload) || payload["meterValue"]?.elements.contains(where: isAhead) == true
            || payload["transactionData"]?.elements.contains(where: isAhead) == true
        if isAhead { record.repairs.append(Repair.arrivalForTime.rawValue) }
    }

    /// Whether its `timestamp` runs too far ahead.
    private func isAhead(_ node: JSONNode) -> Bool {
        guard let text = node["timestamp"]?.text, let time = Timestamp.read(text)?.time else { return false }
        return !isPlausible(time)
    }
}
