import ArgumentParser
import CentralSystemService
import OCPPKit
import Synchronization

/// What HUP reads again of `serve`'s settings: the configuration files, and the files that they and the flags name.
final class ServeReload: Sendable {
    /// What goes on without a restart.
    static let options: Set<String> = [
        "boot", "before-boot", "heartbeat-interval", "tags", "unknown-tags", "concurrent-transactions", "action-case",
        "quirks",
    ]

    private let known = Mutex<[String: [String]]>([:])

    init() {
        let values = (try? ConfiguredCommandLine.own().settings()) ?? [:]
        known.withLock { $0 = values }
    }

    /// - Returns: the rules as they are now, and what to say once they hold; no rules where they cannot be read.
    func read() -> (rules: CentralSystem.Configuration?, messages: [String]) {
        do {
            let line = try ConfiguredCommandLine.own()
            let now = try line.settings()
            guard let serve = try line.parse() as? Serve else { return (nil, []) }
            let rules = try serve.settings().centralSystem
            let before = known.withLock { known in
                defer { known = now }
                return known
            }
            return (rules, Self.messages(Set(before.keys).union(now.keys).filter { before[$0] != now[$0] }))
        } catch let failure as CommandFailure {
            return (nil, ["\(failure.message); going on with what was read before"])
        } catch {
            return (nil, ["\(OCPPCtl.message(for: error)); going on with what was read before"])
        }
    }

    private static func messages(_ changed: Set<String>) -> [String] {
        let taken = changed.intersection(options).sorted(), left = changed.subtracting(options).sorted()
        return (taken.isEmpty ? [] : ["read again and changed: \(taken.joined(separator: ", "))"])
            + (left.isEmpty ? [] : ["changed, but only a restart takes it: \(left.joined(separator: ", "))"])
    }
}
