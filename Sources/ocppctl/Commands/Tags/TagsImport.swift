import ArgumentParser
import OCPPKit

struct TagsImport: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Add tags from files, or change those that are there",
        discussion: """
            A file is CSV with a header of idTag and, where you like, status, parentIdTag and expiryDate (other columns \
            are passed over); or lines of JSON with these members; or an idTag a line. What a tag does not say is forgotten of it; tags that are not \
            in the files stay as they are. One record a tag goes to standard output; a bad line is said with its place, \
            and the others are done (1). Run twice: everything unchanged.
            """)

    @OptionGroup var options: TagOptions

    @Argument(help: ArgumentHelp("The files; - is standard input.", valueName: "file"), completion: .file())
    var files: [String] = []

    func run() throws {
        if files.isEmpty, InputFile.isStandardInputTerminal {
            throw ValidationError("tags import reads files, or standard input where that is no terminal")
        }
        var tags: [Tag] = []
        var badLines = 0
        for name in files.isEmpty ? ["-"] : files {
            var table = TagTable()
            var splitter = LineSplitter()
            let file = try InputFile(name)
            for (number, line) in splitter.split(try file.readAll()) + splitter.rest() {
                do throws(TagError) {
                    if let tag = try table.read(line) { tags.append(tag) }
                } catch {
                    Diagnostics.say("\(name):\(number): \(error.message)")
                    badLines += 1
                }
            }
        }
        try put(tags)
        if badLines > 0 { throw CommandFailure(.someFailed) }
    }

    private func put(_ tags: [Tag]) throws {
        let access = try options.access()
        var list = TagList(try access.tags())
        let output = OutputWriter()
        var changes: [TagChange] = []
        for tag in tags {
            let old = list[tag.idTag]
            let isKnown = old.map { $0.hasSameMeaning(as: tag) } ?? false
            if !isKnown { changes.append(.put(tag)) }
            list.put(tag)
            let result: TagRecord.Result = old == nil ? .created : isKnown ? .unchanged : .updated
            try output.writeLine { TagRecord.write(tag, result, to: &$0) }
        }
        try access.change(changes)
        try output.flush()
    }
}

extension Tag {
    /// The case of idTags means nothing.
    fileprivate func hasSameMeaning(as other: Tag) -> Bool {
        key == other.key && status == other.status && expiryDate == other.expiryDate
            && parentIdTag.map(Tag.key) == other.parentIdTag.map(Tag.key)
    }
}

/// Lines of tags: CSV under a header, JSON, or bare idTags.
struct TagTable {
    /// Of the header; `nil` before the first line, empty for bare idTags.
    private var columns: [String]?

    private static let names = ["idTag", "status", "parentIdTag", "expiryDate"]

    /// - Returns: `nil` for a line that holds none.
    mutating func read(_ bytes: [UInt8]) throws(TagError) -> Tag? {
        let bytes = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
        guard let first = bytes.first(where: { $0 > 0x20 }), first != UInt8(ascii: "#") else { return nil }
        let line = String(decoding: bytes, as: UTF8.self)
        if first == UInt8(ascii: "{") {
            guard let root = try? JSONTree(parsing: Array(bytes)).root else { throw TagError(message: "not JSON") }
            if root["messageType"] != nil || root["record"].map({ $0.text != "tag" }) == true { return nil }
            return try Tag(root)
        }
        let fields = CSVLine.fields(of: line)
        guard let columns else {
            let isHeader = fields.contains("idTag")
            columns = isHeader ? fields : []
            return isHeader ? nil : try bare(fields, line)
        }
        guard !columns.isEmpty else { return try bare(fields, line) }
        guard fields.count == columns.count else {
            throw TagError(message: "\(fields.count) fields under a header of \(columns.count)")
        }
        var object = JSONValue.object([])
        for (column, field) in zip(columns, fields) where !field.isEmpty { object[column] = .string(field) }
        guard let root = try? JSONTree(parsing: object.bytes).root else { return nil }
        return try Tag(root)
    }

    private func bare(_ fields: [String], _ line: String) throws(TagError) -> Tag {
        guard fields.count == 1 else {
            throw TagError(
                message: "neither an idTag alone nor CSV under a header of \(Self.names.joined(separator: ","))")
        }
        return Tag(try Tag.checked(fields[0]))
    }
}
