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
    func sessions(
        after cursor: ExportCursor<SessionMark>, _ body: (Session) throws -> Void
    ) throws -> ExportCursor<SessionMark> {
        try advance(cursor) { isNew in
            try reader.sessions(afterEndSequence: max(0, (cursor.last?.endSequence ?? 0) - 1)) { row in
                guard let endSequence = row.endSequence else { return }
                let session = try session(of: row)
                if try isNew(SessionMark(endSequence: endSequence, session)) { try body(session) }
            }
        }
    }

    /// The samples of all meter values and stops, in the order in which these were kept.
    func samples(_ body: (MeterSample) throws -> Void) throws {
        try withFailures { try events(after: 0) { try samples(of: $1, body) } }
    }

    /// The samples that were kept after the cursor.
    ///
    /// - Returns: the cursor after them.
    func samples(
        after cursor: ExportCursor<SampleMark>, _ body: (MeterSample) throws -> Void
    ) throws -> ExportCursor<SampleMark> {
        try advance(cursor) { isNew in
            try events(after: max(0, (cursor.last?.eventSequence ?? 0) - 1)) { sequence, event in
                if try isNew(SampleMark(eventSequence: sequence, event)) { try samples(of: event, body) }
            }
        }
    }

    private func events(after sequence: Int64, _ body: (Int64, TransactionEvent) throws -> Void) throws {
        try reader.events(kinds: [.meterValues, .stop], afterSequence: sequence, body)
    }

    private func samples(of event: TransactionEvent, _ body: (MeterSample) throws -> Void) throws {
        let samples = MeterSample.samples(
            kind: event.kind, chargePointId: event.chargePointId, connectorId: event.connectorId,
            payload: event.payload)
        for sample in samples { try body(sample) }
    }

    /// The cursor after all that is read.
    ///
    /// - Parameter read: reads what the cursor names once more, which tells whether this is the cursor's store, and all
    ///   after it; asks of each whether it is to be exported.
    private func advance<Mark>(
        _ cursor: ExportCursor<Mark>, _ read: (_ isNew: (Mark) throws -> Bool) throws -> Void
    ) throws -> ExportCursor<Mark> {
        var next = cursor
        var isKnown = cursor.last == nil
        try withFailures {
            try read { mark in
                guard isKnown || mark == cursor.last else { throw cursor.isOfAnotherStore(path) }
                defer { isKnown = true }
                if isKnown { next.last = mark }
                return isKnown
            }
        }
        guard isKnown else { throw cursor.isOfAnotherStore(path) }
        return next
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
