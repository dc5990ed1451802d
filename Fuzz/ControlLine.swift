// Lines of the control socket, both ways: what was read is written, and what was written is read.

@testable import OCPPKit

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzControlLine(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: data, count: size))
    if let request = try? ControlRequest(line: bytes) {
        let line = request.line
        guard let again = try? ControlRequest(line: line) else { fatalError("a request of ours cannot be read") }
        precondition(again.line == line)
    }
    if let reply = ControlReply(line: bytes) {
        let line = reply.line
        guard let again = ControlReply(line: line) else { fatalError("an answer of ours cannot be read") }
        precondition(again.line == line)
    }
    return 0
}
