import COpenSSL

/// One TLS connection over a non-blocking descriptor that its owner watches and closes. One thread at a time.
@safe public final class TLSSession {
    public enum Progress: Equatable {
        case done
        /// Again when the descriptor can be read, or written.
        case wantsRead, wantsWrite
        /// It will never open. The text is for people.
        case failed(String)
    }

    public enum Transfer: Equatable {
        case bytes(Int)
        case wantsRead, wantsWrite
        /// The peer is done, or gone.
        case ended
    }

    private let session: OpaquePointer
    private let context: TLSContext
    private var isOpen = false
    private var hasFailed = false

    /// - Parameter serverName: a client's: the name or the address that the server's certificate must be for.
    public init(_ context: TLSContext, descriptor: Int32, serverName: String? = nil) throws(TLSError) {
        self.context = context
        guard let session = unsafe SSL_new(context.handle) else { throw TLSError("OpenSSL: \(opensslText())") }
        unsafe self.session = session
        guard unsafe SSL_set_fd(session, descriptor) == 1 else { throw TLSError("OpenSSL: \(opensslText())") }
        if context.isServer {
            unsafe SSL_set_accept_state(session)
            return
        }
        unsafe SSL_set_connect_state(session)
        guard let serverName else { return }
        let parameters = unsafe SSL_get0_param(session)
        if unsafe X509_VERIFY_PARAM_set1_ip_asc(parameters, serverName) == 1 { return }
        ERR_clear_error()
        guard unsafe SSL_set1_host(session, serverName) == 1, unsafe ocpp_set_server_name(session, serverName) == 1
        else { throw TLSError("\(serverName) is no name of a server") }
    }

    deinit { unsafe SSL_free(session) }

    /// Goes on with the handshake.
    public func handshake() -> Progress {
        ERR_clear_error()
        let result = unsafe SSL_do_handshake(session)
        if result == 1 {
            isOpen = true
            return .done
        }
        switch unsafe SSL_get_error(session, result) {
        case SSL_ERROR_WANT_READ: return .wantsRead
        case SSL_ERROR_WANT_WRITE: return .wantsWrite
        default:
            hasFailed = true
            return .failed(failureText())
        }
    }

    private func failureText() -> String {
        let verdict = unsafe SSL_get_verify_result(session)
        if verdict != X509_V_OK {
            ERR_clear_error()
            return unsafe "certificate refused: " + String(cString: X509_verify_cert_error_string(verdict))
        }
        return ERR_peek_error() == 0 ? "the peer went away in the handshake" : opensslText()
    }

    /// Reads what has arrived, into the beginning of `space`.
    public func read(into space: UnsafeMutableRawBufferPointer) -> Transfer {
        guard !hasFailed else { return .ended }
        ERR_clear_error()
        let count = unsafe SSL_read(session, space.baseAddress, Int32(clamping: space.count))
        return count > 0 ? .bytes(Int(count)) : trouble(count)
    }

    /// Writes some of `bytes`, which must not be empty.
    public func write(_ bytes: UnsafeRawBufferPointer) -> Transfer {
        guard !hasFailed else { return .ended }
        ERR_clear_error()
        let count = unsafe SSL_write(session, bytes.baseAddress, Int32(clamping: bytes.count))
        return count > 0 ? .bytes(Int(count)) : trouble(count)
    }

    private func trouble(_ result: Int32) -> Transfer {
        switch unsafe SSL_get_error(session, result) {
        case SSL_ERROR_WANT_READ: return .wantsRead
        case SSL_ERROR_WANT_WRITE: return .wantsWrite
        case SSL_ERROR_ZERO_RETURN: return .ended
        default:
            hasFailed = true
            return .ended
        }
    }

    /// Whether plain text waits here that no event of the descriptor will announce.
    public var hasPending: Bool { unsafe SSL_has_pending(session) == 1 }

    /// Says goodbye, as far as the socket takes it at once.
    public func shutDown() {
        guard isOpen, !hasFailed else { return }
        ERR_clear_error()
        _ = unsafe SSL_shutdown(session)
        ERR_clear_error()
    }

    /// The certificate that the peer showed; it has been verified.
    public var peerCertificate: PeerCertificate? {
        guard let certificate = unsafe SSL_get1_peer_certificate(session) else { return nil }
        defer { unsafe X509_free(certificate) }
        return unsafe PeerCertificate(certificate)
    }
}

/// What a verified certificate says of its holder.
public struct PeerCertificate: Sendable, Equatable {
    /// The subject's one CN and one O; `nil` where there is none, more than one, or no text without NUL.
    public var commonName: String?
    public var organization: String?
    /// In hexadecimal digits, upper case, without leading zeros.
    public var serialNumber: String

    public init(commonName: String?, organization: String?, serialNumber: String) {
        self.commonName = commonName
        self.organization = organization
        self.serialNumber = serialNumber
    }

    init(_ certificate: OpaquePointer) {
        let subject = unsafe X509_get_subject_name(certificate)
        commonName = unsafe Self.only(NID_commonName, of: subject)
        organization = unsafe Self.only(NID_organizationName, of: subject)
        var digits = ""
        if let number = unsafe ASN1_INTEGER_to_BN(X509_get0_serialNumber(certificate), nil) {
            defer { unsafe BN_free(number) }
            if let text = unsafe BN_bn2hex(number) {
                digits = unsafe String(cString: text)
                unsafe CRYPTO_free(text, #file, Int32(#line))
            }
        }
        let stripped = digits.drop { $0 == "0" }
        serialNumber = stripped.isEmpty ? "0" : String(stripped)
    }

    private static func only(_ kind: Int32, of name: OpaquePointer?) -> String? {
        let index = unsafe X509_NAME_get_index_by_NID(name, kind, -1)
        guard index >= 0, unsafe X509_NAME_get_index_by_NID(name, kind, index) < 0,
            let entry = unsafe X509_NAME_get_entry(name, index)
        else { return nil }
        var text: UnsafeMutablePointer<UInt8>?
        let count = unsafe ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(entry))
        guard count > 0, let text = unsafe text else { return nil }
        defer { unsafe CRYPTO_free(text, #file, Int32(#line)) }
        let bytes = unsafe Array(UnsafeBufferPointer(start: text, count: Int(count)))
        return bytes.contains(0) ? nil : String(decoding: bytes, as: UTF8.self)
    }
}
