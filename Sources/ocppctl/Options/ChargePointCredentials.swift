import ArgumentParser
import TransportSecurity

/// What a command that plays a charge point proves itself with.
struct ChargePointCredentials: ParsableArguments {
    @Option(
        name: .customLong("password-file"),
        help: ArgumentHelp(
            "A file with the AuthorizationKey (40 hexadecimal digits, sent as bytes) or another password.",
            valueName: "file"), completion: .file())
    var passwordFile: String?

    @OptionGroup private var tlsOptions: ClientTLSOptions

    /// - Parameter url: the central system's; empty where there is none.
    func validate(for url: String) throws { try tlsOptions.validate(isSecure: isSecure(url)) }

    /// The bytes of the password; `nil` without one.
    func secret() throws -> [UInt8]? { try passwordFile.map { try ChargePointSecret.read($0) } }

    /// How `wss://` is spoken; `nil` for `ws://`.
    func tls(for url: String) throws -> TLSContext? { isSecure(url) ? try tlsOptions.context() : nil }

    private func isSecure(_ url: String) -> Bool { url.hasPrefix("wss://") }
}
