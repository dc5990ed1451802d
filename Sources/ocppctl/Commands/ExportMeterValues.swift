import ArgumentParser
import OCPPKit

/// Writes single samples of meters as rows.
struct ExportMeterValues: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write single meter samples as CSV or JSON lines, from the store, records or logs",
        discussion: """
            One row a sample of a MeterValues or of a StopTransaction's transactionData, with the specification's \
            defaults filled in and the value as it came. What a charge point sent again is written once. Without a \
            file the samples are those of the store, also beside a running serve.

            --charge-point takes patterns with * and ?, in quotes. Where it names one charge point, the frames of a log \
            that names none are taken for its own.

            A frame that cannot be read is said on standard error with its place, and the rest goes on, with status 0. \
            A file without any OCPP frame is status 65, a missing file or store 66.

            --cursor exports each sample of the store once: the file remembers the last message, and changes only after \
            all rows were written. A run that is killed before that leaves rows which the next one writes again; with \
            --output none is lost or repeated, whenever it is killed. Samples that filters leave out are passed over for \
            good.

            Examples:
              ocppctl export-meter-values --since 2026-03-01 --until 2026-04-01
              ocppctl export-meter-values charge.log --columns timestamp,measurand,unit,value
              ocppctl export-meter-values --charge-point CP001 --format jsonl
              ocppctl export-meter-values --cursor read.json --output samples.csv
            """)

    @OptionGroup var source: RowSourceOptions
    @OptionGroup var rows: RowFormatOptions
    @OptionGroup var since: CursorOptions

    func validate() throws {
        try since.check(source)
        _ = try table()
    }

    private func table() throws -> MeterSampleTable { try rows.table(timezone: source.timezoneOffset) }

    func run() throws {
        let filter = source.filter
        guard !source.files.isEmpty else { return try exportStore(filter) }
        let writer = try RowWriter(table(), rows.format)
        var log = try LogFrames(options: source.logOptions())
        var samples = LoggedSamples()
        try log.read(source.files) { record in
            for sample in samples.samples(in: record) where filter.matches(sample) { try writer.write(sample) }
        }
        try writer.finish()
        try log.finish()
    }

    private func exportStore(_ filter: SessionFilter) throws {
        let store = try StoredRows(path: source.store.path)
        if let cursor = since.cursor, let output = since.output {
            return try ExportFile.add(to: output, after: cursor, table(), rows.format) { cursor, write in
                try store.samples(after: cursor) { if filter.matches($0) { try write($0) } }
            }
        }
        let writer = try RowWriter(table(), rows.format)
        func take(_ sample: MeterSample) throws {
            if filter.matches(sample) { try writer.write(sample) }
        }
        guard let cursor = try since.cursor.map({ try ExportCursor<SampleMark>(file: $0) }) else {
            try store.samples(take)
            return try writer.finish()
        }
        let next = try store.samples(after: cursor, take)
        try writer.finish()
        try next.save()
    }
}
