// A frame as it comes over the wire: read, or refused with what can still be told of it. FrameRecord follows the same
// frame further; this target does one thing, so that it reads as many as can be: three texts for each input, the input
// and what is left of it where its last byte, or its second half, is cut off.

@testable import OCPPKit

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzFrameReader(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: data, count: size))
    let isFrame = read(bytes)
    guard size > 1 else { return 0 }
    // A frame ends with its bracket: without it, it is none any more.
    let isCutFrame = read(Array(bytes[..<(size - 1)]))
    precondition(isCutFrame == (isFrame && bytes[size - 1] <= 0x20) || !isFrame)
    _ = read(Array(bytes[..<(size / 2)]))
    return 0
}

private func read(_ bytes: [UInt8]) -> Bool {
    do {
        let frame = try Frame.read(bytes)
        // Around a frame nothing but blanks is left out.
        precondition(frame.raw.first == UInt8(ascii: "[") || frame.raw.first == UInt8(ascii: "{"))
        let blanks = bytes.prefix { $0 <= 0x20 }.count + bytes.reversed().prefix { $0 <= 0x20 }.count
        precondition(bytes.count - frame.raw.count == blanks)
        precondition((frame.kind == .call) == (frame.action != nil))
        return true
    } catch {
        precondition(!error.message.isEmpty)
        return false
    }
}
