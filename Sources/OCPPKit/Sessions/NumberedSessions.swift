/// Sessions by their numbers, one behind the other: those of a charge point are few, and new ones have higher numbers, so
/// that they are found and changed where they lie.
struct NumberedSessions: Sendable {
    /// In the order of their numbers.
    private(set) var all: [Session] = []
    /// Of the sessions at the same places, what `encodedStanding` gave; `nil` where it was not asked for since a change,
    /// and where they have ended.
    private(set) var standings: [JSONWriter?] = []

    /// Where the session stands in `all`.
    func place(of number: Int) -> Int? {
        // Most often the newest is meant.
        guard let last = all.indices.last else { return nil }
        if all[last].number == number { return last }
        let place = firstPlace(from: number)
        return place <= last && all[place].number == number ? place : nil
    }

    subscript(number: Int) -> Session? { place(of: number).map { all[$0] } }

    /// Changes the session at a place.
    subscript(at place: Int) -> Session {
        get { all[place] }
        _modify {
            standings[place] = nil
            yield &all[place]
        }
    }

    /// Takes samples of the session at a place, as its `take` does: its standing stays as it is.
    mutating func take(_ meterValues: [MeterValue], breaksSchema: Bool, at place: Int) -> Bool {
        all[place].take(meterValues, breaksSchema: breaksSchema)
    }

    /// The session's text for the store. While a session charges, the most of it stays the same from message to message.
    mutating func encodedState(at place: Int) -> [UInt8] {
        let standing = standings[place] ?? all[place].encodedStanding()
        // Of the many that have ended nothing is kept: they are hardly written again.
        standings[place] = all[place].isClosed ? nil : standing
        return all[place].encodedState(after: standing)
    }

    /// Puts one in, in place of one of the same number.
    mutating func add(_ session: Session) {
        let place = firstPlace(from: session.number)
        if place < all.count, all[place].number == session.number {
            self[at: place] = session
        } else {
            all.insert(session, at: place)
            standings.insert(nil, at: place)
        }
    }

    mutating func remove(_ number: Int) -> Session? {
        guard let place = place(of: number) else { return nil }
        standings.remove(at: place)
        return all.remove(at: place)
    }

    /// Where the first session of that number or a higher one stands.
    private func firstPlace(from number: Int) -> Int {
        var (low, high) = (0, all.count)
        while low < high {
            let middle = (low + high) / 2
            if all[middle].number < number { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
