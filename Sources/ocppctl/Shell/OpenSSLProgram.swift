import Foundation

/// Keys and certificate requests, made by the `openssl` program.
enum OpenSSLProgram {
    /// Makes a key, in PEM without a passphrase, and a request for a certificate of it.
    ///
    /// - Parameters:
    ///   - commonName: letters, digits and blanks.
    ///   - keyFile: is written readable for this user alone, in place of what was there.
    /// - Returns: the request in PEM.
    static func certificateRequest(commonName: String, keyFile: String) throws -> String {
        let key = try run(["genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"])
        try AtomicFile.replace(keyFile, with: key, mode: 0o600)
        let request = try run(["req", "-new", "-key", keyFile, "-subj", "/CN=\(commonName)"])
        return String(decoding: request, as: UTF8.self)
    }

    /// Whether a certificate is there and lasts for so many days more.
    static func isValid(certificateFile: String, days: Int) -> Bool {
        let arguments = ["x509", "-noout", "-in", certificateFile, "-checkend", "\(days * 86_400)"]
        return (try? run(arguments)) != nil
    }

    private static func run(_ arguments: [String]) throws -> [UInt8] {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["openssl"] + arguments
        let output = Pipe()
        let errors = Pipe()
        process.standardOutput = output
        process.standardError = errors
        process.standardInput = FileHandle.nullDevice
        do { try process.run() } catch {
            throw CommandFailure(.configuration, "openssl does not start: \(error.localizedDescription)")
        }
        // What it says fits into a pipe, so that the order of reading does no harm.
        let said = output.fileHandleForReading.readDataToEndOfFile()
        let complaint = errors.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        switch process.terminationStatus {
        case 0: return Array(said)
        case 127: throw CommandFailure(.configuration, "the program openssl is not installed; --certificates needs it")
        default:
            let text = String(decoding: complaint, as: UTF8.self).split(separator: "\n").last.map(String.init)
            throw CommandFailure(.someFailed, "openssl \(arguments[0]): \(text ?? "failed")")
        }
    }
}
