/// The text of a line as a `SoundWalk` reads it: zeros stand behind it, and beside it where its strings are.
struct SoundText: Sendable {
    /// Longer than the text and its zeros after a longer one.
    private var bytes = [UInt8](repeating: 0, count: 4096)
    private var places = [SoundWalk.StringPlace](repeating: .init(start: 0, end: 0, isPlain: true), count: 1024)
    private(set) var count = 0
    private(set) var notes = SoundWalk.Notes()

    subscript(range: Range<Int>) -> ArraySlice<UInt8> { bytes[range] }

    /// Takes another text; the memory is kept.
    mutating func replace(by text: ArraySlice<UInt8>) {
        let size = text.count + SoundWalk.padding
        if size > bytes.count { bytes = [UInt8](repeating: 0, count: 2 * size) }
        count = text.count
        notes = SoundWalk.Notes()
        unsafe bytes.withUnsafeMutableBytes { room in
            unsafe text.withUnsafeBytes { unsafe room.copyMemory(from: $0) }
            unsafe room.storeBytes(of: SIMD16<UInt8>(), toByteOffset: text.count, as: SIMD16<UInt8>.self)
        }
    }

    /// Lends a walk over the text, and what it notes.
    mutating func read<Result>(_ body: (SoundWalk, inout SoundWalk.Notes) -> Result) -> Result {
        let (count, placeCount) = (count, places.count)
        var read = SoundWalk.Notes()
        defer { notes = read }
        return unsafe bytes.withUnsafeBufferPointer { bytes in
            unsafe places.withUnsafeMutableBufferPointer { places in
                // There are zeros at least.
                let walk = unsafe SoundWalk(
                    bytes.baseAddress!, count: count, places: places.baseAddress, placeCount: placeCount)
                return body(walk, &read)
            }
        }
    }

    func write(_ part: Range<Int>, to room: inout TextRoom) {
        unsafe bytes.withUnsafeBufferPointer { unsafe room.write(UnsafeBufferPointer(rebasing: $0[part])) }
    }

    /// Whether it is known of each string where it is.
    var hasAllStrings: Bool { notes.stringCount <= places.count }

    /// Lends the text, with its zeros, and where its strings are.
    func withStrings(_ body: (UnsafeBufferPointer<UInt8>, UnsafeBufferPointer<SoundWalk.StringPlace>) -> Void) {
        unsafe bytes.withUnsafeBufferPointer { bytes in
            unsafe places.withUnsafeBufferPointer { places in
                unsafe body(bytes, UnsafeBufferPointer(rebasing: places[..<min(notes.stringCount, places.count)]))
            }
        }
    }
}
