import Glibc

/// A file, or standard input as `-`, read in chunks.
struct InputFile: ~Copyable {
    /// As it was given; `-` for standard input.
    let name: String
    private let descriptor: Int32

    /// To be waited for; only `read` reads from it.
    var readDescriptor: Int32 { descriptor }

    /// - Throws: `CommandFailure` with status 66 where it cannot be opened.
    init(_ name: String) throws {
        descriptor = name == "-" ? STDIN_FILENO : try Self.open(name)
        self.name = name
    }

    private static func open(_ name: String) throws -> Int32 {
        let path = try FileName.bytes(of: name).map { CChar(bitPattern: $0) } + [0]
        let descriptor = unsafe Glibc.open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw CommandFailure(.noInput, "cannot open \(name): \(systemError(errno))")
        }
        return descriptor
    }

    deinit {
        if descriptor != STDIN_FILENO { _ = close(descriptor) }
    }

    /// Reads the next chunk into `buffer`, which it replaces; false at the end.
    func read(into buffer: inout [UInt8], atMost size: Int = 1 << 18) throws -> Bool {
        while true {
            var failure: Int32 = 0
            buffer = unsafe [UInt8](unsafeUninitializedCapacity: size) { space, initialized in
                let count = unsafe Glibc.read(descriptor, space.baseAddress!, size)
                if count < 0 { failure = errno }
                initialized = max(0, count)
            }
            switch failure {
            case 0: return !buffer.isEmpty
            case EINTR: continue
            case EAGAIN:
                // Another program that has the same pipe or terminal made it so.
                var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
                _ = unsafe poll(&waiting, 1, -1)
            default:
                let what = name == "-" ? "standard input" : name
                throw CommandFailure(.noInput, "cannot read \(what): \(systemError(failure))")
            }
        }
    }

    /// Larger files are none that are read as a whole: they may never end, as those of `/dev` do not.
    private static let maximumWhole = 256 << 20

    /// Reads all that is left.
    func readAll() throws -> [UInt8] {
        var whole: [UInt8] = []
        var chunk: [UInt8] = []
        while try read(into: &chunk) {
            whole += chunk
            guard whole.count <= Self.maximumWhole else {
                throw CommandFailure(.noInput, "cannot read \(name): it is larger than 256 MiB")
            }
        }
        return whole
    }

    /// Whether standard input is a person at a terminal, who would wait for nothing.
    static var isStandardInputTerminal: Bool { isatty(STDIN_FILENO) == 1 }
}
