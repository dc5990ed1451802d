import Glibc

/// Standard input, output and error, which whoever starts a command may have closed.
enum StandardStreams {
    /// Holds the places of those that are closed: else a socket or file that is opened next would be taken for one of
    /// them, and records would go into it. What holds a place still cannot be read, or written to: that stays an error.
    static func keepPlaces() {
        for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) < 0 {
            // The lowest number that is free is this one.
            _ = unsafe open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY)
        }
    }
}
