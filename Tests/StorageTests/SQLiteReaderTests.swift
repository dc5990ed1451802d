import Foundation
import OCPPKit
import Testing

@testable import Storage

/// Reading beside a writer, after a crash, and where nothing may be written.
@Suite("Reading an SQLite store")
struct SQLiteReaderTests {
    let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func copy(_ suffixes: [String], to name: String) throws {
        for suffix in suffixes {
            try directory.write(try directory.contents(of: "central.db" + suffix), to: name + suffix)
        }
    }

    @Test func `A stream beside a writer is of one moment`() throws {
        let store = try SQLiteStore(path: directory.store)
        _ = store.commit((0..<100).map { request(0, .frame(frame("\($0)"))) })
        let reader = try SQLiteStoreReader(path: directory.store)
        var count = 0
        try reader.frames(of: nil, from: nil, before: nil) { _ in
            count += 1
            #expect(store.commit([request(0, .frame(frame("meanwhile")))])[0].isCommitted)
        }
        #expect(count == 100)
        #expect(try reader.allFrames().count == 200)
    }

    @Test func `After a crash a reader sees what was committed and moves none of it`() throws {
        let store = try SQLiteStore(path: directory.store)
        _ = store.commit([request(0, .event(event("k")))])
        // The files as a killed writer leaves them: the commit is in the -wal alone.
        try copy(["", "-wal"], to: "crashed.db")
        let file = try directory.contents(of: "crashed.db")
        let wal = try directory.contents(of: "crashed.db-wal")
        try readAndClose(directory.path + "/crashed.db")
        #expect(try directory.contents(of: "crashed.db") == file)
        #expect(try directory.contents(of: "crashed.db-wal") == wal)

        let recovered = try SQLiteStore(path: directory.path + "/crashed.db")
        #expect(try recovered.reader.allEvents().map(\.replayKey) == ["k"])
    }

    private func readAndClose(_ path: String) throws {
        let reader = try SQLiteStoreReader(path: path)
        #expect(try reader.allEvents().map(\.replayKey) == ["k"])
    }

    @Test func `A reader cannot write`() throws {
        try SQLiteStore(path: directory.store).close()
        let connection = try Connection(path: directory.store, mode: .readOnly)
        #expect(throws: SQLiteFailure.self) { try connection.execute("DELETE FROM frame_blocks") }
    }

    /// The directory of somebody else: the tests may run as the superuser, who can write everywhere, so a link that
    /// leads nowhere keeps SQLite from making the -shm.
    private func forbidFilesBeside(_ name: String) throws {
        try FileManager.default.createSymbolicLink(
            atPath: directory.path + "/\(name)-shm", withDestinationPath: directory.path + "/nowhere/shm")
    }

    @Test func `Where no file can be made, a store at rest is read alone`() throws {
        let store = try SQLiteStore(path: directory.store)
        _ = store.commit([request(0, .event(event("k")))])
        store.close()
        try copy([""], to: "it's 100 % ours?#.db")
        try forbidFilesBeside("it's 100 % ours?#.db")
        let path = directory.path + "/it's 100 % ours?#.db"
        let reader = try SQLiteStoreReader(path: path)
        #expect(try reader.allEvents().map(\.replayKey) == ["k"])

        // A writer makes the lock file first.
        try directory.write(bytes("123\n"), to: "it's 100 % ours?#.db.lock")
        #expect(throws: StoreError.inUse(path: path, pid: 123)) { try reader.allEvents() }
    }

    @Test func `Who reads a store alone keeps writers out`() throws {
        try SQLiteStore(path: directory.store).close()
        try forbidFilesBeside("central.db")
        let reader = try SQLiteStoreReader(path: directory.store)
        #expect(throws: StoreError.self) { _ = try SQLiteStore(path: directory.store) }
        #expect(try reader.allEvents().isEmpty)
    }

    @Test func `A store with commits beside it is not read alone`() throws {
        let store = try SQLiteStore(path: directory.store)
        _ = store.commit([request(0, .event(event("k")))])
        try copy(["", "-wal"], to: "busy.db")
        try forbidFilesBeside("busy.db")
        #expect(throws: StoreError.self) { _ = try SQLiteStoreReader(path: directory.path + "/busy.db") }
    }

    @Test func `A store of an older release is to be upgraded first`() throws {
        try SQLiteStore(path: directory.store).close()
        let older = Schema.version - 1
        // Version 0 is that of no store.
        guard older > 0 else { return }
        try Connection(path: directory.store, mode: .readWrite).execute("PRAGMA user_version = \(older)")
        #expect(
            throws: StoreError.needsUpgrade(path: directory.store, found: older, supported: Schema.version)
        ) { _ = try SQLiteStoreReader(path: directory.store) }
    }
}
