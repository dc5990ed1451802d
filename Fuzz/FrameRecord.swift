// A frame that was read: judged, written as a record, read again.

@testable import OCPPKit

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzFrameRecord(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: data, count: size))
    guard let frame = try? Frame.read(bytes) else { return 0 }
    var record = FrameRecord(
        timestamp: Timestamp(milliseconds: 0), chargePointId: "CP1", direction: .fromChargePoint, frame: frame,
        action: frame.kind == .call ? nil : "StartTransaction")
    record.judge()
    var writer = JSONWriter()
    record.write(to: &writer)
    // What we write, we read, and it says the same.
    guard let line = try? JSONTree(parsing: writer.bytes).root, let again = try? FrameRecord.read(line) else {
        fatalError("a record of ours cannot be read")
    }
    precondition(again.frame.messageId == frame.messageId && again.frame.action == frame.action)
    precondition(Array(again.frame.raw) == Array(frame.raw))
    precondition(again.repairs == record.repairs)
    // The quick look passes nothing that the long one would not.
    if frame.kind == .call, let definition = frame.definition, let payload = frame.payload,
        Validator.isPlainlySound(payload, action: definition.index, isRequest: true)
    {
        precondition(Validator.violations(ofPayload: payload, shape: definition.request).isEmpty)
    }
    return 0
}
