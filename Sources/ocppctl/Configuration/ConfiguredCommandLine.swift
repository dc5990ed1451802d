import ArgumentParser

/// A command line with the settings that it leaves to the environment and to files.
struct ConfiguredCommandLine {
    /// As they were typed, without `--config`.
    let arguments: [String]
    /// The file of `--config`.
    let file: String?

    init(_ typed: [String]) throws {
        var arguments: [String] = []
        var file: String?
        var rest = typed[...]
        while let word = rest.popFirst() {
            if word == "--" {
                arguments += [word] + rest
                break
            }
            if word == "--config" {
                guard let value = rest.popFirst() else {
                    throw CommandFailure(.usage, "Missing value for '--config <file>'")
                }
                file = value
            } else if word.hasPrefix("--config=") {
                file = String(word.dropFirst("--config=".count))
            } else {
                arguments.append(word)
            }
        }
        self.arguments = arguments
        self.file = file
    }

    /// That of this process.
    static func own() throws -> ConfiguredCommandLine {
        try ConfiguredCommandLine(Array(CommandLine.arguments.dropFirst()))
    }

    /// What is set for its command, by option; not what was typed.
    ///
    /// - Throws: `CommandFailure` with status 78.
    func settings() throws -> [String: [String]] {
        guard let command = CommandOptions.named(by: arguments) else { return [:] }
        let settings = try Settings(file: file)
        try settings.check()
        let items = try settings.items(for: CommandOptions(command.words, command.type)).filter { !isGiven($0.option) }
        return Dictionary(items.map { ($0.option.name, $0.values) }, uniquingKeysWith: { first, _ in first })
    }

    /// Parses it.
    ///
    /// - Throws: the parser's errors for what was typed; `CommandFailure` with status 78 for what is set elsewhere.
    func parse() throws -> any ParsableCommand {
        guard !asksForHelp, let command = CommandOptions.named(by: arguments), Settings.exist(file: file) else {
            return try OCPPCtl.parseAsRoot(arguments)
        }
        let settings = try Settings(file: file)
        try settings.check()
        for doubt in Settings.misspeltVariables(of: CommandOptions(command.words, command.type)) {
            Diagnostics.say(doubt)
        }
        var items = try settings.items(for: CommandOptions(command.words, command.type)).filter { !isGiven($0.option) }
        while true {
            do {
                return try OCPPCtl.parseAsRoot(words(with: items[...], after: command.words.count))
            } catch {
                guard let index = culprit(of: error, items, after: command.words.count) else { throw error }
                guard givesWay(items[...index], to: error, command.words) else { throw Self.blame(error, items[index]) }
                items.remove(at: index)
            }
        }
    }

    /// What is asked for help, versions and completions needs no settings, and is answered whatever they are.
    private var asksForHelp: Bool {
        arguments.contains { word in
            ["--help", "-h", "--version"].contains(word) || word.hasPrefix("--generate-completion-script")
                || word.hasPrefix("--experimental-dump-help") || word.hasPrefix("---")
        } || arguments.first == "help"
    }

    private func isGiven(_ option: CommandOptions.Option) -> Bool {
        let name = "--\(option.name)"
        return arguments.prefix { $0 != "--" }.contains { $0 == name || $0.hasPrefix(name + "=") }
    }

    private func words(with items: ArraySlice<Settings.Item>, after count: Int) -> [String] {
        arguments.prefix(count) + items.flatMap(\.words) + arguments.dropFirst(count)
    }

    /// Which setting brings the error; `nil` where what was typed alone does.
    private func culprit(of error: any Error, _ items: [Settings.Item], after count: Int) -> Int? {
        let message = OCPPCtl.message(for: error)
        var before: String?
        for end in 0...items.count {
            let told = Self.complaint(about: words(with: items[..<end], after: count))
            if told == message, before != message, end > 0 { return end - 1 }
            before = told
        }
        return nil
    }

    /// Whether the last of these settings is passed over, since it does not go with what was typed; or since it is one
    /// for all commands and only means nothing here, as a store does where rows come from a file.
    private func givesWay(_ items: ArraySlice<Settings.Item>, to error: any Error, _ command: [String]) -> Bool {
        guard let last = items.last else { return false }
        // These take any text, so that it is not their value that is wrong.
        if last.isShared, ["store", "control", "quirks"].contains(last.option.name) { return true }
        return Self.complaint(about: command + items.flatMap(\.words)) != OCPPCtl.message(for: error)
    }

    /// What is wrong with a command line.
    private static func complaint(about words: [String]) -> String? {
        do {
            _ = try OCPPCtl.parseAsRoot(words)
            return nil
        } catch {
            return OCPPCtl.message(for: error)
        }
    }

    private static func blame(_ error: any Error, _ item: Settings.Item) -> CommandFailure {
        let message = OCPPCtl.message(for: error)
        let text = message.hasPrefix("Error: ") ? String(message.dropFirst(7)) : message
        switch item.source {
        case .variable(let name): return CommandFailure(.configuration, "$\(name): \(text)")
        case .file(let place): return CommandFailure(.configuration, "\(place): \(text)")
        }
    }
}
