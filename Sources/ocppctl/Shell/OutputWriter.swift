import Glibc
import OCPPKit

/// The one way to standard output: records only, checked, buffered.
///
/// A reader that has gone away ends the command quietly (`OutputClosed`); any other failure is status 74.
final class OutputWriter {
    private let descriptor: Int32
    private var pending = JSONWriter(reservingCapacity: OutputWriter.size + OutputWriter.size / 4)
    /// Whether each record goes out at once, for a reader that waits for it.
    let isLineBuffered: Bool

    /// So much goes out at once.
    private static let size = 1 << 16

    /// For messages.
    private let name: String

    init(descriptor: Int32 = STDOUT_FILENO, name: String = "standard output", isLineBuffered: Bool = false) {
        self.descriptor = descriptor
        self.name = name
        self.isLineBuffered = isLineBuffered
    }

    /// Takes whole lines, newlines included.
    func write(_ lines: some Collection<UInt8>) throws {
        try writeLine { $0.rawLine(lines) }
    }

    /// Writes one JSON line built by the closure, which ends it with `endLine`.
    func writeLine(_ build: (inout JSONWriter) -> Void) throws {
        build(&pending)
        if isLineBuffered || pending.bytes.count >= OutputWriter.size { try flush() }
    }

    func flush() throws {
        var written = 0
        defer { pending.removeAll() }
        while written < pending.bytes.count {
            let count = unsafe pending.bytes.withUnsafeBytes { bytes in
                unsafe Glibc.write(descriptor, bytes.baseAddress! + written, bytes.count - written)
            }
            if count >= 0 {
                written += count
            } else if errno == EPIPE {
                throw OutputClosed()
            } else if errno == EAGAIN {
                var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                _ = unsafe poll(&waiting, 1, -1)
            } else if errno != EINTR {
                throw CommandFailure(.inputOutput, "cannot write to \(name): \(systemError(errno))")
            }
        }
    }
}

/// The reader of standard output went away, as `head` does: no error.
struct OutputClosed: Error {}

/// The system's text for an error number.
func systemError(_ number: Int32) -> String {
    unsafe String(cString: strerror(number))
}
