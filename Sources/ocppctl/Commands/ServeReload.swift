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

    /// - Returns: the rules as they are now; `nil`, after saying why, where they cannot be read.
    func rules() -> CentralSystem.Configuration? {
        do {
            let line = try ConfiguredCommandLine.own()
            let now = try line.settings()
            guard let serve = try line.parse() as? Serve else { return nil }
            let rules = try serve.settings().centralSystem
            let before = known.withLock { known in
                defer { known = now }
                return known
            }
            tell(Set(before.keys).union(now.keys).filter { before[$0] != now[$0] })
            return rules
        } catch let failure as CommandFailure {
            Diagnostics.say("\(failure.message); going on with what was read before")
        } catch {
            Diagnostics.say("\(OCPPCtl.message(for: error)); going on with what was read before")
        }
        return nil
    }

    private func tell(_ changed: Set<String>) {
        let taken = changed.intersection(Self.options).sorted(), left = changed.subtracting(Self.options).sorted()
        if !taken.isEmpty { Diagnostics.say("read again and changed: \(taken.joined(separator: ", "))") }
        if !left.isEmpty { Diagnostics.say("changed, but only a restart takes it: \(left.joined(separator: ", "))") }
    }
}
