// What is done about charge points whose clock is not set, or runs far ahead.
extension CentralSystem {
    /// The charge point's own time, or the arrival where it has none, its clock is not set (before 2010), or runs ahead
    /// of ours by more than a day.
    func plausible(_ time: Timestamp?) -> Timestamp {
        guard let time, isPlausible(time) else { return now }
        return time
    }

    private func isPlausible(_ time: Timestamp) -> Bool { !time.isOfUnsetClock && !time.isAhead(of: now) }

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
        guard let text = self["timestamp"]?.text, let time = Timestamp.read(text)?.time else { return false }
        return time.isOfUnsetClock || time.isAhead(of: now)
    }
}

extension Timestamp {
    /// By more than a day.
    fileprivate func isAhead(of now: Timestamp) -> Bool { self - now >= 86_400_000 }
}
