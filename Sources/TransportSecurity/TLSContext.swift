import COpenSSL

/// A certificate chain and its private key, in PEM files; the key without a passphrase.
public struct TLSIdentity: Sendable, Equatable {
    public var certificateFile: String
    public var keyFile: String

    public init(certificateFile: String, keyFile: String) {
        self.certificateFile = certificateFile
        self.keyFile = keyFile
    }
}

/// What TLS could not do. `description` is one line for people; it names the file where one is to blame.
public struct TLSError: Error, Sendable, Equatable, CustomStringConvertible {
    public var description: String
    public init(_ description: String) { self.description = description }
}

/// The settings of TLS connections of one kind, read once from files. Connections that were made keep it.
///
/// `@unchecked Sendable`: OpenSSL counts references to it atomically, and nothing changes it after `init`.
@safe public final class TLSContext: @unchecked Sendable {
    /// The suites of TLS 1.2 that the whitepaper "Improved security for OCPP 1.6-J" names (table 3), in our order.
    static let suites =
        "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:AES128-GCM-SHA256:AES256-GCM-SHA384"
    /// The same ciphers in TLS 1.3, which chooses key exchange and signature apart from them.
    static let suitesOfTLS13 = "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384"

    let handle: OpaquePointer
    let isServer: Bool

    /// A central system's side.
    ///
    /// - Parameters:
    ///   - identities: at least one; one each with an RSA and an ECDSA key serves charge points of either kind.
    ///   - clientCAFile: clients must show a certificate that leads to one of these; `nil` asks for none.
    public init(server identities: [TLSIdentity], clientCAFile: String?) throws(TLSError) {
        isServer = true
        unsafe handle = try Self.make(TLS_server_method())
        unsafe ocpp_set_server_options(handle)
        unsafe SSL_CTX_set_alpn_select_cb(handle, chooseHTTP1, nil)
        for identity in identities { try use(identity) }
        guard let clientCAFile else { return }
        guard unsafe SSL_CTX_load_verify_locations(handle, clientCAFile, nil) == 1,
            let names = unsafe SSL_load_client_CA_file(clientCAFile)
        else { throw TLSError("\(clientCAFile): no CA certificates in PEM: \(opensslText())") }
        unsafe SSL_CTX_set_client_CA_list(handle, names)
        unsafe SSL_CTX_set_verify(handle, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nil)
    }

    /// A charge point's side. The server's certificate is always checked.
    ///
    /// - Parameter caFile: `nil` takes the system's.
    public init(clientTrusting caFile: String?, identity: TLSIdentity?) throws(TLSError) {
        isServer = false
        unsafe handle = try Self.make(TLS_client_method())
        if let caFile {
            guard unsafe SSL_CTX_load_verify_locations(handle, caFile, nil) == 1 else {
                throw TLSError("\(caFile): no CA certificates in PEM: \(opensslText())")
            }
        } else {
            unsafe SSL_CTX_set_default_verify_paths(handle)
        }
        unsafe SSL_CTX_set_verify(handle, SSL_VERIFY_PEER, nil)
        if let identity { try use(identity) }
    }

    deinit { unsafe SSL_CTX_free(handle) }

    private static func make(_ method: OpaquePointer?) throws(TLSError) -> OpaquePointer {
        guard let handle = unsafe SSL_CTX_new(method) else { throw TLSError("OpenSSL: \(opensslText())") }
        unsafe ocpp_set_mode(handle)
        guard unsafe ocpp_set_minimum_version(handle, Int32(OCPP_TLS1_2_VERSION)) == 1,
            unsafe SSL_CTX_set_cipher_list(handle, suites) == 1,
            unsafe SSL_CTX_set_ciphersuites(handle, suitesOfTLS13) == 1
        else {
            defer { unsafe SSL_CTX_free(handle) }
            throw TLSError("this OpenSSL does not have the suites of OCPP: \(opensslText())")
        }
        return unsafe handle
    }

    private func use(_ identity: TLSIdentity) throws(TLSError) {
        guard unsafe SSL_CTX_use_certificate_chain_file(handle, identity.certificateFile) == 1 else {
            throw TLSError("\(identity.certificateFile): no usable certificate in PEM: \(opensslText())")
        }
        guard
            unsafe SSL_CTX_use_PrivateKey_file(
                handle, identity.keyFile, Int32(OCPP_SSL_FILETYPE_PEM)) == 1
        else { throw TLSError("\(identity.keyFile): no usable private key of the certificate: \(opensslText())") }
    }
}

/// HTTP/1.1 where the client offers it; a client that insists on something else is refused.
private func chooseHTTP1(
    _ session: OpaquePointer?, _ chosen: UnsafeMutablePointer<UnsafePointer<UInt8>?>?,
    _ chosenLength: UnsafeMutablePointer<UInt8>?, _ offered: UnsafePointer<UInt8>?, _ length: UInt32,
    _ context: UnsafeMutableRawPointer?
) -> Int32 {
    var position = 0
    while position < Int(length), let offered = unsafe offered {
        let count = unsafe Int(offered[position])
        let name = unsafe UnsafeBufferPointer(start: offered + position + 1, count: count)
        if unsafe name.elementsEqual("http/1.1".utf8) {
            unsafe chosen?.pointee = offered + position + 1
            unsafe chosenLength?.pointee = UInt8(count)
            return SSL_TLSEXT_ERR_OK
        }
        position += 1 + count
    }
    return SSL_TLSEXT_ERR_ALERT_FATAL
}

/// The reason of OpenSSL's last error on this thread, and forgets all of them.
func opensslText() -> String {
    let code = ERR_peek_error()
    ERR_clear_error()
    guard code != 0, let reason = unsafe ERR_reason_error_string(code) else { return "unknown reason" }
    return unsafe String(cString: reason)
}
