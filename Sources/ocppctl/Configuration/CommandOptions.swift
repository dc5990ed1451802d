import ArgumentParser
import OCPPKit

/// A command as its definition has it: the words that name it, and its options.
struct CommandOptions {
    struct Option {
        /// Without its dashes.
        let name: String
        let isFlag: Bool
        let isRepeating: Bool
        let defaultValue: String?
    }

    let words: [String]
    let type: any ParsableCommand.Type
    let options: [Option]

    /// Options that say what is to be done once, or where settings come from: no settings themselves.
    private static let excluded: Set<String> = ["help", "version", "config"]

    init(_ words: [String], _ type: any ParsableCommand.Type) {
        self.words = words
        self.type = type
        let dump = try? JSONTree(parsing: type._dumpHelp()).root
        options =
            (dump?["command"]?["arguments"]?.elements).map { Array($0) }.map { arguments in
                arguments.compactMap { argument in
                    guard argument["kind"]?.text != "positional", let name = argument["preferredName"]?["name"]?.text,
                        !Self.excluded.contains(name)
                    else { return nil }
                    return Option(
                        name: name, isFlag: argument["kind"]?.text == "flag",
                        isRepeating: argument["isRepeating"]?.boolean ?? false,
                        defaultValue: argument["defaultValue"]?.text)
                }
            } ?? []
    }

    func option(_ name: String) -> Option? { options.first { $0.name == name } }

    /// The command that the words of a command line begin with; `nil` where they name none, or one that has subcommands.
    static func named(by arguments: [String]) -> (words: [String], type: any ParsableCommand.Type)? {
        var type: any ParsableCommand.Type = OCPPCtl.self
        var words: [String] = []
        for word in arguments {
            guard let next = subcommand(word, of: type) else { break }
            type = next
            words.append(word)
        }
        return words.isEmpty || !type.configuration.subcommands.isEmpty ? nil : (words, type)
    }

    static func subcommand(_ word: String, of type: any ParsableCommand.Type) -> (any ParsableCommand.Type)? {
        type.configuration.subcommands.first { $0._commandName == word }
    }

    /// Every command that does something, below a command.
    static func all(
        below words: [String] = [], _ type: any ParsableCommand.Type = OCPPCtl.self
    ) -> [(words: [String], type: any ParsableCommand.Type)] {
        if type.configuration.subcommands.isEmpty { return [(words, type)] }
        return type.configuration.subcommands.flatMap { all(below: words + [$0._commandName], $0) }
    }
}
