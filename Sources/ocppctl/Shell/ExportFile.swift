import Glibc
import OCPPKit

/// A file that rows are added to, together with the cursor that says how far: both change, or neither, wherever the
/// process is killed.
///
/// The file's next content is written beside it. The cursor is replaced by one that names this part and what it leads to;
/// then the part takes the file's place, and the cursor its end. Whoever finds the cursor in between looks for the part: if
/// it is there, the file is as it was, and the part is thrown away; if it is gone, the file has it.
final class ExportFile {
    let path: String
    /// Rows go here.
    let output: OutputWriter
    /// The first line of the file, as far as it is looked at, without its end; `nil` where the file is empty.
    private let firstLine: [UInt8]?
    private let part: String
    private let descriptor: Int32
    private var isPending = false

    /// Begins the part, with a copy of what is in the file.
    ///
    /// - Throws: `CommandFailure` with status 74.
    private init(_ path: String) throws {
        try AtomicFile.checkPlace(of: path)
        let path = Self.resolved(path)
        self.path = path
        part = path + ".part"
        descriptor = unsafe open(part, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw Self.failure(part) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            throw CommandFailure(.configuration, "\(path): another export goes on with this file")
        }
        guard ftruncate(descriptor, 0) == 0 else { throw Self.failure(part) }
        output = OutputWriter(descriptor: descriptor, name: path)
        do {
            firstLine = try Self.copy(path, to: output, descriptor)
        } catch {
            _ = unsafe unlink(part)
            throw error
        }
    }

    /// What is in the file, as it is; its last line gets its end where somebody has taken it away.
    ///
    /// - Returns: its first line, without a byte order mark.
    private static func copy(_ path: String, to output: OutputWriter, _ descriptor: Int32) throws -> [UInt8]? {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return nil }
        // Nobody may read it who could not before.
        guard fchmod(descriptor, status.st_mode & 0o777) == 0 else { throw failure(path) }
        let file = try InputFile(path)
        var chunk: [UInt8] = []
        var first: [UInt8]?
        var last: UInt8?
        while try file.read(into: &chunk) {
            try output.write(chunk)
            if first == nil { first = Array(chunk.prefix { $0 != 0x0A && $0 != 0x0D }) }
            last = chunk.last
        }
        if let last, last != 0x0A { try output.write([0x0D, 0x0A]) }
        return first.map { $0.starts(with: LineSplitter.byteOrderMark) ? Array($0.dropFirst(3)) : $0 }
    }

    /// Rows go under a header of their own columns alone.
    ///
    /// - Throws: `CommandFailure` with status 65 where the file begins with another one.
    private func check<Row>(_ table: RowTable<Row>, _ format: RowFormatOptions.Format) throws {
        guard let firstLine else { return }
        let header = table.csvHeader.drop { LineSplitter.byteOrderMark.contains($0) }.dropLast(2)
        guard format == .csv ? firstLine.elementsEqual(header) : firstLine.first == UInt8(ascii: "{") else {
            throw CommandFailure(
                .badData,
                "\(path): it begins with other columns, or rows of another format: name another file, or give the "
                    + "--columns, --format and --dialect that it was made with")
        }
    }

    deinit { close(descriptor) }

    /// Adds rows to a file, in one step with the cursor.
    ///
    /// - Parameter read: gives the rows after the cursor, and returns the cursor after them.
    static func add<Row, Mark>(
        to path: String, after cursorFile: String, _ table: RowTable<Row>, _ format: RowFormatOptions.Format,
        _ read: (ExportCursor<Mark>, (Row) throws -> Void) throws -> ExportCursor<Mark>
    ) throws {
        let lock = try CursorLock(cursorFile)
        defer { withExtendedLifetime(lock) {} }
        let cursor = try ExportCursor<Mark>(file: cursorFile)
        let file = try ExportFile(path)
        do {
            try file.check(table, format)
            let writer = try RowWriter(table, format, to: file.output, hasHeader: file.firstLine != nil)
            try file.commit(read(cursor, writer.write), from: cursor)
        } catch {
            file.discard()
            throw error
        }
    }

    /// Puts the part in the file's place, and the cursor after it.
    private func commit<Mark>(_ cursor: ExportCursor<Mark>, from before: ExportCursor<Mark>) throws {
        try output.flush()
        guard fsync(descriptor) == 0 else { throw Self.failure(part) }
        guard cursor.last != before.last else { return discard() }
        isPending = true
        try cursor.save(pending: part, from: before.last)
        try AtomicFile.move(part, to: path)
        try AtomicFile.synchronizeDirectory(of: path)
        try cursor.save()
    }

    /// Nothing was added. Once a cursor names the part, whether it is there is for the next run to see.
    private func discard() { if !isPending { _ = unsafe unlink(part) } }

    /// What a link leads to, from the root: the next run may begin in another folder.
    private static func resolved(_ path: String) -> String {
        if let real = unsafe realpath(path, nil) {
            defer { unsafe free(real) }
            return unsafe String(cString: real)
        }
        guard !path.hasPrefix("/"), let folder = unsafe getcwd(nil, 0) else { return path }
        defer { unsafe free(folder) }
        return unsafe String(cString: folder) + "/" + path
    }

    private static func failure(_ path: String) -> CommandFailure {
        CommandFailure(.inputOutput, "cannot write \(path): \(systemError(errno))")
    }
}

/// Keeps two runs with one cursor from each other, for as long as it is held.
final class CursorLock {
    private let descriptor: Int32

    /// - Throws: `CommandFailure` with status 78 where another run holds it.
    init(_ cursor: String) throws {
        let path = cursor + ".lock"
        descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o644)
        guard descriptor >= 0 else { throw CommandFailure(.inputOutput, "cannot open \(path): \(systemError(errno))") }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            throw CommandFailure(.configuration, "\(cursor): another export goes on with this cursor")
        }
    }

    deinit { close(descriptor) }
}
