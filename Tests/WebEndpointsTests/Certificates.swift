import Glibc
import TransportSecurity

/// Certificates of a CA of their own, made by openssl when first asked for, gone with the process's temporary folder.
struct Certificates: Sendable {
    struct Failure: Error { let command: String }
    let folder: String

    static let shared = Result { try Certificates() }

    private init() throws {
        var template = Array("/tmp/ocppctl-tls-XXXXXX".utf8CString)
        guard let path = unsafe mkdtemp(&template) else { throw Failure(command: "mkdtemp") }
        folder = unsafe String(cString: path)
        for name in ["ca", "other"] {
            try run(
                "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=\(name)"
                    + " -keyout \(name).key -out \(name).pem")
        }
        try issue(
            "server", subject: "/CN=localhost", key: "ec -pkeyopt ec_paramgen_curve:P-256",
            san: "DNS:localhost,IP:127.0.0.1")
        try issue("elsewhere", subject: "/CN=elsewhere", key: "rsa:2048", san: "DNS:elsewhere")
        try issue("client", subject: "/O=Energy/CN=CP1", key: "ec -pkeyopt ec_paramgen_curve:P-256", san: nil)
    }

    private func issue(_ name: String, subject: String, key: String, san: String?) throws {
        try run(
            "req -newkey \(key) -nodes -subj \(subject) -keyout \(name).key -out \(name).csr"
                + (san.map { " -addext subjectAltName=\($0)" } ?? ""))
        try run(
            "x509 -req -in \(name).csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -copy_extensions copy -out \(name).pem"
        )
    }

    private func run(_ command: String) throws {
        guard unsafe system("cd \(folder) && openssl \(command) >/dev/null 2>&1") == 0 else {
            throw Failure(command: command)
        }
    }

    func identity(_ name: String) -> TLSIdentity {
        TLSIdentity(certificateFile: "\(folder)/\(name).pem", keyFile: "\(folder)/\(name).key")
    }
    var ca: String { "\(folder)/ca.pem" }
    var otherCA: String { "\(folder)/other.pem" }
}
