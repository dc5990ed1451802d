/// A connection that came while another one of the same charge point seemed to be open. It waits for a sign of life of
/// the older one, and what it sends waits with it.
struct Challenger: Sendable {
    let connection: ConnectionID
    let peer: String
    let subprotocol: String?
    var messages: [[UInt8]] = []
    var bytes = 0

    /// A charge point waits for an answer before it sends the next CALL: so much is far more than it needs.
    static let maximumMessages = 64
    static let maximumBytes = 1 << 20
}

// Who speaks for a charge point. Where nobody proves who it is, a live connection is never displaced: the newer one
// waits until the older one has answered a ping, and is closed, or has not, and takes its place.
extension CentralSystem {
    mutating func connected(_ connection: ConnectionID, _ id: String, _ peer: String, _ subprotocol: String?) {
        let challenger = Challenger(connection: connection, peer: peer, subprotocol: subprotocol)
        guard let old = chargePoints[id]?.connection else { return take(challenger, for: id) }
        // Of several that wait, the newest is the likeliest to be alive.
        refuseChallenger(of: id, reason: "a newer connection took its place")
        challengers[connection] = id
        chargePoints[id]?.challenger = challenger
        guard chargePoints[id]?.probeDeadline == nil else { return }
        let deadline = now.adding(milliseconds: configuration.probeMilliseconds)
        chargePoints[id]?.probeDeadline = deadline
        probed.insert(id)
        effects.append(.probe(old))
        effects.append(.wake(at: deadline))
    }

    /// Makes a connection the charge point's own.
    private mutating func take(_ challenger: Challenger, for id: String) {
        let link = StoredLink(chargePointId: id, peer: challenger.peer, connected: now)
        owners[challenger.connection] = know(id) {
            $0.connection = challenger.connection
            $0.link = link
        }
        effects.append(.store(StoreRequest(ticket: 0, operations: [.link(link)])))
        effects.append(
            .record(
                .connection(
                    ConnectionRecord(
                        timestamp: now, chargePointId: id, event: .connected, peer: challenger.peer,
                        subprotocol: challenger.subprotocol))))
        publish(id, DojotAttributes.online(true))
        for message in challenger.messages { received(message, on: challenger.connection) }
    }

    mutating func disconnected(_ connection: ConnectionID, _ reason: String) {
        if let id = challengers.removeValue(forKey: connection) {
            chargePoints[id]?.challenger = nil
            return
        }
        // The late end of a connection that was replaced is no news.
        guard let id = owner(of: connection) else { return }
        drop(connection, reason: reason)
        publish(id, DojotAttributes.online(false))
        promoteChallenger(of: id)
    }

    /// The older connection is alive.
    mutating func answeredProbe(_ connection: ConnectionID) {
        guard let id = owner(of: connection), chargePoints[id]?.probeDeadline != nil else { return }
        endProbe(of: id)
        refuseChallenger(of: id, reason: "the charge point has a connection that answers")
    }

    /// Ends the connections that have answered no ping in time.
    mutating func expireProbes() {
        for id in probed.sorted() {
            guard let deadline = chargePoints[id]?.probeDeadline else { continue }
            guard deadline <= now else {
                effects.append(.wake(at: deadline))
                continue
            }
            endProbe(of: id)
            guard let old = chargePoints[id]?.connection, chargePoints[id]?.challenger != nil else { continue }
            drop(old, reason: "no answer to a ping, and replaced by a newer connection")
            effects.append(.close(old, code: 1008, reason: "another connection took this identity"))
            promoteChallenger(of: id)
        }
    }

    /// A message of a connection that waits, kept for the time when it does not.
    ///
    /// - Returns: whether it was one of such a connection.
    mutating func keepMessage(_ bytes: [UInt8], of connection: ConnectionID) -> Bool {
        guard let id = challengers[connection], var challenger = chargePoints[id]?.challenger else { return false }
        challenger.messages.append(bytes)
        challenger.bytes += bytes.count
        chargePoints[id]?.challenger = challenger
        if challenger.messages.count > Challenger.maximumMessages || challenger.bytes > Challenger.maximumBytes {
            refuseChallenger(of: id, reason: "too much was sent before the older connection was found dead")
        }
        return true
    }

    /// The charge point that a connection is of; `nil` for one that waits or has ended.
    func owner(of connection: ConnectionID) -> String? { owners[connection].map { chargePoints.keys[$0] } }

    private mutating func endProbe(of id: String) {
        chargePoints[id]?.probeDeadline = nil
        probed.remove(id)
    }

    private mutating func promoteChallenger(of id: String) {
        endProbe(of: id)
        guard let challenger = chargePoints[id]?.challenger else { return }
        challengers[challenger.connection] = nil
        chargePoints[id]?.challenger = nil
        take(challenger, for: id)
    }

    private mutating func refuseChallenger(of id: String, reason: String) {
        guard let challenger = chargePoints[id]?.challenger else { return }
        challengers[challenger.connection] = nil
        chargePoints[id]?.challenger = nil
        effects.append(.close(challenger.connection, code: 1008, reason: reason))
        effects.append(
            .record(
                .connection(
                    ConnectionRecord(
                        timestamp: now, chargePointId: id, event: .refused, peer: challenger.peer,
                        subprotocol: challenger.subprotocol, reason: reason))))
    }

    /// Forgets a connection and ends the commands that wait on it.
    private mutating func drop(_ connection: ConnectionID, reason: String) {
        guard let place = owners.removeValue(forKey: connection) else { return }
        var chargePoint = chargePoints.values[place]
        let id = chargePoint.id
        chargePoint.connection = nil
        chargePoint.link?.disconnected = now
        if let link = chargePoint.link {
            effects.append(.store(StoreRequest(ticket: 0, operations: [.link(link)])))
        }
        effects.append(
            .record(
                .connection(
                    ConnectionRecord(
                        timestamp: now, chargePointId: id, event: .disconnected, peer: chargePoint.link?.peer ?? "",
                        reason: reason))))
        if let call = chargePoint.outstanding {
            finish(
                call.outcome(.unknown, message: "the connection ended before an answer: \(reason)"),
                journalId: call.journalId)
        }
        if let call = chargePoint.journaled { finish(call.request.outcome(.notConnected), journalId: call.row.id) }
        for request in chargePoint.queue { finish(request.outcome(.notConnected)) }
        chargePoint.outstanding = nil
        chargePoint.journaled = nil
        chargePoint.overdue = []
        chargePoint.queue = []
        outstandingChargePoints.remove(id)
        chargePoints.values[place] = chargePoint
    }
}
