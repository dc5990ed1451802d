// What is done about charge points whose clock is not set, or runs far ahead.
extension CentralSystem {
    /// The charge point's own time, or the arrival where it has none, its clock is not set (before 2010), or runs ahead
    /// of ours by more than a day.
    func plausible(_ time: Timestamp?) -> Timestamp {
        guard let time, time.isPlausible(at: now) else { return now }
        return time
    }

    /// Says where the arrival goes for a time, as it runs too far ahead of ours; the other reasons need no clock to see
    /// and are noted already.
    func noteTimesAhead(_ record: inout FrameRecord) {
        guard let payload = record.payload, !record.repairs.contains(Repair.arrivalForTime.rawValue) else { return }
        let now = now
        let isAhead =
            payload.tellsWrongTime(at: now)
            || payload["meterValue"]?.elements.contains { $0.tellsWrongTime(at: now) } == true
            || payload["transactionData"]?.elements.contains { $0.tellsWrongTime(at: now) } == true
        if isAhead { record.repairs.append(Repair.arrivalForTime.rawValue) }
    }
}

extension JSONNode {
    /// Whether its `timestamp` is of a clock that is not set, or runs too far ahead.
    fileprivate func tellsWrongTime(at now: Timestamp) -> Bool {
        guard let (time, _) = self["timestamp"]?.dateTime else { return false }
        return !time.isPlausible(at: now)
    }
}

extension Timestamp {
    /// Of a clock that is set and runs ahead of ours by less than a day.
    fileprivate func isPlausible(at now: Timestamp) -> Bool { !isOfUnsetClock && self - now < 86_400_000 }
}
