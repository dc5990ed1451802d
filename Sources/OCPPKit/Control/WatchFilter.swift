/// Which records somebody who watches wants to see.
public struct WatchFilter: Sendable, Equatable {
    public enum Kind: String, Sendable, CaseIterable {
        case all, frames, sessions, connections, commands
    }

    public var kind: Kind
    /// Ids, or patterns with `*` and `?`; none at all for every charge point.
    public var chargePoints: [String]

    public init(kind: Kind = .all, chargePoints: [String] = []) {
        self.kind = kind
        self.chargePoints = chargePoints
    }

    /// - Parameter chargePointId: what the record is about; `nil` passes where no charge point is asked for.
    public func passes(_ record: Record) -> Bool {
        guard kind == .all || record.watchKind == kind else { return false }
        return NamePattern.anyMatches(record.chargePointId, chargePoints)
    }

    func write(to writer: inout JSONWriter) {
        writer.member("records", kind.rawValue)
        writer.member("chargePoints", chargePoints)
    }

    /// `nil` where the node asks for records that there are not.
    init?(_ node: JSONNode) {
        guard let kind = Kind(rawValue: node["records"]?.text ?? "all") else { return nil }
        self.init(kind: kind, chargePoints: node["chargePoints"]?.elements.compactMap(\.text) ?? [])
    }
}

/// Names with `*` for any text and `?` for any character.
public enum NamePattern {
    public static func isPattern(_ text: String) -> Bool { text.contains { $0 == "*" || $0 == "?" } }

    /// - Parameter patterns: none at all for every name, and for what has none.
    public static func anyMatches(_ name: String?, _ patterns: [String]) -> Bool {
        guard !patterns.isEmpty else { return true }
        guard let name else { return false }
        return patterns.contains { matches(name, $0) }
    }

    public static func matches(_ name: String, _ pattern: String) -> Bool {
        let (name, pattern) = (Array(name.unicodeScalars), Array(pattern.unicodeScalars))
        var (n, p) = (0, 0)
        // Where to go on when what follows the last star does not fit.
        var retry: (n: Int, p: Int)?
        while n < name.count {
            if p < pattern.count, pattern[p] == "*" {
                retry = (n, p)
                p += 1
            } else if p < pattern.count, pattern[p] == "?" || pattern[p] == name[n] {
                n += 1
                p += 1
            } else if let last = retry {
                retry = (last.n + 1, last.p)
                (n, p) = (last.n + 1, last.p + 1)
            } else {
                return false
            }
        }
        return pattern[p...].allSatisfy { $0 == "*" }
    }
}

extension Record {
    var watchKind: WatchFilter.Kind {
        switch self {
        case .frame, .error: .frames
        case .session: .sessions
        case .connection: .connections
        case .command: .commands
        // None of these: for those who want all.
        case .alert: .all
        }
    }

    var chargePointId: String? {
        switch self {
        case .frame(let record): record.chargePointId
        case .error(let record): record.chargePointId
        case .session(let session): session.chargePointId
        case .connection(let record): record.chargePointId
        case .command(let outcome): outcome.chargePointId
        case .alert(let alert): alert.chargePointId
        }
    }
}
