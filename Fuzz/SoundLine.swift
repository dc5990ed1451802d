// A line whose frame is taken as it stands, as a CALL and as an answer to one: only where a closer look finds nothing, and
// with the record that any other frame has. The first byte chooses the action.

@testable import OCPPKit

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzSoundLine(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: data, count: size))
    guard let first = bytes.first else { return 0 }
    let action = Actions.all[Int(first) % Actions.all.count].name
    var reader = LogReader()
    reader.open("fuzz")
    reader.read(Array("[2,\"1\",\"\(action)\",{}]\n".utf8)) { _ in }
    // The line, and its text as the payload of an answer and of a CALL.
    for (head, tail) in [("", ""), ("[3,\"1\",", "]"), ("[2,\"1\",\"\(action)\",", "]")] {
        let line = Array(head.utf8) + bytes.dropFirst().filter { $0 != 0x0A } + Array("\(tail)\n".utf8)
        reader.read(line, check)
    }
    reader.close(check)
    return 0
}

private func check(_ item: LogItem) {
    guard case .sound(let sound) = item else { return }
    let record = sound.read
    let answering = record.frame.kind == .callResult ? record.action : nil
    let violations = Validator.violations(of: record.frame, answering: answering)
    precondition(violations.isEmpty)
    precondition(
        Repair.names(reading: record.frame, payload: record.payload, answering: answering, violations: []).isEmpty)
    var (quick, plain) = (JSONWriter(), JSONWriter())
    sound.write(to: &quick)
    record.write(to: &plain)
    precondition(quick.bytes == plain.bytes)
}
