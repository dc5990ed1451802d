// HTTP of both sides: the head of a request for a WebSocket, an identity in its target, and an answer.

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzHTTPMessages(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: data, count: size))
    let handshake = Handshake(HTTPHead(bytes[...]), peerAddress: "127.0.0.1")
    if let id = try? ChargePointIdentity.read(target: handshake.request.rawTarget, below: "/ocpp") {
        precondition(!id.isEmpty && id.utf8.count <= ChargePointIdentity.maximumLength)
        precondition(!id.utf8.contains(UInt8(ascii: "/")) && id.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F })
    }
    var parser = HTTPResponseParser(method: "GET")
    bytes.withUnsafeBytes { _ = parser.feed($0) }
    _ = parser.end()
    return 0
}
