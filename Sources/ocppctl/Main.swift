import ArgumentParser
import Glibc

@main
struct Main {
    static func main() async {
        StandardStreams.keepPlaces()
        ReadableWidth.keep()
        // A closed pipe is an error of the write that meets it, never a signal.
        _ = signal(SIGPIPE, SIG_IGN)
        exit(await run(Array(CommandLine.arguments.dropFirst())).rawValue)
    }

    private static func run(_ arguments: [String]) async -> ExitStatus {
        do {
            var command = try ConfiguredCommandLine(arguments).parse()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
            return .done
        } catch is OutputClosed {
            return .done
        } catch let failure as CommandFailure {
            if !failure.message.isEmpty { Diagnostics.say(failure.message) }
            return failure.status
        } catch {
            return report(error, arguments)
        }
    }

    /// Help and version requests, usage errors, and what nobody expected. Help for a subcommand that does not exist is a
    /// usage error, though the parser gives its parent's help.
    private static func report(_ error: any Error, _ arguments: [String]) -> ExitStatus {
        let code = OCPPCtl.exitCode(for: error)
        if code == .success, UsageErrors.unknownSubcommand(arguments) == nil {
            do {
                let output = OutputWriter()
                try output.write((OCPPCtl.fullMessage(for: error) + "\n").utf8)
                try output.flush()
                return .done
            } catch let failure as CommandFailure {
                Diagnostics.say(failure.message)
                return failure.status
            } catch {
                return .done
            }
        }
        if code == .success || code == .validationFailure {
            Diagnostics.say(UsageErrors.explained(OCPPCtl.fullMessage(for: error), arguments))
            return .usage
        }
        Diagnostics.say("internal error: \(error). Please report it.")
        return .internalError
    }
}

/// The command line's root.
struct OCPPCtl: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ocppctl",
        abstract: "Toolkit for electric-vehicle charging over OCPP 1.6J",
        discussion: """
            Every subcommand reads or writes the same JSON lines, so that any of them can stand before or after any \
            other. Records go to standard output, messages for people to standard error.
            """,
        version: Version.current,
        subcommands: [
            Serve.self,
            Send.self,
            Watch.self,
            Stations.self,
            Dashboard.self,
            Tags.self,
            Decode.self,
            ExportSessions.self,
            ExportMeterValues.self,
            Simulate.self,
            Passwords.self,
            ProvisionDojot.self,
            PublishDojot.self,
            HistoryDojot.self,
            Check.self,
            Config.self,
        ])

    // For the help alone: it is taken from the command line before the rest is parsed, wherever it stands.
    @Option(
        help: ArgumentHelp(
            "Settings for what the command line does not give, as YAML (default: $OCPPCTL_CONFIG, else $XDG_CONFIG_HOME/ocppctl/config.yaml); before or after the subcommand.",
            valueName: "file"), completion: .file())
    var config: String?
}

enum Version {
    static let current = "0.1.0"
}
