import ArgumentParser

/// Makes usage errors say what to type instead.
enum UsageErrors {
    /// The parser's message without its `Error: `, with a suggestion where a subcommand is misspelt.
    static func explained(_ message: String, _ arguments: [String]) -> String {
        var text = message.hasPrefix("Error: ") ? String(message.dropFirst("Error: ".count)) : message
        if let unknown = unknownSubcommand(arguments) {
            text = "unknown subcommand '\(unknown.word)'."
            if let near = nearest(unknown.word, among: unknown.known) { text += " Did you mean '\(near)'?" }
            text += "\nThe subcommands are: \(unknown.known.joined(separator: ", ")). See '\(unknown.parent) --help'."
        }
        return text
    }

    /// The first word that stands where a subcommand should and names none, those that would, and what they belong to.
    static func unknownSubcommand(_ arguments: [String]) -> (word: String, known: [String], parent: String)? {
        var command: any ParsableCommand.Type = OCPPCtl.self
        var parent = "ocppctl"
        for (index, word) in arguments.enumerated() {
            if word.hasPrefix("-") || command.configuration.subcommands.isEmpty { return nil }
            if index == 0, word == "help" { continue }
            let subcommands = command.configuration.subcommands
            guard let next = subcommands.first(where: { $0._commandName == word }) else {
                let names = subcommands.map { $0._commandName }
                return (word, command == OCPPCtl.self ? names + ["help"] : names, parent)
            }
            command = next
            parent += " \(word)"
        }
        return nil
    }

    /// The candidate that differs least, if it differs little enough to be meant.
    static func nearest(_ word: String, among candidates: [String]) -> String? {
        candidates.map { ($0, distance(Array(word.utf8), Array($0.utf8))) }
            .filter { $0.1 <= max(1, $0.0.utf8.count / 3) }
            .min { $0.1 < $1.1 }?.0
    }

    /// Edits that turn one text into the other: a letter more, less, or another.
    private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var row = Array(0...right.count)
        for (i, a) in left.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, b) in right.enumerated() {
                let above = row[j + 1]
                row[j + 1] = min(above + 1, row[j] + 1, diagonal + (a == b ? 0 : 1))
                diagonal = above
            }
        }
        return row[right.count]
    }
}
