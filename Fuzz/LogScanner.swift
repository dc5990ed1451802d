// A log of any kind: found frames are the same however the stream is cut.

@testable import OCPPKit

private func read(_ pieces: [ArraySlice<UInt8>]) -> [UInt8] {
    var reader = LogReader(options: LogOptions(zone: { $0 }))
    var writer = JSONWriter()
    func write(_ item: LogItem) { item.write(to: &writer) }
    reader.open("fuzz")
    for piece in pieces { reader.read(Array(piece)) { write($0) } }
    reader.close { write($0) }
    return writer.bytes
}

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzLogScanner(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: data, count: size))
    let whole = read([bytes[...]])
    let cut = bytes.isEmpty ? 0 : Int(bytes[0]) % bytes.count
    precondition(read([bytes[..<cut], bytes[cut...]]) == whole, "where the stream is cut must not matter")
    return 0
}
