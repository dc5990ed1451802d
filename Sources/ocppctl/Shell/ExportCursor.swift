import Glibc
import OCPPKit

/// What a store has learnt, and of which an export wrote the rows last. More than a number, so that another store is
/// noticed.
protocol ExportMark: Equatable {
    /// The command, and what it exports.
    static var command: String { get }
    static var rows: String { get }

    init?(_ root: JSONNode)
    func write(to writer: inout JSONWriter)
}

/// How far the rows of a store were exported: `--cursor FILE`.
struct ExportCursor<Mark: ExportMark> {
    let file: String
    /// `nil` before the first row.
    var last: Mark?

    /// Reads the file; where there is none, nothing was exported so far.
    ///
    /// - Throws: status 65 where it holds something else, 66 where it cannot be read.
    init(file: String) throws {
        self.file = file
        if unsafe access(file, F_OK) != 0, errno == ENOENT { return }
        try AtomicFile.checkPlace(of: file)
        let content = try InputFile(file).readAll()
        guard let root = try? JSONTree(parsing: content).root, let mark = Mark(root) else {
            throw CommandFailure(
                .badData,
                "\(file): no cursor of \(Mark.command); remove it to export all \(Mark.rows), or name another file")
        }
        last = mark
        guard let part = root["pending"]?.text else { return }
        // A run was ended amid its last steps: the part is there for as long as the rows are not in their file.
        if unsafe access(part, F_OK) == 0 {
            _ = unsafe unlink(part)
            last = root["before"].flatMap(Mark.init)
        }
    }

    /// Replaces the file, whole or not at all.
    ///
    /// - Parameters:
    ///   - part: what is about to be renamed; once it is gone this cursor counts, and `before` for as long as it is there.
    func save(pending part: String? = nil, from before: Mark? = nil) throws {
        guard let last else { return }
        var writer = JSONWriter()
        writer.beginObject()
        last.write(to: &writer)
        if let part {
            writer.member("pending", part)
            if let before {
                writer.key("before")
                writer.beginObject()
                before.write(to: &writer)
                writer.endObject()
            }
        }
        writer.endObject()
        writer.endLine()
        try AtomicFile.replace(file, with: writer.bytes)
        if part != nil { try AtomicFile.synchronizeDirectory(of: file) }
    }

    func isOfAnotherStore(_ path: String) -> CommandFailure {
        CommandFailure(
            .badData,
            "\(file): the cursor of another store than \(path), or of one that was replaced since; remove it to export "
                + "all \(Mark.rows) of this one")
    }
}

/// The session whose end was exported last.
struct SessionMark: ExportMark {
    static let command = "export-sessions"
    static let rows = "sessions"

    var endSequence: Int64
    var number: Int
    var chargePointId: String?
    var firstArrival: Timestamp?

    init(endSequence: Int64, _ session: Session) {
        self.endSequence = endSequence
        number = session.number
        chargePointId = session.chargePointId
        firstArrival = session.firstArrival
    }

    init?(_ root: JSONNode) {
        guard let endSequence = root["endSequence"]?.integer, endSequence > 0,
            let number = root["number"]?.integer.flatMap({ Int(exactly: $0) })
        else { return nil }
        self.endSequence = endSequence
        self.number = number
        chargePointId = root["chargePointId"]?.text
        firstArrival = root["firstArrival"]?.text.flatMap { Timestamp(rfc3339: $0) }
    }

    func write(to writer: inout JSONWriter) {
        writer.member("endSequence", endSequence)
        writer.member("number", number)
        writer.member("chargePointId", chargePointId)
        writer.member("firstArrival", firstArrival)
    }
}

/// The message whose samples were exported last.
struct SampleMark: ExportMark {
    static let command = "export-meter-values"
    static let rows = "samples"

    var eventSequence: Int64
    var chargePointId: String
    var arrival: Timestamp

    init(eventSequence: Int64, _ event: TransactionEvent) {
        self.eventSequence = eventSequence
        chargePointId = event.chargePointId
        arrival = event.arrival
    }

    init?(_ root: JSONNode) {
        guard let eventSequence = root["eventSequence"]?.integer, eventSequence > 0,
            let chargePointId = root["chargePointId"]?.text,
            let arrival = root["arrival"]?.text.flatMap({ Timestamp(rfc3339: $0) })
        else { return nil }
        self.eventSequence = eventSequence
        self.chargePointId = chargePointId
        self.arrival = arrival
    }

    func write(to writer: inout JSONWriter) {
        writer.member("eventSequence", eventSequence)
        writer.member("chargePointId", chargePointId)
        writer.member("arrival", arrival)
    }
}
