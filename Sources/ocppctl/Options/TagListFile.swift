import OCPPKit

/// Reads files of tags, for `serve` and `tags import` alike.
enum TagListFile {
    /// - Parameter bad: is told what is wrong with a line, and where; the others are read.
    static func read(_ name: String, bad: (String) throws -> Void) throws -> [Tag] {
        let file = try InputFile(name)
        var tags: [Tag] = []
        var table = TagTable()
        var splitter = LineSplitter()
        for (number, line) in splitter.split(try file.readAll()) + splitter.rest() {
            do throws(TagError) {
                if let tag = try table.read(line) { tags.append(tag) }
            } catch {
                try bad("\(name):\(number): \(error.message)")
            }
        }
        return tags
    }
}

/// Lines of tags: CSV under a header, JSON, or bare idTags.
struct TagTable {
    /// Of the header; `nil` before the first line, empty for bare idTags.
    private var columns: [String]?

    private static let names = ["idTag", "status", "parentIdTag", "expiryDate"]

    /// - Returns: `nil` for a line that holds none.
    mutating func read(_ bytes: [UInt8]) throws(TagError) -> Tag? {
        guard let first = bytes.first(where: { $0 > 0x20 }), first != UInt8(ascii: "#") else { return nil }
        if first == UInt8(ascii: "{") {
            guard let root = try? JSONTree(parsing: bytes).root else { throw TagError(message: "not JSON") }
            if root["messageType"] != nil || root["record"].map({ $0.text != "tag" }) == true { return nil }
            return try Tag(root)
        }
        let fields = CSVLine.fields(of: String(decoding: bytes, as: UTF8.self))
        guard let columns else {
            let names = CSVLine.columns(of: fields, known: Self.names)
            let isHeader = names.contains("idTag")
            columns = isHeader ? names : []
            return isHeader ? nil : try bare(fields)
        }
        guard !columns.isEmpty else { return try bare(fields) }
        guard fields.count == columns.count else {
            throw TagError(message: "\(fields.count) fields under a header of \(columns.count)")
        }
        var object = JSONValue.object([])
        for (column, field) in zip(columns, fields) where Self.names.contains(column) {
            if field.isEmpty, column != "idTag" { continue }
            try Self.check(field, column)
            object[column] = .string(Self.meant(field, column))
        }
        guard let root = try? JSONTree(parsing: object.bytes).root else { return nil }
        return try Tag(root)
    }

    private func bare(_ fields: [String]) throws(TagError) -> Tag {
        guard fields.count == 1 else {
            throw TagError(
                message: "neither an idTag alone nor CSV under a header of \(Self.names.joined(separator: ","))")
        }
        try Self.check(fields[0], "idTag")
        return Tag(try Tag.checked(fields[0]))
    }

    /// As the list has it: a date is its beginning, and the case of a status means nothing.
    private static func meant(_ field: String, _ column: String) -> String {
        switch column {
        case "expiryDate": LocalDate(argument: field)?.midnight.description ?? field
        case "status": TagStatus(argument: field)?.value.rawValue ?? field
        default: field
        }
    }

    /// What is not UTF-8 has become this character, and would never be the idTag that somebody shows.
    private static func check(_ field: String, _ name: String) throws(TagError) {
        guard !field.unicodeScalars.contains("\u{FFFD}") else { throw TagError(message: "the \(name) is not UTF-8") }
    }
}
