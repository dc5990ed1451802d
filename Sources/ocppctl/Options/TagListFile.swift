import OCPPKit

/// Reads a list of tags: an idTag a line, or a JSON object a line as `Tag` reads it; blank lines and `#` comments are
/// skipped.
enum TagListFile {
    /// - Throws: `CommandFailure` with the file and the line of the first one that is bad.
    static func read(_ name: String) throws -> [Tag] {
        let file = try InputFile(name)
        var tags: [Tag] = []
        var splitter = LineSplitter()
        for (number, line) in splitter.split(try file.readAll()) + splitter.rest() {
            let text = String(decoding: line, as: UTF8.self)
            if text.isEmpty || text.hasPrefix("#") || text.allSatisfy(\.isWhitespace) { continue }
            do {
                tags.append(try read(text))
            } catch {
                throw CommandFailure(.configuration, "\(name):\(number): \(error.message)")
            }
        }
        return tags
    }

    private static func read(_ text: String) throws(TagError) -> Tag {
        guard text.hasPrefix("{") else { return Tag(try Tag.checked(text)) }
        guard let root = try? JSONTree(parsing: text).root else {
            throw TagError(message: #"not an object with "idTag""#)
        }
        return try Tag(root)
    }
}
