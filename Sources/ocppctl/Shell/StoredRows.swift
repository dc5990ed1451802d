import OCPPKit
import Storage

/// A store that is read for rows, beside a running server or alone.
struct StoredRows {
    private let path: String
    private let reader: SQLiteStoreReader

    /// - Throws: `CommandFailure` with status 66 where there is none.
    init(path: String) throws {
        self.path = path
        do {
            reader = try SQLiteStoreReader(path: path)
        } catch {
            throw error.failure
        }
    }

    /// All sessions, in the order of their first frames.
    func sessions(_ body: (Session) throws -> Void) throws {
        try withFailures { try reader.sessions { try body(session(of: $0)) } }
    }

    /// The sessions that ended after the cursor, in the order in which the store learnt it.
    ///
    /// - Returns: the cursor after them.
    func sessions(after cursor: SessionCursor, _ body: (Session) throws -> Void) throws -> SessionCursor {
        var next = cursor
        // The last one that was exported is read again: it tells whether this is the cursor's store.
        var isKnown = cursor.last == nil
        try withFailures {
            try reader.sessions(afterEndSequence: max(0, (cursor.last?.endSequence ?? 0) - 1)) { row in
                guard let endSequence = row.endSequence else { return }
                let session = try session(of: row)
                let mark = SessionCursor.Mark(endSequence: endSequence, session)
                if isKnown {
                    next.last = mark
                    try body(session)
                } else {
                    guard mark == cursor.last else { throw cursor.isOfAnotherStore(path) }
                    isKnown = true
                }
            }
        }
        guard isKnown else { throw cursor.isOfAnotherStore(path) }
        return next
    }

    /// The samples of all meter values and stops, in the order in which these were kept.
    func samples(_ body: (MeterSample) throws -> Void) throws {
        try withFailures {
            try reader.events(kinds: [.meterValues, .stop]) { event in
                let samples = MeterSample.samples(
                    kind: event.kind, chargePointId: event.chargePointId, connectorId: event.connectorId,
                    payload: event.payload)
                for sample in samples { try body(sample) }
            }
        }
    }

    private func session(of row: SessionRow) throws -> Session {
        guard let state = try? JSONTree(parsing: row.session.state).root, let session = Session(state: state) else {
            throw StoreError.corrupt(path: path, detail: "session \(row.session.number) cannot be read")
        }
        return session
    }

    private func withFailures(_ body: () throws -> Void) throws {
        do {
            try body()
        } catch let error as StoreError {
            throw error.failure
        }
    }
}
