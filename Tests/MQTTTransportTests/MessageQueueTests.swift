import Testing

@testable import MQTTTransport

struct MessageQueueTests {
    private func message(_ token: UInt64) -> PendingMessage {
        PendingMessage(topic: "t", payload: [], token: token)
    }

    @Test func lostConnectionPutsWhatWasInFlightInFront() {
        var queue = MessageQueue(maxInFlight: 2, maxQueued: 10)
        for token in 1...4 as ClosedRange<UInt64> { #expect(queue.append(message(token)) == nil) }
        queue.nextWasSent(packetID: 1)
        queue.nextWasSent(packetID: 2)
        #expect(queue.next == nil)
        #expect(queue.acknowledge(packetID: 2)?.token == 2)
        #expect(queue.acknowledge(packetID: 2) == nil)
        queue.nextWasSent(packetID: 3)
        queue.connectionLost()
        #expect(queue.removeAll().map(\.token) == [1, 3, 4])
        #expect(queue.isEmpty)
    }

    @Test func fullQueueNeverDropsWhatIsInFlight() {
        var queue = MessageQueue(maxInFlight: 1, maxQueued: 2)
        _ = queue.append(message(1))
        queue.nextWasSent(packetID: 1)
        #expect(queue.append(message(2)) == nil)
        #expect(queue.append(message(3))?.token == 2)
        #expect(queue.count == 2)
    }

    @Test func longRunKeepsOrder() {
        var queue = MessageQueue(maxInFlight: 3, maxQueued: 1_000)
        var acknowledged: [UInt64] = []
        for token in 0..<5_000 as Range<UInt64> {
            _ = queue.append(message(token))
            if let next = queue.next { queue.nextWasSent(packetID: Int32(next.token)) }
            if token.isMultiple(of: 7) { queue.connectionLost() }
            if let oldest = queue.acknowledge(packetID: Int32(acknowledged.count)) {
                acknowledged.append(oldest.token)
            }
        }
        #expect(acknowledged == Array(0..<UInt64(acknowledged.count)))
        #expect(acknowledged.count > 1_000)
    }

    @Test func retryDelayGrowsToItsBoundAndStartsAgain() {
        var delay = RetryDelay(shortestMilliseconds: 500, longestMilliseconds: 30_000)
        #expect((500...1_000).contains(delay.nextMilliseconds()))
        #expect((500...2_000).contains(delay.nextMilliseconds()))
        for _ in 0..<100 { #expect((500...30_000).contains(delay.nextMilliseconds())) }
        delay.reset()
        #expect((500...1_000).contains(delay.nextMilliseconds()))
    }
}
