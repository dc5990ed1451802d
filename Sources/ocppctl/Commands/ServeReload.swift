import ArgumentParser
import CentralSystemService
import OCPPKit
import Synchronization
import TransportSecurity

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

    /// Reads all of it again, and lets the server go by it; where anything cannot be read, by nothing of it.
    ///
    /// - Returns: what to say.
    func reload(_ server: CentralSystemServer) async -> [String] {
        do {
            let line = try ConfiguredCommandLine.own()
            let now = try line.settings()
            guard let serve = try line.parse() as? Serve else { return [] }
            let read = try await server.reload(serve.settings().centralSystem)
            let before = known.withLock { known in
                defer { known = now }
                return known
            }
            let changed = Set(before.keys).union(now.keys).filter { before[$0] != now[$0] }
            return read
                + (changed.isEmpty ? ["read the settings and their files again"] : Self.messages(changed))
        } catch let failure as CommandFailure {
            return [Self.told(failure.message)]
        } catch let error as TLSError {
            return [Self.told("\(error)")]
        } catch let error as PasswordFile.Failure {
            return [Self.told("\(error)")]
        } catch {
            return [Self.told(OCPPCtl.message(for: error))]
        }
    }

    private static func told(_ reason: String) -> String {
        "\(reason); going on with what was read before: nothing was reloaded"
    }

    private static func messages(_ changed: Set<String>) -> [String] {
        let taken = changed.intersection(options).sorted(), left = changed.subtracting(options).sorted()
        return (taken.isEmpty ? [] : ["read again and changed: \(taken.joined(separator: ", "))"])
            + (left.isEmpty ? [] : ["changed, but only a restart takes it: \(left.joined(separator: ", "))"])
    }
}
