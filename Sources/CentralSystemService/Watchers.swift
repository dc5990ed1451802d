import OCPPKit
import WebEndpoints

/// Those who follow the records through the control socket.
///
/// What one of them has not read waits in memory up to a bound; beyond it records are left out for that one, counted
/// and told. Nobody else waits.
///
/// Classes, because a connection that ends while a record is sent to it comes back here to be removed.
final class Watchers {
    private final class Watcher {
        let connection: LineConnection
        let number: UInt64
        let filter: WatchFilter
        var lost = 0

        init(_ connection: LineConnection, _ number: UInt64, _ filter: WatchFilter) {
            self.connection = connection
            self.number = number
            self.filter = filter
        }
    }

    /// Bytes that may wait for one client.
    private static let maximumBacklog = 4 << 20

    private var watchers: [Watcher] = []

    var isEmpty: Bool { watchers.isEmpty }

    func add(_ connection: LineConnection, _ number: UInt64, _ filter: WatchFilter) {
        watchers.append(Watcher(connection, number, filter))
        connection.send(ControlReply.watching(number: number).line)
    }

    func remove(_ connection: LineConnection) { watchers.removeAll { $0.connection === connection } }

    func offer(_ record: Record) {
        guard !watchers.isEmpty else { return }
        var line: [UInt8]?
        for watcher in watchers where watcher.filter.passes(record) {
            // Once some are lost, half of what waits must be read before it goes on: else every other one would be.
            guard watcher.connection.backlogBytes <= Self.maximumBacklog / (watcher.lost > 0 ? 2 : 1) else {
                watcher.lost += 1
                continue
            }
            if watcher.lost > 0 {
                watcher.connection.send(ControlReply.lost(number: watcher.number, count: watcher.lost).line)
                watcher.lost = 0
            }
            let bytes = line ?? Self.line(of: record)
            line = bytes
            watcher.connection.send(ControlReply.record(number: watcher.number, bytes).line)
        }
    }

    private static func line(of record: Record) -> [UInt8] {
        var writer = JSONWriter()
        record.write(to: &writer)
        return Array(writer.bytes.dropLast())
    }
}
