import ArgumentParser
import CentralSystemService
import TransportSecurity

/// How a charge point speaks `wss://`.
struct ClientTLSOptions: ParsableArguments {
    @Option(
        name: .customLong("tls-ca"),
        help: ArgumentHelp(
            "Who signs the central system's certificate, PEM (default: the system's).", valueName: "file"),
        completion: .file())
    var ca: String?

    @Option(
        name: .customLong("tls-certificate"),
        help: ArgumentHelp("The charge point's own certificate, PEM, for security profile 3.", valueName: "file"),
        completion: .file())
    var certificate: String?

    @Option(
        name: .customLong("tls-key"), help: ArgumentHelp("The private key of it, PEM.", valueName: "file"),
        completion: .file())
    var key: String?

    func validate(isSecure: Bool) throws {
        guard (certificate == nil) == (key == nil) else {
            throw ValidationError("--tls-certificate and --tls-key go together")
        }
        guard isSecure || (ca == nil && certificate == nil) else {
            throw ValidationError("the --tls options are for a --url that begins with wss://")
        }
    }

    func context() throws -> TLSContext {
        let identity = certificate.flatMap { certificate in
            key.map { TLSIdentity(certificateFile: certificate, keyFile: $0) }
        }
        do {
            return try TLSContext(clientTrusting: ca, identity: identity)
        } catch {
            throw CommandFailure(.configuration, "\(error)")
        }
    }
}

/// Files with one secret.
enum ChargePointSecret {
    /// The bytes that a charge point sends as its password: of hexadecimal digits those that they stand for.
    static func read(_ path: String) throws -> [UInt8] { try secret(path).bytes }

    /// - Throws: where the file is open to others, is empty or holds more than a line.
    static func secret(_ path: String) throws -> Secret {
        var bytes: [UInt8]
        if path == "-" {
            bytes = try InputFile(path).readAll()
        } else {
            do {
                bytes = try SecretFile.read(path)
            } catch {
                throw CommandFailure(error.code == 0 ? .configuration : .noInput, error.description)
            }
        }
        if bytes.starts(with: LineSplitter.byteOrderMark) { bytes.removeFirst(LineSplitter.byteOrderMark.count) }
        while let last = bytes.last, last == 0x0A || last == 0x0D { bytes.removeLast() }
        let text = String(decoding: bytes, as: UTF8.self)
        guard !bytes.contains(0x0A), text.utf8.elementsEqual(bytes), let secret = Secret(text: text) else {
            throw CommandFailure(
                .badData, "\(path): not one line with 40 hexadecimal digits, or a password of 1 to 255 bytes")
        }
        return secret
    }
}
