import Glibc

/// The files of a store: `<path>`, `<path>-wal`, `<path>-shm`, `<path>.lock`.
enum StoreFiles {
    /// The path with symbolic links followed, so that two names of one store have one lock.
    static func resolved(_ path: String) -> String {
        guard let resolved = unsafe realpath(path, nil) else { return path }
        defer { unsafe free(resolved) }
        return unsafe String(cString: resolved)
    }

    /// In bytes; `nil` where there is no file.
    static func size(_ path: String) -> Int? {
        var status = stat()
        return unsafe stat(path, &status) == 0 ? Int(status.st_size) : nil
    }

    /// - Throws: where this process may not read the file, or cannot tell whether there is one; no file is no error.
    static func checkReadable(_ path: String) throws(StoreError) {
        if unsafe access(path, R_OK) != 0, errno != ENOENT, errno != ENOTDIR {
            throw .cannotRead(path: path, reason: lastSystemError())
        }
        var status = stat()
        if unsafe stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
            throw .cannotRead(path: path, reason: "Is a directory")
        }
    }

    static func exists(_ path: String) -> Bool { size(path) != nil }

    /// Makes the directory of `path`, and those above it, for their owner alone.
    static func makeDirectory(of path: String) throws(StoreError) {
        let directory = parent(of: path)
        if exists(directory) { return }
        try makeDirectory(of: directory)
        guard unsafe mkdir(directory, 0o700) == 0 || errno == EEXIST else {
            throw .cannotWrite(path: directory, reason: lastSystemError())
        }
        // SQLite makes the names inside the new directory durable, but not the directory's own.
        try synchronizeDirectory(parent(of: directory))
    }

    /// Makes an empty file for its owner alone, unless there is a file. SQLite gives its mode to those beside it.
    static func makeFile(_ path: String) throws(StoreError) {
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        if descriptor >= 0 {
            close(descriptor)
        } else if errno != EEXIST {
            throw .cannotWrite(path: path, reason: lastSystemError())
        }
    }

    private static func synchronizeDirectory(_ path: String) throws(StoreError) {
        let descriptor = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .cannotWrite(path: path, reason: lastSystemError()) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw .cannotWrite(path: path, reason: lastSystemError()) }
    }

    private static func parent(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}

/// The text of `errno`.
func lastSystemError() -> String { unsafe String(cString: strerror(errno)) }
