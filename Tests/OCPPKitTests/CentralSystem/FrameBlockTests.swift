import Testing

@testable import OCPPKit

struct FrameBlockTests {
    @Test func `Frames come back as they were, one behind the other`() throws {
        let frames = [
            StoredFrame(
                chargePointId: "CP-ü", direction: .fromChargePoint, arrival: Timestamp(milliseconds: 1_764_000_000_123),
                raw: Array("[2,\"1\",\"Heartbeat\",{}]\n ".utf8)),
            StoredFrame(
                chargePointId: "", direction: .fromCentralSystem, arrival: Timestamp(milliseconds: .min), raw: []),
            StoredFrame(
                chargePointId: String(repeating: "x", count: 300), direction: .fromCentralSystem,
                arrival: Timestamp(milliseconds: .max), raw: Array(repeating: 10, count: 70_000)),
            StoredFrame(
                chargePointId: "0", direction: .fromChargePoint, arrival: Timestamp(milliseconds: 0), raw: [0, 255]),
        ]
        var block = FrameBlock()
        for frame in frames { block.append(FrameBlock(frame)) }
        #expect(FrameBlock.frames(block.bytes) == frames)
        #expect(block.lastArrival == Timestamp(milliseconds: .max))
        #expect(
            String(decoding: block.bytes.prefix(64), as: UTF8.self).hasPrefix("cp-to-csms 1764000000123 5 24\nCP-ü[2,"))
    }
}
