import Glibc

/// Files that a reader sees whole: the old one or the new one.
enum AtomicFile {
    /// A new file can take the place of a plain one, or of none. Not that of `/dev/null`, or of where standard output goes,
    /// which would be there no more.
    ///
    /// - Throws: `CommandFailure` with status 74.
    static func checkPlace(of path: String) throws {
        var status = stat()
        // A folder keeps its place by itself.
        guard unsafe stat(path, &status) == 0, ![S_IFREG, S_IFDIR].contains(status.st_mode & S_IFMT) else { return }
        throw CommandFailure(
            .inputOutput, "cannot write \(path): it is no plain file, and another file would take its place")
    }

    /// Writes a new file beside the old one, and renames it once it is on the disk.
    ///
    /// - Throws: `CommandFailure` with status 74; the old file is as it was.
    static func replace(_ path: String, with bytes: [UInt8], mode: mode_t = 0o644) throws {
        try checkPlace(of: path)
        let temporary = "\(path).\(getpid())"
        let descriptor = unsafe open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw failure(path) }
        do {
            defer { close(descriptor) }
            guard writeAll(bytes, to: descriptor), fsync(descriptor) == 0, unsafe rename(temporary, path) == 0 else {
                throw failure(path)
            }
        } catch {
            _ = unsafe unlink(temporary)
            throw error
        }
    }

    /// Puts a file in the place of another.
    static func move(_ old: String, to new: String) throws {
        guard unsafe rename(old, new) == 0 else { throw failure(new) }
    }

    /// So that a rename in it survives a loss of power.
    static func synchronizeDirectory(of path: String) throws {
        let folder = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        let descriptor = unsafe open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(folder) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw failure(folder) }
    }

    private static func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 && errno != EINTR { return false }
            rest = rest.dropFirst(max(0, count))
        }
        return true
    }

    private static func failure(_ path: String) -> CommandFailure {
        CommandFailure(.inputOutput, "cannot write \(path): \(systemError(errno))")
    }
}
