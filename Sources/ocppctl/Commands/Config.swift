import ArgumentParser
import OCPPKit

/// Shows what commands are set to, and by what.
struct Config: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show the settings of commands, and where each comes from",
        discussion: """
            What a command line does not give comes from OCPPCTL_* in the environment, else from the file that --config \
            names or $XDG_CONFIG_HOME/ocppctl/config.yaml, else from /etc/ocppctl/config.yaml, else from the default. One \
            record a setting goes to standard output. A key that no command knows is an error (78), told with its file and line.

            Examples:
              ocppctl config serve --config site.yaml --changed --format text
              ocppctl config tags push
            """)

    @Argument(
        help: ArgumentHelp("The command whose settings are shown (default: all).", valueName: "command"),
        completion: .list(OCPPCtl.configuration.subcommands.map { $0._commandName }))
    var command: [String] = []

    @Flag(help: "Leave out what is as it is by default.")
    var changed = false

    @Option(help: "Records, or lines for people.")
    var format = ConfigFormat.jsonl

    func run() throws {
        // Taken before a command sees its options.
        let file = try ConfiguredCommandLine.own().file
        let settings = try Settings(file: file)
        try settings.check()
        let all = CommandOptions.all().filter { $0.words.starts(with: command) && $0.words != ["config"] }
        guard !all.isEmpty else {
            throw CommandFailure(.usage, "unknown command '\(command.joined(separator: " "))'")
        }
        let output = OutputWriter()
        var lines: [Line] = []
        for entry in all {
            let options = CommandOptions(entry.words, entry.type)
            let items = try settings.items(for: options)
            for option in options.options {
                let item = items.first { $0.option.name == option.name }
                if item == nil, changed { continue }
                lines.append(Line(command: entry.words, option: option, item: item))
            }
        }
        switch format {
        case .jsonl: for line in lines { try output.writeLine { line.write(to: &$0) } }
        case .text: try output.write(Line.text(of: lines).utf8)
        }
        try output.flush()
    }

    private struct Line {
        let command: [String]
        let option: CommandOptions.Option
        let item: Settings.Item?

        var values: [String] {
            if let item { return item.values }
            if option.isFlag { return [option.defaultValue ?? "false"] }
            switch option.name {
            case "store": return [Locations.defaultStore]
            case "control": return [Locations.defaultControlSocket]
            default: return option.defaultValue.map { [$0] } ?? []
            }
        }

        func write(to writer: inout JSONWriter) {
            writer.beginObject()
            writer.member("record", "setting")
            writer.member("command", command.joined(separator: " "))
            writer.member("name", option.name)
            writer.key("value")
            if option.isRepeating {
                writer.beginArray()
                for value in values { writer.string(value) }
                writer.endArray()
            } else if option.isFlag {
                writer.boolean(values == ["true"])
            } else if let value = values.first {
                writer.string(value)
            } else {
                writer.null()
            }
            switch item?.source {
            case nil: writer.member("source", "default")
            case .variable(let name):
                writer.member("source", "environment")
                writer.member("variable", name)
            case .file(let place):
                writer.member("source", "file")
                writer.member("file", place.file)
                writer.member("line", place.line)
            }
            writer.endObject()
            writer.endLine()
        }

        /// Name, value and source in columns.
        static func text(of lines: [Line]) -> String {
            let rows = lines.map { line -> (String, String, String) in
                let source =
                    switch line.item?.source {
                    case nil: "default"
                    case .variable(let name): "$" + name
                    case .file(let place): "\(place.file):\(place.line)"
                    }
                let value = line.values.isEmpty ? "-" : line.values.joined(separator: ", ")
                return ((line.command + [line.option.name]).joined(separator: "."), value, source)
            }
            let name = rows.map(\.0.count).max() ?? 0, value = rows.map(\.1.count).max() ?? 0
            return rows.map { row in
                let padding = (
                    String(repeating: " ", count: name - row.0.count),
                    String(repeating: " ", count: value - row.1.count)
                )
                return Diagnostics.harmless("\(row.0)\(padding.0)  \(row.1)\(padding.1)  \(row.2)") + "\n"
            }.joined()
        }
    }
}

enum ConfigFormat: String, ExpressibleByArgument, CaseIterable { case jsonl, text }
