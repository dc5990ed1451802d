import Foundation
import OCPPKit
import Synchronization

@testable import Storage

/// An implementation of the store; the conformance tests run once for each.
struct StoreImplementation: Sendable, CustomStringConvertible {
    let description: String
    /// Opens the one store of a directory to write it, and makes it at first.
    let open: @Sendable (TemporaryDirectory) throws -> any CentralStore
    /// Opens it to read it.
    let openReader: @Sendable (TemporaryDirectory) throws -> any StoreReader

    static let all = [
        StoreImplementation(
            description: "SQLite",
            open: { try SQLiteStore(path: $0.store) },
            openReader: { try SQLiteStoreReader(path: $0.store) })
    ]
}

/// A directory of its own for a test, removed with it.
final class TemporaryDirectory: Sendable {
    let path: String

    init() throws {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("storage-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        path = url.path
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    var store: String { path + "/central.db" }

    func write(_ bytes: [UInt8], to name: String) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: path + "/" + name))
    }

    func contents(of name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(fileURLWithPath: path + "/" + name)))
    }

    func permissions(of name: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path + "/" + name)[.posixPermissions] as? Int
    }
}

// MARK: Values

func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

func frame(
    _ raw: String = #"[2,"1","Heartbeat",{}]"#, of chargePoint: String = "CP1", at time: Int64 = 0
) -> StoredFrame {
    StoredFrame(
        chargePointId: chargePoint, direction: .fromChargePoint, arrival: Timestamp(milliseconds: time),
        raw: bytes(raw))
}

func event(
    _ key: String, _ kind: TransactionEvent.Kind = .start, transaction: Int64? = 1, reply: String = "{}",
    of chargePoint: String = "CP1"
) -> TransactionEvent {
    TransactionEvent(
        kind: kind, chargePointId: chargePoint, connectorId: 1, transactionId: transaction,
        arrival: Timestamp(milliseconds: 1), replayKey: key, payload: bytes(#"{"key":"\#(key)"}"#),
        reply: bytes(reply))
}

func session(
    _ number: Int, of chargePoint: String = "CP1", isNew: Bool = true, isEnded: Bool = false, state: String = "{}"
) -> StoredSession {
    StoredSession(
        number: number, chargePointId: chargePoint, isNew: isNew, isEnded: isEnded, state: bytes(state))
}

func publication(_ id: Int64, of chargePoint: String = "CP1") -> StoredPublication {
    StoredPublication(id: id, chargePointId: chargePoint, payload: bytes(#"{"id":\#(id)}"#))
}

func request(_ ticket: UInt64 = 0, _ operations: StoreOperation...) -> StoreRequest {
    StoreRequest(ticket: ticket, operations: operations)
}

// MARK: Reading everything

extension StoreReader {
    func allSessions() throws -> [SessionRow] {
        var rows: [SessionRow] = []
        try sessions { rows.append($0) }
        return rows
    }

    func sessions(afterEndSequence sequence: Int64) throws -> [SessionRow] {
        var rows: [SessionRow] = []
        try sessions(afterEndSequence: sequence) { rows.append($0) }
        return rows
    }

    func allEvents(_ kinds: Set<TransactionEvent.Kind> = [.start, .stop, .meterValues]) throws -> [TransactionEvent] {
        var events: [TransactionEvent] = []
        try self.events(kinds: kinds, afterSequence: 0) { events.append($1) }
        return events
    }

    func allFrames(
        of chargePoint: String? = nil, from start: Int64? = nil, before end: Int64? = nil
    ) throws -> [StoredFrame] {
        var frames: [StoredFrame] = []
        try self.frames(
            of: chargePoint, from: start.map { Timestamp(milliseconds: $0) },
            before: end.map { Timestamp(milliseconds: $0) }
        ) { frames.append($0) }
        return frames
    }
}

// MARK: Outcomes

extension StoreOutcome {
    var isCommitted: Bool {
        if case .committed = self { true } else { false }
    }

    var isConflict: Bool {
        if case .conflict = self { true } else { false }
    }

    var isTransactionIdTaken: Bool {
        if case .transactionIdTaken = self { true } else { false }
    }

    var failure: String? {
        if case .failed(let text) = self { text } else { nil }
    }

    var replayedReply: String? {
        if case .replayed(let reply) = self { String(decoding: reply, as: UTF8.self) } else { nil }
    }
}

extension [StoreOutcome] {
    var areAllCommitted: Bool { allSatisfy(\.isCommitted) }
}

extension StoreOperation {
    static func frame(_ frame: StoredFrame) -> StoreOperation { .frames(FrameBlock(frame)) }
}
