import ArgumentParser
import CentralSystemService
import Glibc
import OCPPKit

/// The passwords' file of `serve`.
struct Passwords: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Keep the charge points' passwords, as salted hashes",
        discussion: """
            The file holds a line for each charge point, with a salted hash (scrypt) of its AuthorizationKey; the keys \
            themselves are nowhere. It must be for its owner alone (0600). A running serve reads it again on HUP.

            Examples:
              ocppctl passwords set CP001 --password-file key.txt --passwords passwords.jsonl
              ocppctl passwords list --passwords passwords.jsonl
              ocppctl passwords remove CP001 --passwords passwords.jsonl
            """,
        subcommands: [SetPassword.self, RemovePassword.self, ListPasswords.self])
}

/// `--passwords FILE` where it is changed or read.
struct PasswordFileOption: ParsableArguments {
    @Option(help: ArgumentHelp("The passwords' file.", valueName: "file"), completion: .file())
    var passwords: String

    func open(mayBeMissing: Bool) throws -> PasswordFile {
        do {
            return try PasswordFile(path: passwords, mayBeMissing: mayBeMissing)
        } catch {
            throw CommandFailure(.configuration, "\(error)")
        }
    }
}

struct SetPassword: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set", abstract: "Set a charge point's key or password; what it had before is valid no more")

    @OptionGroup var file: PasswordFileOption

    @Argument(
        help: ArgumentHelp("Its identity, byte for byte as in its URL.", valueName: "charge-point"),
        completion: .chargePoints)
    var chargePoint: String

    @Option(
        name: .customLong("password-file"),
        help: ArgumentHelp(
            "A file for its owner alone, with one line: 40 hexadecimal digits, or a password; - is standard input.",
            valueName: "file"), completion: .file())
    var passwordFile: String

    func validate() throws {
        guard ChargePointAddress.isIdentity(chargePoint) else {
            throw ValidationError(
                "'\(chargePoint)' is no identity that serve takes: 1 to \(ChargePointIdentity.maximumLength) letters and "
                    + "digits of ASCII, blanks between them, and -._~:@*+=|")
        }
    }

    func run() throws {
        let secret = try ChargePointSecret.secret(passwordFile)
        let passwords = try file.open(mayBeMissing: true)
        try keep(passwords, chargePoint) { _ in PasswordFile.Entry(current: StoredSecret(secret)) }
        if secret.kind == .password {
            Diagnostics.say("this is no AuthorizationKey: 'serve' takes it only with --lenient-passwords")
        }
    }
}

struct RemovePassword: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Forget a charge point; it can connect no more")

    @OptionGroup var file: PasswordFileOption

    @Argument(help: ArgumentHelp("Its identity.", valueName: "charge-point"), completion: .chargePoints)
    var chargePoint: String

    func run() throws {
        let passwords = try file.open(mayBeMissing: false)
        guard passwords[chargePoint] != nil else {
            throw CommandFailure(.badData, "\(file.passwords) has no charge point \(chargePoint)")
        }
        try keep(passwords, chargePoint) { _ in nil }
    }
}

struct ListPasswords: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Write the charge points of the file, a record each")

    @OptionGroup var file: PasswordFileOption

    func run() throws {
        let passwords = try file.open(mayBeMissing: false)
        let output = OutputWriter()
        for id in passwords.ids {
            guard let entry = passwords[id] else { continue }
            try output.writeLine { writer in
                writer.beginObject()
                writer.member("record", "password")
                writer.member("chargePointId", id)
                writer.member("kind", entry.current?.kind.rawValue)
                writer.member("pending", entry.pending != nil)
                writer.endObject()
                writer.endLine()
            }
        }
        try output.flush()
    }
}

private func keep(
    _ passwords: PasswordFile, _ id: String, _ change: (PasswordFile.Entry?) -> PasswordFile.Entry?
) throws {
    do {
        try passwords.change(id, change)
    } catch {
        throw CommandFailure(.inputOutput, "\(error)")
    }
}
