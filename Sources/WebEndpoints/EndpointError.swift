/// Why an endpoint could not be set up. `description` is one line for people.
public enum EndpointError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Another socket listens on this address.
    case addressInUse(host: String, port: UInt16)
    /// The operating system forbids it: a port below 1024, a socket directory of someone else.
    case permissionDenied(String)
    /// A live server answers on this control socket.
    case controlSocketInUse(path: String)
    /// The text says what is wrong, where, and what to do.
    case other(String)

    public var description: String {
        switch self {
        case .addressInUse(let host, let port):
            "\(bracketed(host)):\(port) is already in use by another process"
        case .permissionDenied(let what): "\(what): permission denied"
        case .controlSocketInUse(let path): "\(path): another server already listens on this control socket"
        case .other(let text): text
        }
    }
}

/// An IPv6 address in brackets, anything else as it is.
func bracketed(_ host: String) -> String {
    host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]" : host
}
