public import OCPPKit

extension StoreReader {
    /// Every charge point that the store knows anything of, none of them online, in the order of the bytes of their
    /// ids. Reservations that have expired by `now` are left out.
    ///
    /// - Parameter openSessions: where the caller has read them already.
    public func stations(at now: Timestamp, openSessions: [Session]? = nil) throws -> [Station] {
        var stations: [String: Station] = [:]
        func change(_ id: String, _ body: (inout Station) -> Void) {
            body(&stations[id, default: Station(chargePointId: id)])
        }
        for row in try chargePoints() { change(row.chargePointId) { $0.boot = row } }
        for row in try connectors() { change(row.chargePointId) { $0.connectors.append(row) } }
        for row in try links() { change(row.chargePointId) { $0.link = row } }
        for row in try progress() { change(row.chargePointId) { $0.progress.append(row) } }
        for row in try reservations() where row.expiryDate > now {
            change(row.chargePointId) { $0.reservations.append(row) }
        }
        let sessions =
            try openSessions
            ?? restoredState(sessionsPerChargePoint: 0).sessions.compactMap { row in
                (try? JSONTree(parsing: row.state).root).flatMap { Session(state: $0) }
            }
        for session in sessions {
            guard let id = session.chargePointId, let transaction = Station.OpenTransaction(session) else { continue }
            change(id) { $0.transactions.append(transaction) }
        }
        return stations.values.sorted { $0.chargePointId.utf8.lexicographicallyPrecedes($1.chargePointId.utf8) }
    }
}
