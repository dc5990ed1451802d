import OCPPKit

/// Reads `--tags`: an idTag a line, or a JSON object a line; blank lines and `#` comments are skipped.
enum TagListFile {
    static func read(_ name: String, unknown: AuthorizationStatus) throws -> TagList {
        let file = try InputFile(name)
        var list = TagList(unknown: unknown)
        var splitter = LineSplitter()
        for (number, line) in splitter.split(try file.readAll()) + splitter.rest() {
            let text = String(decoding: line, as: UTF8.self)
            if text.isEmpty || text.hasPrefix("#") || text.allSatisfy(\.isWhitespace) { continue }
            do {
                let (idTag, entry) = try read(text)
                list[idTag] = entry
            } catch {
                throw CommandFailure(.configuration, "\(name):\(number): \(error.message)")
            }
        }
        return list
    }

    private struct LineError: Error { let message: String }

    private static func read(_ text: String) throws(LineError) -> (String, TagList.Entry) {
        guard text.hasPrefix("{") else {
            guard text.unicodeScalars.count <= 20 else {
                throw LineError(message: "the idTag has \(text.unicodeScalars.count) characters, limit 20")
            }
            return (text, TagList.Entry())
        }
        guard let root = try? JSONTree(parsing: text).root, let idTag = root["idTag"]?.text else {
            throw LineError(message: #"not an object with "idTag""#)
        }
        var entry = TagList.Entry(parentIdTag: root["parentIdTag"]?.text)
        if let status = root["status"]?.text {
            guard let known = AuthorizationStatus(rawValue: status) else {
                let names = AuthorizationStatus.allCases.map(\.rawValue).joined(separator: ", ")
                throw LineError(message: "status \(status) is none of \(names)")
            }
            entry.status = known
        }
        if let date = root["expiryDate"]?.text {
            guard let time = Timestamp.read(date)?.time else {
                throw LineError(message: "expiryDate \(date) is no time")
            }
            entry.expiryDate = time
        }
        return (idTag, entry)
    }
}
