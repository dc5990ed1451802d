import CLibwebsockets
import Glibc

/// A listening TCP socket of our own: libwebsockets hides why a bind failed, and binds an IPv4 address on every
/// interface.
struct ListeningSocket {
    let descriptor: Int32
    /// The port in use, also where 0 was asked for.
    let port: UInt16

    /// - Parameter host: a numeric address. `::` serves IPv4 too.
    init(host: String, port: UInt16) throws(EndpointError) {
        var hints = unsafe addrinfo()
        unsafe hints.ai_flags = AI_PASSIVE | AI_NUMERICHOST
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        guard unsafe getaddrinfo(host, String(port), &hints, &list) == 0, let address = unsafe list else {
            throw .other("\(host) is not a numeric address to listen on, such as 127.0.0.1, ::1 or 0.0.0.0")
        }
        defer { unsafe freeaddrinfo(list) }
        let descriptor = unsafe socket(
            address.pointee.ai_family, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw .other("cannot make a socket: \(errorText())") }
        setOption(descriptor, SOL_SOCKET, SO_REUSEADDR, 1)
        if unsafe address.pointee.ai_family == AF_INET6 {
            setOption(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, host == "::" ? 0 : 1)
        }
        guard unsafe bind(descriptor, address.pointee.ai_addr, address.pointee.ai_addrlen) == 0,
            listen(descriptor, 4_096) == 0
        else {
            let code = errno
            close(descriptor)
            switch code {
            case EADDRINUSE: throw .addressInUse(host: host, port: port)
            case EACCES, EPERM: throw .permissionDenied("listening on \(bracketed(host)):\(port)")
            default: throw .other("cannot listen on \(bracketed(host)):\(port): \(errorText(code))")
            }
        }
        self.descriptor = descriptor
        self.port = Self.port(of: descriptor)
    }

    private static func port(of descriptor: Int32) -> UInt16 {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        return unsafe withUnsafeMutablePointer(to: &storage) { storage in
            unsafe storage.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                _ = unsafe getsockname(descriptor, address, &length)
            }
            // The port is in the same place for both families.
            return unsafe storage.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { address in
                unsafe UInt16(bigEndian: address.pointee.sin_port)
            }
        }
    }
}

/// Sets an integer option of a socket; a kernel that does not know it is left as it is.
func setOption(_ descriptor: Int32, _ level: Int32, _ name: Int32, _ value: Int32) {
    var value = value
    _ = unsafe setsockopt(descriptor, level, name, &value, socklen_t(MemoryLayout<Int32>.size))
}

/// Accepts what waits on a listening descriptor.
enum Accepting {
    enum Outcome {
        case connection(Int32, peerAddress: String)
        case nothing
        /// No descriptors left, or the like: try again later.
        case exhausted
    }

    static func next(_ listener: Int32) -> Outcome {
        while true {
            var storage = sockaddr_storage()
            var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
            let (accepted, peerAddress) = unsafe withUnsafeMutablePointer(to: &storage) { storage in
                unsafe storage.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                    let accepted = unsafe accept4(
                        listener, address, &length, Int32(SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue))
                    return unsafe (accepted, accepted >= 0 ? numericAddress(address, length) : "")
                }
            }
            if accepted >= 0 { return .connection(accepted, peerAddress: peerAddress) }
            switch errno {
            case EINTR, ECONNABORTED: continue
            case EAGAIN: return .nothing
            case EMFILE, ENFILE, ENOBUFS, ENOMEM: return .exhausted
            default: return .nothing
            }
        }
    }
}

/// An address in digits, without its port; IPv4 in IPv6 is written as IPv4. Empty where it has no such form.
func numericAddress(_ address: UnsafePointer<sockaddr>?, _ length: socklen_t) -> String {
    var text = [CChar](repeating: 0, count: 64)
    guard unsafe getnameinfo(address, length, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST) == 0 else {
        return ""
    }
    let numeric = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return numeric.hasPrefix("::ffff:") ? String(numeric.dropFirst(7)) : numeric
}

/// Whether this is an IPv4 or IPv6 address in digits.
func isNumericAddress(_ text: String) -> Bool {
    var space = in6_addr()
    return unsafe inet_pton(AF_INET, text, &space) == 1 || inet_pton(AF_INET6, text, &space) == 1
}
