import OCPPKit

/// Writes what devices published as records: samples and other values as they come; sessions when a charge point's
/// history has been read, or as they begin and end where values arrive live.
final class HistoryWriter {
    private let records: HistoryDojot.Records
    private let output: OutputWriter
    private var live = DeviceMessages()

    init(_ records: HistoryDojot.Records, isLineBuffered: Bool) {
        self.records = records
        output = OutputWriter(isLineBuffered: isLineBuffered)
    }

    /// The whole history of a charge point. Live values of it go on from there.
    func write(_ messages: [DeviceMessage]) throws {
        var folder = DeviceMessages()
        for message in messages {
            for item in folder.take(message) { try write(item, sessions: false) }
            if output.isLineBuffered { _ = live.take(message) }
        }
        for session in folder.sessions { try write(.session(session), sessions: true) }
    }

    /// What has just arrived.
    func writeLive(_ message: DeviceMessage) throws {
        for item in live.take(message) { try write(item, sessions: true) }
        try output.flush()
    }

    func flush() throws { try output.flush() }

    private func write(_ item: DeviceMessages.Item, sessions: Bool) throws {
        switch (item, records) {
        case (.attribute(let attribute), .all), (.attribute(let attribute), .history):
            try output.writeLine { attribute.write(to: &$0) }
        case (.sample(let sample), .all), (.sample(let sample), .meterValues):
            try output.write(MeterSampleTable().jsonLine(sample))
        case (.session(let session), .all) where sessions, (.session(let session), .sessions) where sessions:
            try output.write(SessionTable().jsonLine(session))
        default: break
        }
    }
}
