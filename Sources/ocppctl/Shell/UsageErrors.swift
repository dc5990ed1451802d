import ArgumentParser

/// Makes usage errors say what to type instead.
enum UsageErrors {
    /// The parser's message without its `Error: `, with a suggestion where a subcommand is misspelt.
    static func explained(_ message: String, _ arguments: [String]) -> String {
        var text = message.hasPrefix("Error: ") ? String(message.dropFirst("Error: ".count)) : message
        if let first = arguments.first, !first.hasPrefix("-"), !subcommandNames.contains(first) {
            text = "unknown subcommand '\(first)'."
            if let near = nearest(first, among: subcommandNames) { text += " Did you mean '\(near)'?" }
            text += "\nThe subcommands are: \(subcommandNames.joined(separator: ", ")). See 'ocppctl --help'."
        }
        return text
    }

    private static var subcommandNames: [String] {
        OCPPCtl.configuration.subcommands.map { $0._commandName } + ["help"]
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
