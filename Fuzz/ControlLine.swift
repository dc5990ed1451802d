// Lines of the control socket, both ways.

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzControlLine(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: data, count: size))
    if let request = try? ControlRequest(line: bytes) { _ = request.line }
    if let reply = ControlReply(line: bytes) { _ = reply.line }
    return 0
}
