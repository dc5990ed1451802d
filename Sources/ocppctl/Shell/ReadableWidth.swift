import Glibc

/// How wide help and usage are written.
enum ReadableWidth {
    /// Below it no room is left beside the names of options: the argument parser leaves out what they mean, or fails.
    private static let least = 50

    /// Has the parser write this much where the terminal, or `COLUMNS`, says less.
    static func keep() {
        var size = winsize()
        let isKnown = unsafe ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
        let told = Locations.environment("COLUMNS").flatMap { Int($0) } ?? (isKnown ? Int(size.ws_col) : nil)
        if let told, told < least { _ = unsafe setenv("COLUMNS", "\(least)", 1) }
    }
}
