import OCPPKit
import Synchronization
import WebEndpoints

/// The last frames of the charge points that somebody looks at, read with what they break and what is odd about them.
final class FrameWindows: Sendable {
    private struct Window {
        var frames: [(number: Int64, frame: StoredFrame)] = []
        var lastBlock: Int64 = 0
        var lastNumber: Int64 = 0
        var lastUse: Int64
    }

    private static let maximumFrames = 300
    /// Of the frames of one charge point; the last one stays, however long it is.
    private static let maximumBytes = 2 << 20
    private static let maximumWindows = 32

    private let windows = Mutex<[String: Window]>([:])

    /// `{"frames":[…],"last":…,"findings":[…]}`: the frames with higher numbers than `number`, oldest first; each is a
    /// frame record with its number.
    func answer(of source: any DashboardSource, _ chargePointId: String, after number: Int64) throws -> HTTPAnswer {
        // Two that look at the same charge point at once may both read: each frame counts once all the same.
        let window = try refreshed(chargePointId, source)
        var writer = JSONWriter(reservingCapacity: 65_536)
        writer.beginObject()
        writer.key("frames")
        writer.beginArray()
        var findings = Findings()
        var reader = LogReader(options: LogOptions(chargePointId: chargePointId))
        reader.open("frames")
        var items: [LogItem] = []
        for (_, frame) in window.frames { reader.read(Self.line(frame)) { items.append($0) } }
        reader.close { items.append($0) }
        // One item a frame, in their order.
        for ((own, _), item) in zip(window.frames, items) {
            findings.add(item)
            guard own > number else { continue }
            writer.beginObject()
            writer.member("number", own)
            writer.key("record")
            writer.raw(Self.record(item))
            writer.endObject()
        }
        writer.endArray()
        writer.member("last", window.lastNumber)
        writer.key("findings")
        writer.beginArray()
        for finding in findings.finish() {
            var line = JSONWriter()
            finding.write(to: &line)
            writer.raw(line.bytes.dropLast())
        }
        writer.endArray()
        writer.endObject()
        return .json(writer.bytes)
    }

    private func refreshed(_ id: String, _ source: any DashboardSource) throws -> Window {
        var window = windows.withLock { $0[id] } ?? Window(lastUse: 0)
        let (frames, lastBlock) = try source.recentFrames(
            of: id, afterBlock: window.lastBlock, limit: Self.maximumFrames)
        for frame in frames {
            window.lastNumber += 1
            window.frames.append((window.lastNumber, frame))
        }
        window.frames = Self.trimmed(window.frames)
        window.lastBlock = lastBlock
        window.lastUse = monotonicMilliseconds()
        return windows.withLock { windows in
            // Whoever has read further was later.
            if let other = windows[id], other.lastBlock > window.lastBlock { return other }
            if windows[id] == nil, windows.count >= Self.maximumWindows,
                let oldest = windows.min(by: { $0.value.lastUse < $1.value.lastUse })
            {
                windows[oldest.key] = nil
            }
            windows[id] = window
            return window
        }
    }

    private static func trimmed(_ frames: [(number: Int64, frame: StoredFrame)]) -> [(
        number: Int64, frame: StoredFrame
    )] {
        var bytes = 0
        let kept = frames.reversed().prefix(maximumFrames).prefix { entry in
            let isFirst = bytes == 0
            bytes += entry.frame.raw.count
            return isFirst || bytes <= maximumBytes
        }
        return kept.reversed()
    }

    /// The frame as a line that the reader of logs takes: it finds each answer's CALL, and judges.
    private static func line(_ frame: StoredFrame) -> [UInt8] {
        var writer = JSONWriter(reservingCapacity: frame.raw.count + 200)
        writer.beginObject()
        writer.member("timestamp", frame.arrival)
        writer.member("chargePointId", frame.chargePointId)
        writer.member("direction", frame.direction.rawValue)
        writer.member("messageType", "CALL")
        writer.key("raw")
        writer.string(utf8: frame.raw[...])
        writer.endObject()
        writer.endLine()
        return writer.bytes
    }

    private static func record(_ item: LogItem) -> ArraySlice<UInt8> {
        var writer = JSONWriter()
        switch item {
        case .frame(var record):
            record.source = nil
            record.write(to: &writer)
        case .sound(let sound):
            var record = sound.read
            record.source = nil
            record.write(to: &writer)
        case .unreadable(let frame): frame.write(to: &writer)
        case .connection, .record: return ArraySlice("{}".utf8)
        }
        return writer.bytes.dropLast()
    }
}
