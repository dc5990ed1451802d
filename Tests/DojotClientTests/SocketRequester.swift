import Glibc
import WebEndpoints

/// Carries requests to 127.0.0.1 over a socket of their own each, without TLS, and blocks meanwhile.
struct SocketRequester: HTTPRequesting {
    func send(_ request: HTTPRequest, timeoutSeconds: Int) async throws(HTTPFailure) -> HTTPResponse {
        guard request.url.hasPrefix("http://127.0.0.1:") else { throw .badURL(request.url) }
        let rest = request.url.dropFirst("http://127.0.0.1:".count)
        let port = rest.prefix { $0 != "/" }
        let descriptor = try connected(to: UInt16(port) ?? 0)
        defer { close(descriptor) }

        var head = "\(request.method) \(rest.dropFirst(port.count)) HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
        for (name, value) in request.headers { head += "\(name): \(value)\r\n" }
        if let body = request.body { head += "Content-Length: \(body.count)\r\n" }
        let bytes = Array("\(head)\r\n".utf8) + (request.body ?? [])
        let sent = unsafe bytes.withUnsafeBytes { unsafe Glibc.send(descriptor, $0.baseAddress, $0.count, 0x4000) }
        guard sent == bytes.count else { throw .cutOff }
        return try response(in: received(from: descriptor))
    }

    private func connected(to port: UInt16) throws(HTTPFailure) -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let result = unsafe withUnsafePointer(to: &address) {
            unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else {
            close(descriptor)
            throw .unreachable("port \(port)")
        }
        return descriptor
    }

    private func received(from descriptor: Int32) -> [UInt8] {
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = unsafe block.withUnsafeMutableBytes { unsafe read(descriptor, $0.baseAddress, $0.count) }
            if count <= 0 { return bytes }
            bytes += block[..<count]
        }
    }

    private func response(in bytes: [UInt8]) throws(HTTPFailure) -> HTTPResponse {
        let text = bytes.indices.first { bytes[$0...].starts(with: "\r\n\r\n".utf8) }
        guard let end = text else { throw .cutOff }
        let lines = String(decoding: bytes[..<end], as: UTF8.self).split(separator: "\r\n")
        guard let status = Int(lines[0].split(separator: " ")[1]) else { throw .cutOff }
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            headers[parts[0].lowercased()] = String(parts[1].drop { $0 == " " })
        }
        return HTTPResponse(
            status: status, contentType: headers["content-type"],
            retryAfterSeconds: headers["retry-after"].flatMap { Int($0) }, body: Array(bytes[(end + 4)...]))
    }
}
