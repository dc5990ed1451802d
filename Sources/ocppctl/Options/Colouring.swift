import ArgumentParser
import Glibc

/// `--color`: whether text on standard output has colours.
enum Colouring: String, ExpressibleByArgument, CaseIterable {
    case auto, always, never

    /// By itself only where a person sees it and has not set `NO_COLOR`.
    var isOn: Bool {
        switch self {
        case .always: true
        case .never: false
        case .auto: unsafe isatty(STDOUT_FILENO) == 1 && getenv("NO_COLOR") == nil
        }
    }
}
