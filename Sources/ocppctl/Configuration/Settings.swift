import Glibc

/// What the environment and configuration files say for options that the command line does not give.
///
/// Flags go before `OCPPCTL_*`, these before the file of `--config` or the user's, and this before the system's. Settings
/// become words of the command line, so that there is one way to read a value.
struct Settings {
    /// Where a value comes from.
    enum Source {
        case variable(String)
        case file(ConfigurationFile.Place)
    }

    /// What one option is set to.
    struct Item {
        let option: CommandOptions.Option
        let values: [String]
        let source: Source
        /// Whether it stands for all commands that have the option.
        var isShared = false

        /// The words that say the same.
        var words: [String] {
            if option.isFlag { return values == ["true"] ? ["--\(option.name)"] : [] }
            return values.map { "--\(option.name)=\($0)" }
        }
    }

    /// Options that may stand above the sections, for all commands that have them.
    static let shared: Set<String> = ["store", "control", "quirks", "timezone"]

    /// The files, the one that goes before first.
    private let files: [ConfigurationFile]

    /// - Parameter file: that of `--config`.
    init(file: String?) throws {
        let named = file ?? Locations.environment("OCPPCTL_CONFIG")
        var files: [ConfigurationFile] = []
        if let named {
            if let one = try ConfigurationFile(path: named, isOptional: false) { files.append(one) }
        } else if let one = try ConfigurationFile(path: Locations.userConfiguration, isOptional: true) {
            files.append(one)
        }
        if let one = try ConfigurationFile(path: Locations.systemConfiguration, isOptional: true) { files.append(one) }
        self.files = files
    }

    /// Whether anything may be set at all; quick, as every command asks it.
    static func exist(file: String?) -> Bool {
        if unsafe file != nil || access(Locations.systemConfiguration, F_OK) == 0 { return true }
        if unsafe access(Locations.userConfiguration, F_OK) == 0 { return true }
        // The options read these two themselves.
        return Locations.variables(withPrefix: "OCPPCTL_").contains { $0 != "OCPPCTL_STORE" && $0 != "OCPPCTL_CONTROL" }
    }

    /// Checks every section and key of the files.
    ///
    /// - Throws: `CommandFailure` with status 78, the file, the line and the key of the first that no command knows.
    func check() throws {
        let commands = CommandOptions.all().map { CommandOptions($0.words, $0.type) }
        for file in files {
            for section in file.sections where !commands.contains(where: { $0.words.starts(with: section.command) }) {
                let names = Set(commands.map { $0.words[0] })
                throw unknown(section.place, section.command.last ?? "", among: names, "no command of that name")
            }
            for entry in file.entries {
                let ours = commands.filter { $0.words.starts(with: entry.command) }
                var known = Set(ours.flatMap(\.options).map(\.name))
                if entry.command.isEmpty { known = Self.shared }
                guard known.contains(entry.option) else {
                    let what =
                        entry.command.isEmpty
                        ? "not an option of every command: it belongs into a section, as serve"
                        : "no such option"
                    throw unknown(entry.place, entry.option, among: known, what)
                }
                guard let option = ours.lazy.compactMap({ $0.option(entry.option) }).first else { continue }
                try Self.checkForm(entry, option)
            }
        }
    }

    private func unknown(
        _ place: ConfigurationFile.Place, _ name: String, among known: Set<String>, _ what: String
    ) -> CommandFailure {
        let near = UsageErrors.nearest(name, among: known.sorted()).map { ". Did you mean '\($0)'?" } ?? ""
        return CommandFailure(.configuration, "\(place): unknown key: \(what)\(near)")
    }

    private static func checkForm(_ entry: ConfigurationFile.Entry, _ option: CommandOptions.Option) throws {
        if !entry.isSingle, !option.isRepeating {
            throw CommandFailure(.configuration, "\(entry.place) takes one value, not a list")
        }
        if option.isFlag, entry.values != ["true"], entry.values != ["false"] {
            throw CommandFailure(.configuration, "\(entry.place) is true or false")
        }
    }

    /// What is set for a command, in the order of its options.
    func items(for command: CommandOptions) throws -> [Item] {
        try command.options.compactMap { option in
            if let (variable, value) = variable(command.words, option.name) {
                if option.isFlag, value != "true", value != "false" {
                    throw CommandFailure(.configuration, "$\(variable) is true or false")
                }
                return Item(
                    option: option, values: [value], source: .variable(variable),
                    isShared: variable == Self.variable([], option.name))
            }
            for file in files {
                // The innermost section goes before those around it.
                let found = file.entries.filter {
                    $0.option == option.name && command.words.starts(with: $0.command)
                        && (!$0.command.isEmpty || Self.shared.contains($0.option))
                }.max { $0.command.count < $1.command.count }
                if let found {
                    return Item(
                        option: option, values: found.values, source: .file(found.place),
                        isShared: found.command.isEmpty)
                }
            }
            return nil
        }
    }

    /// `OCPPCTL_SERVE_LISTEN`, `OCPPCTL_STORE`; the one with more words goes first.
    private func variable(_ words: [String], _ option: String) -> (name: String, value: String)? {
        for count in stride(from: words.count, through: 0, by: -1) where count > 0 || Self.shared.contains(option) {
            let name = Self.variable(Array(words.prefix(count)), option)
            if let value = Locations.environment(name) { return (name, value) }
        }
        return nil
    }

    /// Variables that are nearly one of the command's: what is said of each. Those that are far from all may be somebody's
    /// own.
    static func misspeltVariables(of command: CommandOptions) -> [String] {
        let prefix = variable(command.words, "")
        let known = Set(command.options.map { variable(command.words, $0.name) })
        return Locations.variables(withPrefix: prefix).filter { !known.contains($0) }.sorted().compactMap { name in
            let option = name.dropFirst(prefix.utf8.count).lowercased().replacing("_", with: "-")
            guard let near = UsageErrors.nearest(option, among: command.options.map(\.name)) else { return nil }
            return "$\(name) is no setting of \(command.words.joined(separator: " ")) and is not heeded. "
                + "Did you mean $\(variable(command.words, near))?"
        }
    }

    static func variable(_ words: [String], _ option: String) -> String {
        "OCPPCTL_" + (words + [option]).joined(separator: "_").uppercased().replacing("-", with: "_")
    }
}
