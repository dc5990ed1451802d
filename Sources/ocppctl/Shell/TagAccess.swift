import OCPPKit
import Storage

/// The authorisation list: read from the store, changed through the running server or, without one, in the store.
struct TagAccess {
    let session: ControlSession
    private let storePath: String
    /// Whether a server has the store, which is then its only writer.
    private let isServed: Bool

    /// Changes that go in one request.
    private static let changesAtOnce = 1000

    init(session: ControlSession, store: StoreOption) throws {
        self.session = session
        let served = try session.serversStore(store)
        isServed = served != nil
        storePath = served ?? store.path
    }

    /// In the order of the idTags without their case; none where there is no store yet.
    ///
    /// - Parameter mustExist: a store that is not there is status 66.
    func tags(mustExist: Bool = false) throws -> [Tag] {
        guard let reader = try reader() else {
            if mustExist { throw StoreError.noStore(path: storePath).failure }
            return []
        }
        return try reader.tags()
    }

    /// The local list that a charge point is known to have. What the server has heard of it is waited for: a change, if
    /// only of nothing, is told once it is stored, and with it all before it.
    func localList(of chargePointId: String) throws -> StoredLocalList? {
        if isServed { try session.change([]) }
        return try reader()?.localLists().first { $0.chargePointId == chargePointId }
    }

    /// Makes the changes, durable when it returns.
    func change(_ changes: [TagChange]) throws {
        guard !changes.isEmpty else { return }
        if isServed {
            for start in stride(from: 0, to: changes.count, by: Self.changesAtOnce) {
                try session.change(Array(changes[start..<min(start + Self.changesAtOnce, changes.count)]))
            }
            return
        }
        do {
            let store = try SQLiteStore(path: storePath)
            defer { store.close() }
            let request = StoreRequest(ticket: 1, operations: changes.map { .tag($0) })
            if case .failed(let reason)? = store.commit([request]).first {
                throw CommandFailure(.inputOutput, reason)
            }
        } catch let error as StoreError {
            throw error.failure
        }
    }

    private func reader() throws -> SQLiteStoreReader? {
        do {
            return try SQLiteStoreReader(path: storePath)
        } catch .noStore {
            return nil
        } catch {
            throw error.failure
        }
    }
}

/// What became of a tag: the `tag` record.
enum TagRecord {
    enum Result: String, CaseIterable {
        case created, updated, unchanged, removed
    }

    static func write(_ tag: Tag, _ result: Result? = nil, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("record", "tag")
        writer.member("idTag", tag.idTag)
        writer.member("status", tag.status.rawValue)
        writer.member("parentIdTag", tag.parentIdTag)
        writer.member("expiryDate", tag.expiryDate)
        writer.member("result", result?.rawValue)
        writer.endObject()
        writer.endLine()
    }
}
