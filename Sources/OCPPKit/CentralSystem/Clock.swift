// What is done about charge points whose clock is not set, or runs far ahead.
extension CentralSystem {
    /// The charge point's own time, or the arrival where it has none, its clock is not set (before 2010), or runs ahead
    /// of ours by more than a day.
    func plausible(_ time: Timestamp?) -> Timestamp {
        guard let time, isPlausible(time) else { return now }
        return time
    }

    private func isPlausible(_ time: Timestamp) -> Bool {
        time >= Session.clockNotSetBefore && time - now < 86_400_000
    }

    /// The names of what is overlooked in the times of a CALL: those of `Timestamp.Repair`, and `arrivalForTime` where
    /// the arrival goes for a time that cannot be true.
    func timeRepairs(_ payload: JSONNode?) -> [String] {
        guard let payload else { return [] }
        var repairs: [String] = []
        func look(at node: JSONNode) {
            guard let text = node["timestamp"]?.text else { return }
            let reading = Timestamp.read(text)
            let names = (reading?.repairs ?? []).map(\.rawValue)
            let isFalse = reading.map { !isPlausible($0.time) } ?? true
            for name in names + (isFalse ? ["arrivalForTime"] : []) where !repairs.contains(name) {
                repairs.append(name)
            }
        }
        look(at: payload)
        for element in payload["meterValue"].map({ Array($0.elements) }) ?? [] { look(at: element) }
        for element in payload["transactionData"].map({ Array($0.elements) }) ?? [] { look(at: element) }
        return repairs
    }
}
