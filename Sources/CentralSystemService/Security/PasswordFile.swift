import OCPPKit
import Synchronization
public import TransportSecurity

/// The passwords' file: a JSON line for each charge point, with the salted hash of its secret and, while a new one is
/// on its way to it, that one's too. The secrets themselves are nowhere.
public final class PasswordFile: Sendable {
    /// What one charge point may prove itself with.
    public struct Entry: Sendable, Equatable {
        public var current: StoredSecret?
        /// Sent to the charge point, which may or may not have taken it: either is valid.
        public var pending: StoredSecret?

        public init(current: StoredSecret? = nil, pending: StoredSecret? = nil) {
            self.current = current
            self.pending = pending
        }
    }

    /// What is wrong with the file.
    public enum Failure: Error, CustomStringConvertible {
        case file(SecretFile.Failure)
        case line(path: String, number: Int)

        public var description: String {
            switch self {
            case .file(let failure): failure.description
            case .line(let path, let number):
                "\(path):\(number): no line of a passwords' file; 'ocppctl passwords set' writes them"
            }
        }
    }

    public let path: String
    private let state: Mutex<[String: Entry]>

    /// Reads the file.
    /// - Parameter mayBeMissing: a file that is not there is an empty one.
    public init(path: String, mayBeMissing: Bool = false) throws(Failure) {
        self.path = path
        do throws(Failure) {
            state = Mutex(try Self.read(path))
        } catch {
            guard mayBeMissing, case .file(let failure) = error, failure.isMissing else { throw error }
            state = Mutex([:])
        }
    }

    public subscript(_ id: String) -> Entry? { state.withLock { $0[id] } }

    /// The charge points in the file, in order.
    public var ids: [String] { state.withLock { $0.keys.sorted() } }

    /// Reads the file again; what it held before stays where that fails.
    public func reload() throws(Failure) {
        // Read while nobody else sets it: `change` sets what it has written after it has written it.
        try state.withLock { (entries) throws(Failure) in entries = try Self.read(path) }
    }

    /// Changes one charge point's entry in the file, durably, and keeps what others wrote meanwhile. Blocks.
    ///
    /// - Parameter change: gets the entry as the file has it; `nil` removes it.
    public func change(_ id: String, _ change: (Entry?) -> Entry?) throws(Failure) {
        do throws(SecretFile.Failure) {
            try SecretFile.locked(path) { () throws(SecretFile.Failure) in
                var entries = state.withLock { $0 }
                do throws(Failure) {
                    entries = try Self.read(path)
                } catch {
                    switch error {
                    case .file(let failure) where failure.isMissing: break
                    case .file(let failure): throw failure
                    case .line: throw SecretFile.Failure(code: 0, description: error.description)
                    }
                }
                entries[id] = change(entries[id])
                try SecretFile.replace(path, with: Self.text(entries))
                state.withLock { $0 = entries }
            }
        } catch {
            throw .file(error)
        }
    }

    private static func read(_ path: String) throws(Failure) -> [String: Entry] {
        let bytes: [UInt8]
        do throws(SecretFile.Failure) {
            bytes = try SecretFile.read(path)
        } catch {
            throw .file(error)
        }
        var entries: [String: Entry] = [:]
        for (index, line) in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
            if line.allSatisfy({ $0 <= 0x20 }) { continue }
            guard let root = try? JSONTree(parsing: Array(line)).root, let id = root["chargePointId"]?.text else {
                throw .line(path: path, number: index + 1)
            }
            var entry = Entry(current: StoredSecret(root))
            if let node = root["pending"] {
                guard let pending = StoredSecret(node) else { throw .line(path: path, number: index + 1) }
                entry.pending = pending
            }
            guard entry.current != nil || entry.pending != nil else { throw .line(path: path, number: index + 1) }
            entries[id] = entry
        }
        return entries
    }

    private static func text(_ entries: [String: Entry]) -> [UInt8] {
        var writer = JSONWriter()
        for (id, entry) in entries.sorted(by: { $0.key < $1.key }) {
            writer.beginObject()
            writer.member("chargePointId", id)
            entry.current?.writeMembers(to: &writer)
            if let pending = entry.pending {
                writer.key("pending")
                writer.beginObject()
                pending.writeMembers(to: &writer)
                writer.endObject()
            }
            writer.endObject()
            writer.endLine()
        }
        return writer.bytes
    }
}

extension SecretFile.Failure {
    /// ENOENT.
    var isMissing: Bool { code == 2 }
}
