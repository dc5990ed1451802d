/// Frames as they lie in one row of the store, one behind the other: a line of direction, arrival in milliseconds, and
/// the byte counts of the charge point's id and of the frame, with blanks between; then those bytes.
///
/// They are gathered where they come and go, so that a message costs no row and no request of its own.
public struct FrameBlock: Sendable {
    /// A block that is larger is closed, so that a reader's memory stays small.
    public static let maximumBytes = 256 << 10

    public private(set) var bytes: [UInt8] = []
    /// When the last of them arrived; blocks are removed by it.
    public private(set) var lastArrival = Timestamp(milliseconds: .min)

    /// - Parameter reservingCapacity: bytes that it is likely to need.
    public init(reservingCapacity capacity: Int = 0) { bytes.reserveCapacity(capacity) }

    public init(_ frame: StoredFrame) {
        append(frame.raw[...], frame.direction, of: frame.chargePointId, at: frame.arrival)
    }

    public mutating func append(_ raw: ArraySlice<UInt8>, _ direction: Direction, of id: String, at time: Timestamp) {
        let idCount = id.utf8.count
        // Three numbers of at most 20 digits, a word, and four characters between them.
        bytes.append(addingCapacity: 96) { line in
            for byte in direction.rawValue.utf8 { line.append(byte) }
            line.append(UInt8(ascii: " "))
            line.append(decimal: time.milliseconds)
            line.append(UInt8(ascii: " "))
            line.append(decimal: Int64(idCount))
            line.append(UInt8(ascii: " "))
            line.append(decimal: Int64(raw.count))
            line.append(UInt8(ascii: "\n"))
        }
        bytes.append(contentsOf: id.utf8)
        bytes.append(contentsOf: raw)
        lastArrival = max(lastArrival, time)
    }

    /// Puts those of another block behind its own.
    public mutating func append(_ other: FrameBlock) {
        bytes.append(contentsOf: other.bytes)
        lastArrival = max(lastArrival, other.lastArrival)
    }

    public mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        lastArrival = Timestamp(milliseconds: .min)
    }

    /// The frames of a row, in order; `nil` where it is no block.
    public static func frames(_ bytes: [UInt8]) -> [StoredFrame]? {
        var frames: [StoredFrame] = []
        var rest = bytes[...]
        while let newline = rest.firstIndex(of: UInt8(ascii: "\n")) {
            let words = rest[..<newline].split(separator: UInt8(ascii: " ")).map { String(decoding: $0, as: UTF8.self) }
            guard words.count == 4, let direction = Direction(rawValue: words[0]), let arrival = Int64(words[1]),
                let idCount = Int(words[2]), let count = Int(words[3]), idCount >= 0, count >= 0,
                idCount <= rest.endIndex - newline - 1, count <= rest.endIndex - newline - 1 - idCount
            else { return nil }
            let start = newline + 1 + idCount
            frames.append(
                StoredFrame(
                    chargePointId: String(decoding: rest[(newline + 1)..<start], as: UTF8.self), direction: direction,
                    arrival: Timestamp(milliseconds: arrival), raw: Array(rest[start..<start + count])))
            rest = rest[(start + count)...]
        }
        return rest.isEmpty ? frames : nil
    }
}
