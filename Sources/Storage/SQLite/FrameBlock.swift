import OCPPKit

/// Frames as they lie in one row, one behind the other: a line of direction, arrival in milliseconds, and the byte counts
/// of the charge point's id and of the frame, with blanks between; then those bytes.
struct FrameBlock {
    /// A block that is larger is closed, so that a reader's memory stays small.
    static let maximumBytes = 256 << 10

    private(set) var bytes: [UInt8] = []
    /// When the last of them arrived; blocks are removed by it.
    private(set) var lastArrival = Timestamp(milliseconds: .min)

    mutating func append(_ frame: StoredFrame) {
        bytes.append(contentsOf: frame.direction.rawValue.utf8)
        bytes.append(UInt8(ascii: " "))
        bytes.append(contentsOf: String(frame.arrival.milliseconds).utf8)
        bytes.append(UInt8(ascii: " "))
        bytes.append(contentsOf: String(frame.chargePointId.utf8.count).utf8)
        bytes.append(UInt8(ascii: " "))
        bytes.append(contentsOf: String(frame.raw.count).utf8)
        bytes.append(UInt8(ascii: "\n"))
        bytes.append(contentsOf: frame.chargePointId.utf8)
        bytes.append(contentsOf: frame.raw)
        lastArrival = max(lastArrival, frame.arrival)
    }

    mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        lastArrival = Timestamp(milliseconds: .min)
    }

    /// The frames of a row, in order; `nil` where it is no block.
    static func frames(_ bytes: [UInt8]) -> [StoredFrame]? {
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
