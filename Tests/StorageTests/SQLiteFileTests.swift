import Dispatch
import Foundation
import Glibc
import OCPPKit
import Synchronization
import Testing

@testable import Storage

/// Opening files: ours, and those that are not.
@Suite("Files of the SQLite store")
struct SQLiteFileTests {
    let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func makeStore() throws {
        let store = try SQLiteStore(path: directory.store)
        let requests = (0..<2000).map { request(0, .frame(frame("\($0)")), .event(event("\($0)", .meterValues))) }
        #expect(store.commit(requests).areAllCommitted)
        store.close()
    }

    private func error(_ body: () throws -> Void) -> StoreError? {
        do {
            try body()
            return nil
        } catch {
            return error as? StoreError
        }
    }

    private func errorOfWriter(_ path: String? = nil) -> StoreError? {
        error { _ = try SQLiteStore(path: path ?? directory.store) }
    }

    private func errorOfReader(_ path: String? = nil) -> StoreError? {
        error { _ = try SQLiteStoreReader(path: path ?? directory.store) }
    }

    @Test func `Commits wait for the disk, and everything is set as documented`() throws {
        let store = try SQLiteStore(path: directory.store)
        #expect(try store.connection.integer("PRAGMA synchronous") == 2)
        #expect(try store.connection.text("PRAGMA journal_mode") == "wal")
        #expect(try store.connection.integer("PRAGMA application_id") == 0x4F43_5050)
        #expect(try store.connection.integer("PRAGMA user_version") == Int64(Schema.version))
        // Where SQLite was built without it, the pragma has no row.
        #expect((try? store.connection.integer("PRAGMA mmap_size")) ?? 0 == 0)
        store.close()
        let again = try SQLiteStore(path: directory.store)
        #expect(try again.connection.integer("PRAGMA synchronous") == 2)
    }

    /// Each is asked for while the one before ends; without patience most would fail.
    @Test func `A writer waits for one that ends`() throws {
        var store: SQLiteStore? = try SQLiteStore(path: directory.store)
        for _ in 0..<20 {
            let done = DispatchSemaphore(value: 0)
            let isOpen = Mutex(false)
            let path = directory.store
            DispatchQueue.global().async {
                let next = try? SQLiteStore(path: path, patienceMilliseconds: 20_000)
                isOpen.withLock { $0 = next != nil }
                next?.close()
                done.signal()
            }
            store?.close()
            done.wait()
            #expect(isOpen.withLock { $0 })
            store = try SQLiteStore(path: directory.store)
        }
    }

    /// A child that is being started holds a copy of every descriptor until its program runs, the lock's among them, as
    /// others' tests start some beside this one, and `serve` starts the command that signs certificates.
    @Test func `A store is free once it is closed, whoever holds a copy of its lock`() throws {
        let store = try SQLiteStore(path: directory.store)
        let lock = try #require(resolved(directory.store + ".lock"))
        let copies = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").compactMap { CInt($0) }
            .filter { resolved("/proc/self/fd/\($0)") == lock }.map { dup($0) }
        try #require(copies.count == 1)
        defer { for copy in copies { close(copy) } }
        store.close()
        #expect(errorOfWriter() == nil)
    }

    private func resolved(_ path: String) -> String? {
        guard let found = unsafe realpath(path, nil) else { return nil }
        defer { unsafe free(found) }
        return unsafe String(cString: found)
    }

    @Test func `Directories and files are made for their owner alone`() throws {
        let store = try SQLiteStore(path: directory.path + "/a/b/central.db")
        _ = store.commit([request(0, .frame(frame()))])
        #expect(try directory.permissions(of: "a") == 0o700)
        #expect(try directory.permissions(of: "a/b") == 0o700)
        for name in ["central.db", "central.db-wal", "central.db-shm", "central.db.lock"] {
            #expect(try directory.permissions(of: "a/b/" + name) == 0o600, "\(name)")
        }
    }

    @Test func `A relative path is one in the working directory`() throws {
        let path = "storage-\(UUID().uuidString).db"
        defer { for suffix in ["", ".lock"] { try? FileManager.default.removeItem(atPath: path + suffix) } }
        try SQLiteStore(path: path).close()
        #expect(FileManager.default.fileExists(atPath: path))
    }

    @Test func `A second writer is told who has the store`() throws {
        let store = try SQLiteStore(path: directory.store)
        #expect(errorOfWriter() == .inUse(path: directory.store, pid: getpid()))
        // Under another name too.
        let link = directory.path + "/link.db"
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: directory.store)
        #expect(errorOfWriter(link) == .inUse(path: directory.store, pid: getpid()))
        store.close()
        #expect(errorOfWriter() == nil)
    }

    @Test func `What is no database is left as it is`() throws {
        for text in ["hello\n", String(repeating: "idTag,meterStart\n", count: 1000)] {
            try directory.write(bytes(text), to: "central.db")
            #expect(errorOfWriter() == .notADatabase(path: directory.store))
            #expect(errorOfReader() == .notADatabase(path: directory.store))
            #expect(try directory.contents(of: "central.db") == bytes(text))
        }
    }

    @Test func `A database of another program is left as it is`() throws {
        try directory.write([], to: "central.db")
        try Connection(path: directory.store, mode: .readWrite).execute("CREATE TABLE recipes (name TEXT)")
        let before = try directory.contents(of: "central.db")
        #expect(errorOfWriter() == .foreign(path: directory.store))
        #expect(errorOfReader() == .foreign(path: directory.store))
        #expect(try directory.contents(of: "central.db") == before)
    }

    @Test func `A damaged store is left as it is`() throws {
        try makeStore()
        var damaged = try directory.contents(of: "central.db")
        for index in 4096 * 3..<4096 * 12 { damaged[index] = 0xA5 }
        try directory.write(damaged, to: "central.db")
        guard case .corrupt(directory.store, _) = errorOfWriter() else {
            Issue.record("not corrupt: \(String(describing: errorOfWriter()))")
            return
        }
        #expect(try directory.contents(of: "central.db") == damaged)
    }

    @Test func `A store cut short is damaged`() throws {
        try makeStore()
        let half = try directory.contents(of: "central.db").prefix(4096 * 5 + 17)
        try directory.write(Array(half), to: "central.db")
        guard case .corrupt = errorOfWriter() else {
            Issue.record("not corrupt: \(String(describing: errorOfWriter()))")
            return
        }
        #expect(try directory.contents(of: "central.db") == Array(half))
    }

    @Test func `An empty file becomes a store, unless commits lie beside it`() throws {
        try directory.write([], to: "central.db")
        #expect(errorOfReader() == .noStore(path: directory.store))
        #expect(errorOfWriter() == nil)

        try directory.write([], to: "central.db")
        try directory.write([1, 2, 3], to: "central.db-wal")
        guard case .corrupt = errorOfWriter() else {
            Issue.record("not corrupt")
            return
        }
        #expect(try directory.contents(of: "central.db-wal") == [1, 2, 3])
    }

    @Test func `A store of a newer release is refused`() throws {
        try makeStore()
        try Connection(path: directory.store, mode: .readWrite).execute("PRAGMA user_version = 99")
        let expected = StoreError.newerVersion(path: directory.store, found: 99, supported: Schema.version)
        #expect(errorOfWriter() == expected)
        #expect(errorOfReader() == expected)
    }

    @Test func `Where nothing can be written is said`() throws {
        // Below a file nobody can make a directory, the superuser neither.
        try directory.write([], to: "file")
        let path = directory.path + "/file/sub/central.db"
        #expect(
            errorOfWriter(path)
                == .cannotWrite(path: directory.path + "/file/sub", reason: "Not a directory"))
        #expect(errorOfReader(path) == .noStore(path: path))
        #expect(errorOfWriter("/proc/no/central.db") != nil)
    }

    @Test func `What cannot be read is not taken for no store`() throws {
        #expect(errorOfReader(directory.path) == .cannotRead(path: directory.path, reason: "Is a directory"))
        let path = directory.path + "/loop.db"
        try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: path)
        #expect(errorOfReader(path) == .cannotRead(path: path, reason: "Too many levels of symbolic links"))
    }

    @Test func `Without a store a reader says how to get one`() {
        let path = directory.path + "/none.db"
        #expect(errorOfReader(path) == .noStore(path: path))
        #expect(StoreError.noStore(path: path).description == "no store at \(path); `ocppctl serve` makes one")
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test func `Texts of any size are kept, one after the other`() throws {
        let store = try SQLiteStore(path: directory.store)
        let sizes = [0, 10, 200, 30, 300, 299, 5_000, 70_000, 1, 100_000, 4_000, 2]
        let events = sizes.enumerated().map { number, size in
            event(
                "\(number)" + String(repeating: "k", count: size), transaction: Int64(number + 1),
                reply: String(repeating: "r", count: size))
        }
        let outcomes = store.commit(events.enumerated().map { request(UInt64($0 + 1), .event($1)) })
        #expect(outcomes.filter(\.isCommitted).count == sizes.count)
        let kept = try store.reader.allEvents()
        #expect(kept.map(\.replayKey) == events.map(\.replayKey))
        #expect(kept.map(\.payload) == events.map(\.payload))
        #expect(kept.map(\.reply) == events.map(\.reply))
    }

    @Test func `A full disk fails the group, and the store goes on when there is room`() throws {
        let store = try SQLiteStore(path: directory.store)
        #expect(store.commit([request(1, .event(event("before")))])[0].isCommitted)
        let pages = try store.connection.integer("PRAGMA page_count")
        try store.connection.execute("PRAGMA max_page_count = \(pages + 1)")
        let large = String(repeating: "x", count: 100_000)
        let outcomes = store.commit([
            request(2, .event(event("small", transaction: 2))), request(3, .frame(frame(large))),
            request(4, .frame(frame())),
        ])
        #expect(
            outcomes.map(\.failure)
                == Array(repeating: StoreError.diskFull(path: directory.store).description, count: 3))
        #expect(try store.reader.allEvents().map(\.replayKey) == ["before"])

        try store.connection.execute("PRAGMA max_page_count = 1000000")
        let later = store.commit([request(2, .event(event("small", transaction: 2))), request(3, .frame(frame(large)))])
        #expect(later.map(\.isCommitted) == [true, true])
        #expect(try store.reader.allEvents().map(\.replayKey) == ["before", "small"])
    }
}
