public import OCPPKit

/// What somebody who looks at a store again and again needs, without reading it all each time.
extension SQLiteStoreReader {
    /// Differs from the value before where another process has changed the store in between.
    public func changeCounter() throws(StoreError) -> Int64 { try integer(query("PRAGMA data_version")) }

    /// The sessions that have not ended, in the order of their numbers.
    public func openSessions() throws(StoreError) -> [StoredSession] {
        let open = try query("SELECT \(Statement.sessionColumns) FROM sessions WHERE is_ended = 0 ORDER BY number")
        var sessions: [StoredSession] = []
        while try next(open) { sessions.append(open.sessionRow().session) }
        return sessions
    }

    /// Sessions with lower numbers than `number`, the newest first, until the closure returns false.
    ///
    /// - Parameters:
    ///   - number: `nil` begins with the last one.
    ///   - chargePointId: of one charge point; `nil` for all.
    public func sessionsNewestFirst(
        before number: Int64?, of chargePointId: String?, _ body: (SessionRow) throws -> Bool
    ) throws {
        let sessions = try query(
            """
            SELECT \(Statement.sessionColumns) FROM sessions
            WHERE number < ?1\(chargePointId == nil ? "" : " AND charge_point = ?2") ORDER BY number DESC
            """)
        sessions.bind(1, number ?? .max)
        if let chargePointId { sessions.bind(2, chargePointId) }
        while try next(sessions) {
            guard try body(sessions.sessionRow()) else { return }
        }
    }

    /// The last frames of a charge point, in the order in which they were kept, and the number of the last block that
    /// was read, for the next call.
    ///
    /// - Parameters:
    ///   - block: only what was kept after it; 0 for all.
    ///   - limit: frames at most, the newest.
    ///   - maximumBytes: so much is looked through, from the end.
    public func recentFrames(
        of chargePointId: String, afterBlock block: Int64, limit: Int, maximumBytes: Int
    ) throws(StoreError) -> (frames: [StoredFrame], lastBlock: Int64) {
        let blocks = try query("SELECT id, frames FROM frame_blocks WHERE id > ? ORDER BY id DESC")
        blocks.bind(1, block)
        var newestFirst: [[StoredFrame]] = []
        var (count, bytes, lastBlock) = (0, 0, block)
        while count < limit, bytes < maximumBytes, try next(blocks) {
            lastBlock = max(lastBlock, blocks.integer(0))
            let block = blocks.bytes(1)
            bytes += block.count
            guard let frames = FrameBlock.frames(block) else { throw corruptBlock() }
            let own = frames.filter { $0.chargePointId == chargePointId }
            count += own.count
            newestFirst.append(own)
        }
        return (Array(newestFirst.reversed().joined().suffix(limit)), lastBlock)
    }
}
