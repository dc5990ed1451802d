/// The sessions of one connector, 1 or more, that new ones are compared with.
struct ConnectorSessions: Sendable {
    /// Nothing shows so far that they ended.
    private(set) var open: [Int] = []
    /// The last ones that began with a start; overlaps are looked for among these.
    private(set) var recent: [Int] = []

    private static let recentLimit = 8
    /// Only sessions without a start, from meter values, can be open beside each other.
    private static let openLimit = 16

    /// Takes a new session and returns those that have ended, as one connector charges one vehicle at a time: a start
    /// shows it of earlier ones; a start that is older than another one, and arrives late, shows it of itself.
    mutating func place(_ session: Session, in sessions: NumberedSessions) -> [Int] {
        var ended: [Int] = []
        if session.startEvent != nil {
            let isOlder = open.contains { sessions[$0]?.startEvent?.begins(after: session.startEvent) == true }
            ended = isOlder ? [session.number] : open
            open.removeAll(where: ended.contains)
            recent.append(session.number)
            if recent.count > ConnectorSessions.recentLimit { recent.removeFirst() }
            if isOlder { return ended }
        }
        open.append(session.number)
        if open.count > ConnectorSessions.openLimit { open.removeFirst() }
        return ended
    }

    /// Returns the sessions that have ended, the connector being free at that time; a notice older than their start
    /// says nothing of them.
    mutating func freed(at time: Timestamp?, in sessions: NumberedSessions) -> [Int] {
        let ended = open.filter { number in
            guard let time, let start = sessions[number]?.startEvent?.trustedTime else { return true }
            return time >= start
        }
        open.removeAll(where: ended.contains)
        return ended
    }

    mutating func stopped(_ number: Int) { open.removeAll { $0 == number } }

    mutating func restore(_ session: Session) {
        if session.startEvent != nil { recent = (recent + [session.number]).suffix(ConnectorSessions.recentLimit) }
        if !session.isClosed { open = (open + [session.number]).suffix(ConnectorSessions.openLimit) }
    }

    mutating func remove(_ number: Int) {
        open.removeAll { $0 == number }
        recent.removeAll { $0 == number }
    }
}

extension Session.Event {
    fileprivate func begins(after other: Session.Event?) -> Bool {
        guard let mine = trustedTime, let theirs = other?.trustedTime else { return false }
        return mine > theirs
    }
}

extension Session {
    /// Whether a stop, or what happened on its connector, shows that it ended.
    var isClosed: Bool { isEnded || noted.contains(.stopMissing) }

    /// Whether both went on at one time, as far as set clocks tell. The earlier one must have been stopped: of an open
    /// one nobody knows when it ended.
    func overlaps(_ other: Session) -> Bool {
        guard let start = startEvent?.trustedTime, let otherStart = other.startEvent?.trustedTime else { return false }
        let (first, second) = (start, number) < (otherStart, other.number) ? (self, other) : (other, self)
        guard let firstStop = first.stopEvent?.trustedTime, let secondStart = second.startEvent?.trustedTime,
            secondStart < firstStop
        else { return false }
        guard let secondStop = second.stopEvent?.trustedTime else { return true }
        return secondStop > secondStart
    }
}
