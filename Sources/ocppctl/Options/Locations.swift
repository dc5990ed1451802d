import ArgumentParser
import Glibc

/// Where the store, the control socket and what is cached are, by the XDG rules.
enum Locations {
    static var defaultStore: String {
        directory("XDG_STATE_HOME", orHome: ".local/state") + "/ocppctl/ocppctl.db"
    }

    /// `$XDG_RUNTIME_DIR`, which a login session has; elsewhere beside the store.
    static var defaultControlSocket: String {
        (environment("XDG_RUNTIME_DIR") ?? directory("XDG_STATE_HOME", orHome: ".local/state"))
            + "/ocppctl/control.sock"
    }

    /// The token of the last login to DOJOT.
    static var dojotToken: String { directory("XDG_CACHE_HOME", orHome: ".cache") + "/ocppctl/dojot-token.json" }

    /// The user's configuration, and the system's.
    static var userConfiguration: String { directory("XDG_CONFIG_HOME", orHome: ".config") + "/ocppctl/config.yaml" }
    static let systemConfiguration = "/etc/ocppctl/config.yaml"

    /// The names of all variables that begin so.
    static func variables(withPrefix prefix: String) -> [String] {
        var names: [String] = []
        var place = unsafe environ
        while let entry = unsafe place.pointee {
            if unsafe strncmp(entry, prefix, prefix.utf8.count) == 0 {
                names.append(String(unsafe String(cString: entry).prefix { $0 != "=" }))
            }
            unsafe place = place.advanced(by: 1)
        }
        return names
    }

    static func environment(_ name: String) -> String? {
        guard let value = unsafe getenv(name) else { return nil }
        let text = unsafe String(cString: value)
        return text.isEmpty ? nil : text
    }

    private static func directory(_ variable: String, orHome path: String) -> String {
        environment(variable) ?? (environment("HOME") ?? "/var/lib") + "/" + path
    }
}

/// `--store FILE`, wherever a store is read or written.
struct StoreOption: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The store (default: $OCPPCTL_STORE, else $XDG_STATE_HOME/ocppctl/ocppctl.db).", valueName: "file"),
        completion: .file())
    var store: String?

    var path: String { chosen ?? Locations.defaultStore }

    /// What the user has named; `nil` where the default is meant.
    var chosen: String? { store ?? Locations.environment("OCPPCTL_STORE") }
}

/// `--control SOCKET`, wherever a running server is asked.
struct ControlOption: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The running server's control socket (default: $OCPPCTL_CONTROL, else $XDG_RUNTIME_DIR/ocppctl/control.sock).",
            valueName: "socket"), completion: .file())
    var control: String?

    var path: String { control ?? Locations.environment("OCPPCTL_CONTROL") ?? Locations.defaultControlSocket }
}
