/// Why a store cannot be used. `description` is the message for people: what is wrong, where, and what to do.
public enum StoreError: Error, Sendable, Equatable {
    /// Nothing is at the path, or an empty file.
    case noStore(path: String)
    /// Something is at the path, or may be.
    case cannotRead(path: String, reason: String)
    case notADatabase(path: String)
    /// An SQLite database, but of another program.
    case foreign(path: String)
    case corrupt(path: String, detail: String)
    /// Written by a newer release.
    case newerVersion(path: String, found: Int, supported: Int)
    /// Written by an older release, and opened only to read.
    case needsUpgrade(path: String, found: Int, supported: Int)
    /// Another process, or another part of this one, writes the store. No process id where it cannot be read.
    case inUse(path: String, pid: Int32?)
    case cannotWrite(path: String, reason: String)
    case diskFull(path: String)
    case io(path: String, detail: String)
}

extension StoreError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .noStore(let path):
            "no store at \(path); `ocppctl serve` makes one"
        case .cannotRead(let path, let reason):
            "cannot read the store \(path): \(reason)"
        case .notADatabase(let path):
            "\(path) is not a store: not an SQLite database; it was left as it is: choose another path"
        case .foreign(let path):
            "\(path) is a database of another program; it was left as it is: choose another path"
        case .corrupt(let path, let detail):
            "the store \(path) is damaged (\(detail)); nothing was written to it: move it and the files beside it "
                + "(-wal, -shm) aside together, then restore a backup or start with a new store"
        case .newerVersion(let path, let found, let supported):
            "the store \(path) has schema version \(found) and this release knows versions up to \(supported): "
                + "use the release that wrote it, or a later one"
        case .needsUpgrade(let path, let found, let supported):
            "the store \(path) has schema version \(found) and this release reads version \(supported): "
                + "start `ocppctl serve` on it once, which upgrades it"
        case .inUse(let path, let pid):
            "the store \(path) is in use by \(pid.map { "process \($0)" } ?? "another process"), "
                + "and only one may write it: stop that one, or choose another path"
        case .cannotWrite(let path, let reason):
            "cannot write to \(path): \(reason)"
        case .diskFull(let path):
            "no space left for the store \(path): free some on its file system"
        case .io(let path, let detail):
            "the store \(path) cannot be read or written: \(detail)"
        }
    }
}
