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

            A frame that cannot be read is said on standard error with its place, and the rest goes on, with status 0. \
            A file without any OCPP frame is status 65, a missing file or store 66.

            Examples:
              ocppctl export-meter-values --since 2026-03-01 --until 2026-04-01
              ocppctl export-meter-values charge.log --columns timestamp,measurand,unit,value
              ocppctl export-meter-values --charge-point CP001 --format jsonl
            """)

    @OptionGroup var source: RowSourceOptions
    @OptionGroup var rows: RowFormatOptions

    func validate() throws { _ = try table() }

    private func table() throws -> MeterSampleTable { try rows.table(timezone: source.timezoneOffset) }

    func run() throws {
        let writer = try RowWriter(table(), rows.format)
        let filter = source.filter
        func take(_ sample: MeterSample) throws {
            if filter.matches(sample) { try writer.write(sample) }
        }
        guard !source.files.isEmpty else {
            try StoredRows(path: source.store.path).samples(take)
            return try writer.finish()
        }
        var log = try LogFrames(options: source.logOptions())
        var samples = LoggedSamples()
        try log.read(source.files) { record in
            for sample in samples.samples(in: record) { try take(sample) }
        }
        try writer.finish()
        try log.finish()
    }
}
